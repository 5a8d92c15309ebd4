"""Tell which connections fell silent or broke, by the rhythm that each has."""

from collections import Counter
from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger

from earshot.aws import clients
from earshot.aws.connection_store import ConnectionStore
from earshot.domain.rhythm import Health, health_of
from earshot.flows.counting import count
from earshot.settings import settings

logger = Logger()


@cache
def connections() -> ConnectionStore:
    return ConnectionStore(clients.table(settings().EARSHOT_TABLE))


def handle(_event: dict[str, Any], _context: Any) -> dict[str, Any]:
    return watch(connections(), datetime.now(UTC))


def watch(store: ConnectionStore, now: datetime) -> dict[str, Any]:
    """How many connections are in which health; the alarms ring for as long as one is ill."""
    found: Counter[str] = Counter()
    for state in store.states():
        health = health_of(state, now)
        found[health] += 1
        if health in {Health.SILENT, Health.BROKEN}:
            count(f"connection_{health}")
            logger.warning(
                "connection_ill",
                source=state.source,
                connection_id=state.connection_id,
                health=health,
            )
    logger.info("connections_watched", found=dict(found))
    return dict(found)
