"""What follows once it is known that a mail was sent, from its sender or from its event."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from earshot.aws import clients
from earshot.aws.journal import Journal
from earshot.aws.outbox import Outbox
from earshot.domain import heartbeat
from earshot.domain.models import Alert
from earshot.flows.note_told import noting
from earshot.settings import settings


@dataclass(frozen=True)
class Settlement:
    outbox: Outbox
    journal: Journal
    note: Callable[[Alert, datetime], None]

    def sent(self, alert_id: str, message_id: str, now: datetime) -> Alert | None:
        """Settles the row, then notes and journals what was told. Sender and event both do all of
        it, so a crash in between is made good by the other. ``None`` for rows that are gone or were
        cancelled. Of a heartbeat nothing is kept beside its row."""
        alert = self.outbox.settle(alert_id, message_id, now) or self.outbox.get(alert_id)
        if alert is None or alert.message_id is None:
            return None
        if heartbeat.is_reader(alert.seller_id):
            return alert
        self.note(alert, alert.told_at or now)
        payload = {
            "kind": alert.kind.value,
            "signal_id": alert.signal_id,
            "seller_id": alert.seller_id,
            "revision": alert.revision,
            "message_id": alert.message_id,
        }
        self.journal.append("sent", now, alert_id, payload=payload)
        return alert


@cache
def settlement() -> Settlement:
    table = clients.table(settings().EARSHOT_TABLE)
    return Settlement(
        outbox=Outbox(table),
        journal=Journal(clients.s3(), settings().EARSHOT_BUCKET),
        note=noting().told,
    )
