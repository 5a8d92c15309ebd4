"""Ask hubs to go on pushing, before their leases end (WebSub, section 5.1).

What the hub accepted is no lease yet: it asks back, and ``receive_webhook`` notes until when it
pushes. A connection whose hub did not ask back is found again by the next run.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from aws_lambda_powertools import Logger

from earshot.domain.deliveries import Connection
from earshot.flows.accept_delivery import Intake, intake
from earshot.flows.counting import count
from earshot.flows.poll_sources import RESERVE_MS, turned
from earshot.settings import settings
from earshot.sources import websub
from earshot.sources.surface import Fetch

logger = Logger()

MARGIN = timedelta(days=2)
"""So that a hub may be away for a weekend."""
TURN_SECONDS = 3600


def handle(_event: dict[str, Any], context: Any) -> dict[str, Any]:
    """How many leases were asked for, could not be, and had to wait for the next run."""
    from earshot.sources.fetch import Fetcher, loopback_hosts

    fetch = Fetcher(loopback=loopback_hosts(settings()))
    return renew_all(intake(), fetch, remaining_ms=context.get_remaining_time_in_millis)


def renew_all(into: Intake, fetch: Fetch, *, remaining_ms: Callable[[], int]) -> dict[str, Any]:
    """Every run starts at another connection, so that none starves behind slow hubs."""
    ending = list(into.connections.leases_ending(into.clock() + MARGIN))
    outcomes = {"asked": 0, "failed": 0, "left": 0}
    for number, connection in enumerate(
        turned(ending, int(into.clock().timestamp()) // TURN_SECONDS)
    ):
        if remaining_ms() < RESERVE_MS:
            outcomes["left"] = len(ending) - number
            break
        outcomes["asked" if renew_one(connection, into, fetch) else "failed"] += 1
    logger.info("leases_renewed", outcomes=outcomes)
    return outcomes


def renew_one(connection: Connection, into: Intake, fetch: Fetch) -> bool:
    """False when it failed, which is on its row then; no hub may stop the others."""
    try:
        secret, *_ = into.secrets.secrets(connection.source, connection.connection_id)
        websub.subscribe(connection, secret, fetch)
        into.connections.note_request(connection, until=into.clock() + websub.LEASE)
    except Exception as error:  # noqa: BLE001  the answer is the row, the metric and the next run
        reason = str(getattr(error, "reason", type(error).__name__))
        into.connections.save_error(connection, reason, into.clock())
        count("lease_renewal_failed")
        logger.warning(
            "lease_renewal_failed", connection_id=connection.connection_id, reason=reason
        )
        return False
    return True
