"""An alert that interrupts nobody: what it was to tell waits in the seller's digest."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from earshot.aws import clients
from earshot.aws.outbox import Outbox
from earshot.aws.signal_store import SignalStore
from earshot.aws.waiting_store import WaitingStore
from earshot.domain.models import Alert, Waiting
from earshot.settings import settings


@dataclass(frozen=True)
class Diverting:
    outbox: Outbox
    signals: SignalStore
    waiting: WaitingStore

    def divert(self, alert: Alert, reason: str, now: datetime) -> bool:
        """False when somebody else had the alert meanwhile."""
        row = Waiting(
            seller_id=alert.seller_id,
            subject_id=alert.subject_id,
            signal_id=alert.signal_id,
            alert_id=alert.alert_id,
            score=alert.score,
            reason=reason,
            since=now,
        )
        actions = [self.outbox.digests(alert, reason, now), self.waiting.puts_alert(row)]
        return self.signals.commit(actions) is None


@cache
def diverting() -> Diverting:
    table = clients.table(settings().EARSHOT_TABLE)
    return Diverting(Outbox(table), SignalStore(table), WaitingStore(table))
