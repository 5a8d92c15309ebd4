"""What becomes of an alert, outcome by outcome; `tests/integration/test_outbox_model.py` has the
crashes between them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from earshot.aws.outbox import LEASE, Outbox
from earshot.domain.mail import Mail
from earshot.domain.models import Alert, AlertState
from earshot.errors import (
    GoneError,
    MailOutcomeUnknownError,
    MailRefusedError,
    MalformedPayloadError,
)
from earshot.flows.deliver_alert import LONGEST_RETRY, MOST_ATTEMPTS, Outcome
from earshot.flows.postponed import Postponed
from earshot.flows.sweep_outbox import sweep
from tests.couriers import courier, settlement
from tests.examples import NOON
from tests.fake_table import FakeTable

MAIL = Mail(to="kim@example.com", subject="s", text="t", html="h", thread_id="s1")


@pytest.fixture(autouse=True)
def _metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Earshot")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "alerts")


class Office:
    """A mail service that answers as told, and the bucket of the journal."""

    def __init__(self) -> None:
        self.answers: list[Exception] = []
        self.sent: list[str] = []
        self.journal: list[dict[str, Any]] = []

    def send(self, mail: Mail, alert_id: str) -> str:
        if self.answers:
            raise self.answers.pop(0)
        self.sent.append(alert_id)
        return f"m{len(self.sent)}"

    def put_object(self, **request: Any) -> None:
        self.journal.append(json.loads(request["Body"]))


@dataclass
class House:
    """A courier with all around it, at a time that tests move."""

    now: datetime = NOON
    office: Office = field(default_factory=Office)
    draft: Callable[[Alert], Mail | Postponed] = lambda _: MAIL

    def __post_init__(self) -> None:
        self.table = FakeTable()
        self.outbox = Outbox(cast(Any, self.table))
        self.courier = courier(
            self.outbox,
            mail_service=self.office,
            settlement=settlement(self.outbox, self.office),
            draft=lambda alert, _: self.draft(alert),
            clock=lambda: self.now,
        )

    def insert(self, alert_id: str = "a1", *, due_at: datetime = NOON) -> None:
        alert = Alert(
            alert_id=alert_id,
            signal_id="s1",
            subject_id="account:acme",
            seller_id="kim",
            revision=1,
            state=AlertState.PENDING,
            due_at=due_at,
        )
        self.table.put_item(**self.outbox.inserts(alert)["Put"])

    def alert(self, alert_id: str = "a1") -> Alert:
        found = self.outbox.get(alert_id)
        assert found
        return found


def test_a_due_alert_is_mailed_settled_and_journalled_without_a_word_of_it() -> None:
    house = House()
    house.insert()
    assert house.courier.deliver("a1") is Outcome.SENT
    assert (house.alert().state, house.alert().message_id) == (AlertState.SENT, "m1")
    assert house.office.journal == [
        {
            "schema_version": 1,
            "kind": "sent",
            "identity": "a1",
            "at": "2026-11-18T12:00:00.000000Z",
            "payload": {
                "kind": "alert",
                "signal_id": "s1",
                "seller_id": "kim",
                "revision": 1,
                "message_id": "m1",
            },
        }
    ]


def test_a_second_delivery_of_an_alert_mails_nothing() -> None:
    house = House()
    house.insert()
    house.courier.deliver("a1")
    assert house.courier.deliver("a1") is Outcome.NOT_DUE
    assert house.courier.deliver("never inserted") is Outcome.NOT_DUE
    assert house.office.sent == ["a1"]


def test_an_alert_that_waits_for_the_morning_is_left_alone() -> None:
    house = House()
    house.insert(due_at=NOON + timedelta(hours=9))
    assert house.courier.deliver("a1") is Outcome.NOT_DUE
    assert house.alert().attempt == 0


def test_an_alert_whose_story_was_erased_is_cancelled() -> None:
    def erased(_: Alert) -> Mail:
        raise GoneError("posts")

    house = House(draft=erased)
    house.insert()
    assert house.courier.deliver("a1") is Outcome.CANCELLED
    assert house.alert().state is AlertState.CANCELLED


def test_an_alert_that_cannot_be_rendered_fails_with_its_reason() -> None:
    def broken(_: Alert) -> Mail:
        raise MalformedPayloadError("row")

    house = House(draft=broken)
    house.insert()
    assert house.courier.deliver("a1") is Outcome.FAILED
    assert house.alert().failure == "MalformedPayloadError"


def test_an_alert_that_may_not_be_said_now_is_postponed_without_an_attempt() -> None:
    morning = NOON + timedelta(hours=20)
    house = House(draft=lambda _: Postponed(morning, "quiet_hours"))
    house.insert()
    assert house.courier.deliver("a1") is Outcome.POSTPONED
    assert (house.alert().due_at, house.alert().attempt) == (morning, 0)


def test_an_error_while_reading_leaves_the_alert_as_it_was() -> None:
    def unreachable(_: Alert) -> Mail:
        raise ConnectionError

    house = House(draft=unreachable)
    house.insert()
    before = house.alert()
    with pytest.raises(ConnectionError):
        house.courier.deliver("a1")
    assert house.alert() == before


def test_refusals_are_tried_again_after_longer_and_longer_waits() -> None:
    house = House()
    house.insert()
    waits = []
    for _ in range(9):
        house.office.answers = [MailRefusedError("TooManyRequestsException", permanent=False)]
        assert house.courier.deliver("a1") is Outcome.REFUSED
        due_at = house.alert().due_at
        assert due_at
        waits.append(due_at - house.now)
        house.now = due_at
    assert waits[:4] == [timedelta(minutes=m) for m in (1, 2, 4, 8)]
    assert max(waits) == LONGEST_RETRY
    assert house.courier.deliver("a1") is Outcome.SENT
    assert house.alert().resends == 0


def test_a_refusal_for_good_ends_the_alert() -> None:
    house = House()
    house.insert()
    house.office.answers = [MailRefusedError("BadRequestException", permanent=True)]
    assert house.courier.deliver("a1") is Outcome.FAILED
    assert house.alert().failure == "BadRequestException"


def test_a_day_of_refusals_ends_the_alert() -> None:
    house = House()
    house.insert()
    outcomes = []
    for _ in range(MOST_ATTEMPTS):
        house.office.answers = [MailRefusedError("SendingPausedException", permanent=False)]
        outcomes.append(house.courier.deliver("a1"))
        house.now = house.alert().due_at or house.now
    assert outcomes == [Outcome.REFUSED] * (MOST_ATTEMPTS - 1) + [Outcome.FAILED]
    assert timedelta(hours=23) < house.now - NOON < timedelta(hours=26)


def test_an_unknown_outcome_waits_for_the_lease_then_is_sent_again_and_counted() -> None:
    house = House()
    house.insert()
    house.office.answers = [MailOutcomeUnknownError("ReadTimeoutError")]
    assert house.courier.deliver("a1") is Outcome.UNKNOWN
    house.now += LEASE - timedelta(seconds=1)
    assert house.courier.deliver("a1") is Outcome.NOT_DUE
    house.now += timedelta(seconds=1)
    assert house.courier.deliver("a1") is Outcome.SENT
    assert house.alert().resends == 1


def test_an_outcome_that_stays_unknown_is_not_tried_for_ever() -> None:
    house = House()
    house.insert()
    house.office.answers = [MailOutcomeUnknownError()] * (MOST_ATTEMPTS + 5)
    for _ in range(MOST_ATTEMPTS + 1):
        house.courier.deliver("a1")
        house.now += LEASE
    assert (house.alert().state, house.alert().failure) == (AlertState.FAILED, "no_outcome")
    assert len(house.office.answers) == 5


def test_a_sender_that_stalled_after_its_claim_sends_nothing() -> None:
    house = House()
    house.insert()
    times = iter([NOON, NOON, NOON + timedelta(minutes=6), NOON + timedelta(minutes=6)])
    slow = courier(
        house.outbox,
        mail_service=house.office,
        settlement=house.courier.settlement,
        draft=house.courier.draft,
        clock=lambda: next(times),
    )
    assert slow.deliver("a1") is Outcome.REFUSED
    assert house.office.sent == []
    assert house.alert().failure == "stalled"


def test_somebody_else_may_be_faster() -> None:
    house = House()

    def overtaken(alert: Alert) -> Mail:
        house.outbox.settle(alert.alert_id, "m0", NOON)
        return MAIL

    house.draft = overtaken
    house.insert()
    assert house.courier.deliver("a1") is Outcome.NOT_DUE
    assert house.office.sent == []


def test_one_alert_that_fails_does_not_stop_the_sweep_and_is_not_hidden_either() -> None:
    def sometimes(alert: Alert) -> Mail:
        if alert.alert_id == "a1":
            raise ConnectionError
        return MAIL

    house = House(draft=sometimes)
    for number in range(3):
        house.insert(f"a{number}", due_at=NOON - timedelta(minutes=number))
    with pytest.raises(ExceptionGroup) as raised:
        sweep(house.courier, lambda: True)
    assert [type(error) for error in raised.value.exceptions] == [ConnectionError]
    assert sorted(house.office.sent) == ["a0", "a2"]


def test_a_sweep_ends_before_its_time_does() -> None:
    house = House()
    for number in range(3):
        house.insert(f"a{number}", due_at=NOON - timedelta(minutes=number))
    left = iter([True, True, False])
    assert sweep(house.courier, lambda: next(left)) == {"sent": 2}
    assert house.office.sent == ["a2", "a1"]
