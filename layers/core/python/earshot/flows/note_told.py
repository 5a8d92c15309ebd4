"""What follows for the seller's own lists once they were told: every part is safe to repeat."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from earshot.aws import clients
from earshot.aws.open_signal_store import OpenSignalStore
from earshot.aws.play_store import PlayStore
from earshot.domain.models import Alert, AlertKind
from earshot.domain.pages import OpenSignal
from earshot.flows.settle_digest import DigestSettlement, digest_settlement
from earshot.settings import settings


@dataclass(frozen=True)
class Noting:
    opened: OpenSignalStore
    plays: PlayStore
    digests: DigestSettlement

    def told(self, alert: Alert, now: datetime) -> None:
        """The seller's open signals, the play's use; of a digest, that nothing of it waits."""
        if alert.kind is AlertKind.DIGEST:
            self.digests.after_sent(alert)
            return
        for subject_id, signal_id in sorted(alert.signal_ids):
            told = OpenSignal(
                subject_id=subject_id,
                signal_id=signal_id,
                alert_id=alert.alert_id,
                score=alert.score,
                told_at=now,
            )
            self.opened.told(alert.seller_id, told)
        self.plays.record_use(alert)


@cache
def noting() -> Noting:
    table = clients.table(settings().EARSHOT_TABLE)
    return Noting(OpenSignalStore(table), PlayStore(table), digest_settlement())
