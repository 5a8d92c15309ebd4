"""Couriers for tests that care for the outbox alone: every mail may go, and costs nothing."""

from datetime import datetime
from typing import Any, cast

from earshot.aws.journal import Journal
from earshot.aws.outbox import Outbox
from earshot.domain.models import Alert
from earshot.flows.deliver_alert import Courier
from earshot.flows.settlement import Settlement


def settlement(outbox: Outbox, bucket: object) -> Settlement:
    """Journals into the bucket, and notes nothing else."""
    return Settlement(outbox, Journal(cast(Any, bucket), "bucket"), note=_nothing)


def courier(outbox: Outbox, **parts: Any) -> Courier:
    free: dict[str, Any] = {
        "diverting": _Diverting(),
        "gate": lambda _mail, _now: None,
        "spend": lambda _alert, _now: True,
        "expand": _nothing,
    }
    return Courier(outbox=outbox, **{**free, **parts})


class _Diverting:
    def divert(self, alert: Alert, reason: str, now: datetime) -> bool:
        raise AssertionError(f"{alert.alert_id} was diverted: {reason}")


def _nothing(_alert: Alert, _now: datetime) -> None:
    """Nothing follows."""
