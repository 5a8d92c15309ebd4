"""Mail what is due: the guarantee behind the stream."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from aws_lambda_powertools import Logger

from earshot.aws.outbox import Outbox
from earshot.domain.models import AlertKind
from earshot.flows.deliver_alert import Courier, courier

# One hand-over takes 23 seconds at worst; the rest is for reading, settling and the journal.
SPARE_MILLISECONDS = 45_000
RANKED_AT_ONCE = 500

logger = Logger()


def handle(_event: dict[str, Any], context: Any) -> dict[str, Any]:
    return sweep(courier(), lambda: context.get_remaining_time_in_millis() > SPARE_MILLISECONDS)


def sweep(sending: Courier, has_time: Callable[[], bool]) -> dict[str, Any]:
    """Drains the outbox while there is time. One alert's failure stops no other; all of them are
    raised together at the end."""
    outcomes: Counter[str] = Counter()
    failures: list[Exception] = []
    for alert_id in ranked(sending.outbox, sending.clock()):
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


def ranked(outbox: Outbox, now: datetime) -> Iterator[str]:
    """What is due, the best first: a day's budget may not hold all of it. Digests go last, since
    what is over the budget is told in them."""
    due = outbox.due(now)
    while ids := list(islice(due, RANKED_AT_ONCE)):
        found = outbox.ranks(ids)
        yield from sorted(found, key=lambda alert_id: _rank(*found[alert_id]))


def _rank(kind: str, score: int) -> tuple[int, int]:
    order = (AlertKind.FAN_OUT, AlertKind.ALERT, AlertKind.UPDATE)
    place = order.index(AlertKind(kind)) if kind in order else len(order)
    return (len(order) + 1 if kind == AlertKind.DIGEST else place, -score)
