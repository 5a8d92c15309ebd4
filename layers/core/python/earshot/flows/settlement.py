"""What follows once it is known that a mail was sent, from its sender or from its event."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from earshot.aws import clients
from earshot.aws.journal import Journal
from earshot.aws.outbox import Outbox
from earshot.domain.models import Alert
from earshot.settings import settings


@dataclass(frozen=True)
class Settlement:
    outbox: Outbox
    journal: Journal

    def sent(self, alert_id: str, message_id: str, now: datetime) -> Alert | None:
        """Settles the row, then journals it. Sender and event both do both, so a crash between
        the two is made good by the other. ``None`` for rows that are gone or were cancelled."""
        alert = self.outbox.settle(alert_id, message_id, now) or self.outbox.get(alert_id)
        if alert is None or alert.message_id is None:
            return None
        payload = {
            "signal_id": alert.signal_id,
            "seller_id": alert.seller_id,
            "revision": alert.revision,
            "message_id": alert.message_id,
        }
        self.journal.append("sent", now, alert_id, payload=payload)
        return alert


@cache
def settlement() -> Settlement:
    return Settlement(
        outbox=Outbox(clients.table(settings().EARSHOT_TABLE)),
        journal=Journal(clients.s3(), settings().EARSHOT_BUCKET),
    )
