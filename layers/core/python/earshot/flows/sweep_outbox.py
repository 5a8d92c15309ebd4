"""Mail what is due: the guarantee behind the stream."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger

from earshot.flows.deliver_alert import Courier, courier

# One hand-over takes 23 seconds at worst; the rest is for reading, settling and the journal.
SPARE_MILLISECONDS = 45_000

logger = Logger()


def handle(_event: dict[str, Any], context: Any) -> dict[str, Any]:
    return sweep(courier(), lambda: context.get_remaining_time_in_millis() > SPARE_MILLISECONDS)


def sweep(sending: Courier, has_time: Callable[[], bool]) -> dict[str, Any]:
    """Drains the outbox while there is time. One alert's failure stops no other; all of them are
    raised together at the end."""
    outcomes: Counter[str] = Counter()
    failures: list[Exception] = []
    for alert_id in sending.outbox.due(sending.clock()):
        if not has_time():
            break
        try:
            outcomes[sending.deliver(alert_id)] += 1
        except Exception as error:  # noqa: BLE001 (raised below)
            logger.warning("mail_not_delivered", alert_id=alert_id, reason=type(error).__name__)
            failures.append(error)
    logger.info("outbox_swept", failures=len(failures), outcomes=dict(outcomes))
    if failures:
        raise ExceptionGroup("alerts that were not delivered", failures)
    return dict(outcomes)
