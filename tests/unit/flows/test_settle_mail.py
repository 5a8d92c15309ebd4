"""Events of the mail service, as SES publishes them."""

import json
from datetime import datetime
from typing import Any, cast

import pytest

from earshot.aws.outbox import Outbox
from earshot.domain.models import Alert, AlertState
from earshot.errors import MalformedPayloadError
from earshot.flows import settle_mail
from tests.couriers import settlement
from tests.examples import NOON
from tests.fake_table import FakeTable

ADDRESS = "recipient@example.com"


@pytest.fixture(autouse=True)
def _metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Earshot")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "alerts")


class Bucket:
    def __init__(self) -> None:
        self.keys: list[str] = []

    def put_object(self, **request: Any) -> None:
        assert ADDRESS not in str(request)
        self.keys.append(request["Key"])


class House:
    def __init__(self) -> None:
        self.table, self.bucket = FakeTable(), Bucket()
        self.seen: list[settle_mail.MailEvent] = []
        self.outbox = Outbox(cast(Any, self.table))
        self.settlement = settlement(self.outbox, self.bucket)
        alert = Alert(
            alert_id="a1",
            signal_id="s1",
            subject_id="account:acme",
            seller_id="kim",
            revision=1,
            state=AlertState.PENDING,
            due_at=NOON,
        )
        self.table.put_item(**self.outbox.inserts(alert)["Put"])
        self.outbox.claim("a1", NOON)

    @property
    def row(self) -> dict[str, Any]:
        return self.table.rows["OUTBOX#a1", "OUTBOX"]

    def take(self, message: str) -> None:
        settle_mail.handle_message(message, self.settlement, cast(Any, self))

    def see(self, event: settle_mail.MailEvent, _now: datetime) -> None:
        """In place of the watch, of which `tests/integration/test_settle_mail.py` is."""
        self.seen.append(event)


def event(kind: str, **changes: Any) -> str:
    """The shape of event publishing, with all that must not be kept."""
    mail = {
        "timestamp": "2026-11-18T12:00:05.000Z",
        "messageId": "0102",
        "source": "alerts@earshot.example",
        "destination": [ADDRESS],
        "headers": [{"name": "Subject", "value": "secret"}],
        "tags": {"ses:configuration-set": ["earshot"], "alert_id": ["a1"]},
    }
    detail = {"bouncedRecipients": [{"emailAddress": ADDRESS}]}
    return json.dumps({"eventType": kind, "mail": {**mail, **changes}, kind.lower(): detail})


@pytest.mark.parametrize("kind", ["Send", "Delivery"])
def test_an_event_of_acceptance_settles_the_alert_once(kind: str) -> None:
    house = House()
    house.take(event(kind))
    house.take(event(kind, messageId="0103"))
    assert (house.row["state"], house.row["message_id"]) == ("SENT", "0102")
    assert {key.rsplit("/", 2)[2] for key in house.bucket.keys} == {"a1.json"}


def test_an_event_makes_good_a_journal_entry_that_its_sender_did_not_write() -> None:
    house = House()
    house.outbox.settle("a1", "0102", NOON)
    house.take(event("Send"))
    assert [key.rsplit("/", 2)[1:] for key in house.bucket.keys] == [["sent", "a1.json"]]


@pytest.mark.parametrize(
    ("kind", "status"),
    [("Bounce", "bounced"), ("Complaint", "complained"), ("Reject", "rejected")],
)
def test_what_became_of_a_mail_is_noted_without_the_address(kind: str, status: str) -> None:
    house = House()
    house.take(event(kind))
    assert house.row["delivery_status"] == status
    assert ADDRESS not in str(house.row)
    assert ADDRESS not in repr(house.seen)
    assert [one.event_type for one in house.seen] == [kind]


def test_an_event_of_an_erased_alert_brings_nothing_back() -> None:
    house = House()
    house.outbox.cancel("a1", NOON)
    house.take(event("Send"))
    house.take(event("Send", tags={"alert_id": ["gone"]}))
    assert house.row["state"] == "CANCELLED"
    assert len(house.table.rows) == 1
    assert house.bucket.keys == []


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ("not json", "1 fields"),
        ("[" * 100_000, "1 fields"),
        ("{}", "2 fields"),
        ('{"notificationType": "Delivery"}', "2 fields"),
        (event("Send", tags={}), "no alert_id"),
        (event("Send", tags={"alert_id": []}), "no alert_id"),
        (event("Open"), "unknown type"),
    ],
)
def test_what_is_no_event_of_ours_is_acknowledged_and_changes_nothing(
    message: str, reason: str
) -> None:
    house = House()
    before = dict(house.row)
    with pytest.raises(MalformedPayloadError, match=reason):
        settle_mail.parse(message)
    house.take(message)
    assert house.row == before
    assert house.seen == []


def test_no_log_line_holds_an_address_or_a_header(capsys: pytest.CaptureFixture[str]) -> None:
    house = House()
    for kind in ("Send", "Bounce"):
        house.take(event(kind))
    logged = capsys.readouterr().out
    assert "mail_event_bounce" in logged
    assert ADDRESS not in logged
    assert "secret" not in logged
