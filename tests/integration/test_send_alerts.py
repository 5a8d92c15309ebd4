"""From an outbox row to a mail: the stream, the sweep and the events over real stores and SES."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, time, timedelta
from typing import Any
from urllib.request import urlopen

import pytest

from earshot.aws import keys
from earshot.aws.config_store import Config, ConfigStore
from earshot.aws.journal import Journal
from earshot.aws.seller_store import SellerStore
from earshot.domain.mail import Mail
from earshot.domain.models import Alert, AlertState, WorkingHours
from earshot.errors import GoneError
from earshot.flows import (
    deliver_alert,
    draft_mail,
    send_alerts,
    settle_mail,
    settlement,
    sweep_outbox,
)
from earshot.flows.draft_mail import drafts
from earshot.flows.postponed import Postponed
from earshot.settings import settings
from earshot_ops.embedded_aws import EmbeddedAws
from tests import examples
from tests.house import House, entry

LEAVING = "We at Acme are leaving RivalCRM, any alternatives?"
OPERATOR = "operator@company.example"


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 300_000


@pytest.fixture(autouse=True)
def _fresh_container() -> Iterator[None]:
    """What the flows keep for the life of a container."""
    caches = (settlement.settlement, deliver_alert.courier, draft_mail.drafts)
    for kept in caches:
        kept.cache_clear()
    yield
    for kept in caches:
        kept.cache_clear()


@pytest.fixture
def office(house: House, embedded_aws: EmbeddedAws) -> "Office":
    sender = "alerts@earshot.example"
    ses = embedded_aws.client("sesv2")
    with suppress(ses.exceptions.AlreadyExistsException):
        ses.create_email_identity(EmailIdentity=sender)
    house.furnish()
    house.deliver(entry(1, LEAVING))
    house.run()
    return Office(house, embedded_aws.endpoint)


class Office:
    """A stage with one alert in its outbox, and the mails that left it."""

    def __init__(self, house: House, endpoint: str) -> None:
        self.house, self._endpoint = house, endpoint
        self.configs = ConfigStore(house.table)
        self._sent_before = len(self._all())

    def _all(self) -> list[dict[str, Any]]:
        with urlopen(f"{self._endpoint}/_ministack/ses/messages") as answer:
            found = json.load(answer)
        return sorted(_messages(found), key=lambda one: float(one["Timestamp"]))

    def mails(self) -> list[dict[str, Any]]:
        return self._all()[self._sent_before :]

    def row(self) -> dict[str, Any]:
        (found,) = [row for row in self.house.rows() if str(row["pk"]).startswith("OUTBOX#")]
        return found

    def alert(self) -> Alert:
        found = self.house.outbox().get(str(self.row()["alert_id"]))
        assert found
        return found

    def stream_event(self, *wanted: str) -> dict[str, Any]:
        pks = wanted or (str(self.row()["pk"]),)
        return {"Records": [_stream_record(number, pk) for number, pk in enumerate(pks)]}

    def states(self) -> list[str]:
        return [state for _, _, state in self.house.alerts()]


def _messages(found: Any) -> list[dict[str, Any]]:
    if isinstance(found, dict) and "MessageId" in found:
        return [found]
    parts = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    return [message for part in parts for message in _messages(part)]


def _stream_record(number: int, pk: str) -> dict[str, Any]:
    """Keys only, as the table's stream has them."""
    return {
        "eventID": str(number),
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "dynamodb": {
            "Keys": {"pk": {"S": pk}, "sk": {"S": "OUTBOX"}},
            "SequenceNumber": str(number),
            "StreamViewType": "KEYS_ONLY",
        },
    }


def test_a_new_deployment_mails_the_operator_only_and_says_so(office: Office) -> None:
    office.configs.put(Config(operator_email=OPERATOR))
    assert send_alerts.handle(office.stream_event(), Context()) == {"batchItemFailures": []}
    (mail,) = office.mails()
    assert mail["To"] == [OPERATOR]
    assert mail["Subject"] == "[Observing] [Hot] Acme: talks of switching"
    assert "it would have gone to Anna" in mail["BodyText"]
    assert office.states() == ["SENT"]


def test_live_the_seller_gets_the_mail_and_every_repetition_gets_nothing(office: Office) -> None:
    office.configs.put(Config(operator_email=OPERATOR))
    assert office.configs.go_live() == Config(live=True, operator_email=OPERATOR)
    event = office.stream_event()
    for _ in range(2):
        send_alerts.handle(event, Context())
        assert sweep_outbox.handle({}, Context()) == {}
    (mail,) = office.mails()
    assert mail["To"] == ["anna@seller.example"]
    assert LEAVING in mail["BodyText"]
    assert office.row()["message_id"]


