"""A stage with a clock: its schedules are run by hand, and its mails are read."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from email import message_from_bytes, policy
from typing import Any

from earshot.aws import keys
from earshot.aws.items import item_of
from earshot.aws.outbox import Outbox
from earshot.aws.waiting_store import WaitingStore
from earshot.domain.models import Alert, DigestWish, Preferences, Signal
from earshot.flows import send_digests, settle_mail, sweep_outbox
from tests.e2e import ses_events
from tests.house import House, entry
from tests.standin import StandIn
from tests.standin.clock import logical_time
from tests.standin.stage import forget_container


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 300_000


@dataclass
class Office:
    """A stage whose schedules are run by hand, each time in a container of its own."""

    house: House
    aws: StandIn

    def at(self, moment: datetime) -> None:
        self.aws.clock.advance(moment - self.aws.clock.now())

    def tell(self, *texts: str, first: int = 1) -> None:
        with logical_time(self.aws.clock):
            self.house.deliver(*(entry(first + n, text) for n, text in enumerate(texts)))
            self.house.run()

    def begin(self) -> int:
        forget_container()
        with logical_time(self.aws.clock):
            return int(send_digests.handle({}, Context())["begun"])

    def sweep(self) -> dict[str, int]:
        forget_container()
        with logical_time(self.aws.clock):
            return {str(k): v for k, v in sweep_outbox.handle({}, Context()).items()}

    def morning(self, moment: datetime) -> None:
        self.at(moment)
        self.begin()
        self.sweep()

    def report_sent(self) -> None:
        """SES says again of every mail so far that it was sent."""
        forget_container()
        for mail in self.aws.ses.mails:
            event = ses_events.send("", mail.message_id, sender=mail.sender, to=mail.to[0])
            event["mail"]["tags"] |= {name: [value] for name, value in mail.tags.items()}
            with logical_time(self.aws.clock):
                settle_mail.handle(
                    {"Records": [{"Sns": {"Message": json.dumps(event)}}]}, Context()
                )

    def prefers(self, seller_id: str, wish: DigestWish, **changes: Any) -> None:
        chosen = Preferences(seller_id=seller_id, digest=wish, version=1, **changes)
        key = keys.preferences(seller_id)
        self.house.table.put_item(Item=item_of(key, chosen, version=1))

    def digests(self, seller_id: str = "anna") -> list[Alert]:
        ids = [str(row["alert_id"]) for row in self.house.rows() if row.get("kind") == "digest"]
        found = (Outbox(self.house.table).get(alert_id) for alert_id in ids)
        mine = [one for one in found if one and one.seller_id == seller_id]
        return sorted(mine, key=lambda one: one.day or date.min)

    def waiting(self, seller_id: str = "anna") -> list[str]:
        return [key for key, _ in WaitingStore(self.house.table).all(seller_id)]

    def mails(self, seller_id: str = "anna") -> list[str]:
        """The texts of the digests that the mail service took, quotes on one line each."""
        ids = {one.alert_id for one in self.digests(seller_id)}
        return [_text(m.raw) for m in self.aws.ses.mails if m.tags["alert_id"] in ids]

    def signal(self, subject_id: str) -> Signal:
        (found,) = self.house.signals(subject_id).values()
        return found


def _text(raw: bytes) -> str:
    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    assert body
    return str(body.get_content())
