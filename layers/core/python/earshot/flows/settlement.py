"""What follows once it is known that a mail was sent, from its sender or from its event."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from earshot.aws import clients
from earshot.aws.journal import Journal
from earshot.aws.open_signal_store import OpenSignalStore
from earshot.aws.outbox import Outbox
from earshot.aws.play_store import PlayStore
from earshot.domain.models import Alert, AlertKind
from earshot.flows.draft_digest import digest_drafts
from earshot.settings import settings

OPEN_AT_ONCE = 20
"""Of a burst, more are not listed for the seller."""


@dataclass(frozen=True)
class Settlement:
    outbox: Outbox
    journal: Journal
    opened: OpenSignalStore
    plays: PlayStore
    after_digest: Callable[[Alert], None]

    def sent(self, alert_id: str, message_id: str, now: datetime) -> Alert | None:
        """Settles the row, then notes and journals what was told. Sender and event both do all of
        it, so a crash in between is made good by the other. ``None`` for rows that are gone or were
        cancelled."""
        alert = self.outbox.settle(alert_id, message_id, now) or self.outbox.get(alert_id)
        if alert is None or alert.message_id is None:
            return None
        self._note(alert, alert.told_at or now)
        payload = {
            "kind": alert.kind.value,
            "signal_id": alert.signal_id,
            "seller_id": alert.seller_id,
            "revision": alert.revision,
            "message_id": alert.message_id,
        }
        self.journal.append("sent", now, alert_id, payload=payload)
        return alert

    def _note(self, alert: Alert, now: datetime) -> None:
        """The seller's list of open signals, the play's use, the digest's rest."""
        if alert.kind is AlertKind.DIGEST:
            self.after_digest(alert)
            return
        for subject_id, signal_id in sorted(alert.signal_ids)[:OPEN_AT_ONCE]:
            self.opened.told(
                alert.seller_id,
                subject_id,
                signal_id,
                alert_id=alert.alert_id,
                score=alert.score,
                at=now,
            )
        self.plays.record_use(alert)


@cache
def settlement() -> Settlement:
    table = clients.table(settings().EARSHOT_TABLE)
    return Settlement(
        outbox=Outbox(table),
        journal=Journal(clients.s3(), settings().EARSHOT_BUCKET),
        opened=OpenSignalStore(table),
        plays=PlayStore(table),
        after_digest=digest_drafts().after_sent,
    )