def test_what_the_stream_missed_is_swept(office: Office) -> None:
    office.configs.put(Config(live=True))
    assert sweep_outbox.handle({}, Context()) == {"sent": 1}
    assert len(office.mails()) == 1


def test_a_sender_that_is_not_verified_yet_is_tried_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.configs.put(Config(live=True))
    monkeypatch.setenv("EARSHOT_MAIL_FROM", "alerts@unverified.example")
    settings.cache_clear()
    assert sweep_outbox.handle({}, Context()) == {"refused": 1}
    alert = office.alert()
    assert (alert.state, alert.failure) == (AlertState.PENDING, "MessageRejected")


def test_records_of_other_rows_and_of_rows_that_are_gone_are_passed_over(office: Office) -> None:
    event = office.stream_event("SIGNAL#s1", "OUTBOX#gone")
    assert send_alerts.handle(event, Context()) == {"batchItemFailures": []}
    assert office.mails() == []


def test_what_was_sent_is_in_the_journal_once_whoever_learned_of_it(office: Office) -> None:
    office.configs.put(Config(live=True))
    send_alerts.handle(office.stream_event(), Context())
    row = office.row()
    mail = {"messageId": row["message_id"], "tags": {"alert_id": [row["alert_id"]]}}
    message = json.dumps({"eventType": "Send", "mail": mail})
    settle_mail.handle({"Records": [{"Sns": {"Message": message}}] * 2}, Context())
    found = office.house.s3.list_objects_v2(Bucket=office.house.bucket, Prefix="journal/")
    assert [one["Key"].rsplit("/", 2)[1:] for one in found["Contents"]] == [
        ["sent", f"{row['alert_id']}.json"]
    ]


def test_the_first_entry_of_the_journal_stays(house: House) -> None:
    journal = Journal(house.s3, house.bucket)
    key = journal.append("sent", examples.NOON, "a/1", payload={"n": 1})
    assert journal.append("sent", examples.NOON, "a/1", payload={"n": 2}) == key
    assert key == "journal/2026/11/18/sent/a_1.json"
    body = json.loads(house.s3.get_object(Bucket=house.bucket, Key=key)["Body"].read())
    assert body["payload"] == {"n": 1}


def test_a_journal_that_cannot_be_written_says_so(house: House) -> None:
    journal = Journal(house.s3, f"{house.bucket}-gone")
    with pytest.raises(house.s3.exceptions.ClientError):
        journal.append("sent", examples.NOON, "a1", payload={})


def test_observing_without_an_operator_waits_for_one(office: Office) -> None:
    now = datetime.fromisoformat("2026-11-18T12:00:00+00:00")
    assert drafts().of(office.alert(), now) == Postponed(now + timedelta(minutes=10), "no_operator")


def test_a_retry_after_the_hours_waits_for_the_next_opening(office: Office) -> None:
    hours = WorkingHours(start=time(8), end=time(18))
    SellerStore(office.house.table).put(examples.seller("anna", hours=hours))
    office.configs.put(Config(live=True))
    evening = datetime.fromisoformat("2026-11-18T18:01:00+00:00")
    assert drafts().of(office.alert(), evening) == Postponed(
        evening.replace(day=19, hour=8, minute=0), "quiet_hours"
    )
    assert isinstance(drafts().of(office.alert(), evening - timedelta(hours=1)), Mail)


@pytest.mark.parametrize("gone", ["post", "signal"])
def test_an_erased_story_is_not_told(office: Office, gone: str) -> None:
    office.configs.put(Config(live=True))
    alert = office.alert()
    (strand_id,) = office.house.signals(alert.subject_id)[alert.signal_id].strand_ids
    key = {
        "post": keys.strand_post(strand_id, "generic", "p1"),
        "signal": keys.signal(alert.subject_id, alert.signal_id),
    }[gone]
    office.house.table.delete_item(Key=key)
    send_alerts.handle(office.stream_event(), Context())
    assert office.mails() == []
    assert office.states() == ["CANCELLED"]


def test_a_row_whose_seller_is_gone_is_gone_itself(office: Office) -> None:
    office.configs.put(Config(live=True))
    with pytest.raises(GoneError):
        drafts().of(office.alert().model_copy(update={"seller_id": "nobody"}), examples.NOON)


def test_a_row_without_any_decision_is_gone_itself(office: Office) -> None:
    office.configs.put(Config(live=True))
    alert = office.alert()
    office.house.table.delete_item(Key=keys.decisions(alert.signal_id, 1))
    with pytest.raises(GoneError):
        drafts().of(alert, examples.NOON)


def test_a_story_that_was_made_anew_is_told_by_its_present_decisions(office: Office) -> None:
    office.configs.put(Config(live=True))
    before_it_was_made_anew = office.alert().model_copy(update={"revision": 99})
    assert isinstance(drafts().of(before_it_was_made_anew, examples.NOON), Mail)
