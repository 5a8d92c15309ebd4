"""Every condition of the outbox, asked of the table in memory that the model runs on, of
ministack and of its stand-in: all give the same answers."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import pytest

from earshot.aws import clients
from earshot.aws.outbox import KEPT_AFTER_END, LEASE, Outbox
from earshot.domain.models import Alert, AlertState
from tests.fake_table import FakeTable
from tests.standin.stage import make_table

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SOON = timedelta(seconds=1)


@pytest.fixture(params=["memory", "aws_environment", "standin_environment"])
def table(request: pytest.FixtureRequest) -> Any:
    if request.param == "memory":
        return FakeTable()
    name = f"outbox-{uuid4().hex[:8]}"
    make_table(request.getfixturevalue(request.param), name)
    return clients.table(name)


@pytest.fixture
def outbox(table: Any) -> Outbox:
    return Outbox(table)


def insert(outbox: Outbox, alert_id: str = "a1", *, due_at: datetime = NOW) -> Alert:
    alert = Alert(
        alert_id=alert_id,
        signal_id="s1",
        subject_id="account:acme",
        seller_id="kim",
        revision=3,
        delivery_id="d1",
        state=AlertState.PENDING,
        due_at=due_at,
    )
    put(outbox, alert)
    return alert


def put(outbox: Outbox, alert: Alert) -> None:
    action = {"Put": outbox.inserts(alert)["Put"]}
    table = cast(Any, outbox)._table
    if isinstance(table, FakeTable):
        table.put_item(**action["Put"])
    else:
        table.meta.client.transact_write_items(TransactItems=[action])


def claimed(outbox: Outbox) -> Alert:
    insert(outbox)
    alert = outbox.claim("a1", NOW)
    assert alert
    return alert


def row(outbox: Outbox) -> dict[str, Any]:
    found = cast(Any, outbox)._table.get_item(Key={"pk": "OUTBOX#a1", "sk": "OUTBOX"})
    return cast(dict[str, Any], found["Item"])


def test_an_alert_comes_out_as_it_went_in(outbox: Outbox) -> None:
    assert outbox.get("a1") is None
    alert = insert(outbox)
    assert outbox.get("a1") == alert


def test_the_same_alert_is_inserted_once(outbox: Outbox) -> None:
    alert = insert(outbox)
    outbox.claim("a1", NOW)
    with pytest.raises(Exception, match=r"TransactionCanceled|attribute_not_exists"):
        put(outbox, alert)
    assert row(outbox)["state"] == "SENDING"


def test_only_one_claims_a_due_alert(outbox: Outbox) -> None:
    alert = claimed(outbox)
    assert alert.state is AlertState.SENDING
    assert (alert.attempt, alert.resends) == (1, 0)
    assert alert.lease_until == NOW + LEASE
    assert outbox.claim("a1", NOW) is None
    assert outbox.claim("a1", NOW + LEASE - SOON) is None


def test_nobody_claims_what_is_not_due_or_not_there(outbox: Outbox) -> None:
    insert(outbox, due_at=NOW + SOON)
    assert outbox.claim("a1", NOW) is None
    assert outbox.claim("a2", NOW) is None
    assert outbox.get("a2") is None


def test_a_lease_that_ran_out_is_claimed_again_and_counted(outbox: Outbox) -> None:
    claimed(outbox)
    again = outbox.claim("a1", NOW + LEASE)
    assert again
    assert (again.attempt, again.resends) == (2, 1)
    assert again.lease_until == NOW + 2 * LEASE


def test_what_is_due_comes_from_every_shard_the_longest_due_first(outbox: Outbox) -> None:
    ids = [f"n{number:03d}" for number in range(40)]
    for number, alert_id in enumerate(ids):
        insert(outbox, alert_id, due_at=NOW - timedelta(minutes=number))
    insert(outbox, "later", due_at=NOW + SOON)
    assert list(outbox.due(NOW)) == ids[::-1]


def test_a_claimed_alert_is_due_again_when_its_lease_ends(outbox: Outbox) -> None:
    claimed(outbox)
    assert list(outbox.due(NOW + LEASE - SOON)) == []
    assert list(outbox.due(NOW + LEASE)) == ["a1"]


def test_pages_of_the_index_are_followed(table: Any) -> None:
    outbox = Outbox(table, page_size=2)
    ids = [f"n{number}" for number in range(30)]
    for alert_id in ids:
        insert(outbox, alert_id)
    assert sorted(outbox.due(NOW)) == sorted(ids)


@pytest.mark.parametrize("state", ["pending", "sending", "claimed_twice", "failed"])
def test_an_accepted_mail_settles_its_alert_whatever_went_on(outbox: Outbox, state: str) -> None:
    insert(outbox)
    reach(outbox, state)
    settled = outbox.settle("a1", "m1", NOW)
    assert settled
    assert (settled.state, settled.message_id) == (AlertState.SENT, "m1")
    assert row(outbox)["ttl"] == int((NOW + KEPT_AFTER_END).timestamp())
    assert list(outbox.due(NOW + timedelta(days=1))) == []
    assert outbox.settle("a1", "m2", NOW) is None
    assert row(outbox)["message_id"] == "m1"


def reach(outbox: Outbox, state: str) -> None:
    if state == "pending":
        return
    alert = outbox.claim("a1", NOW)
    assert alert
    if state == "claimed_twice":
        outbox.claim("a1", NOW + LEASE)
    if state == "failed":
        outbox.fail(alert, "MessageRejected", NOW)


@pytest.mark.parametrize("state", ["pending", "sending", "claimed_twice", "failed"])
def test_a_cancelled_alert_stays_so(outbox: Outbox, state: str) -> None:
    insert(outbox)
    reach(outbox, state)
    assert outbox.cancel("a1", NOW)
    assert outbox.settle("a1", "m1", NOW) is None
    assert outbox.claim("a1", NOW + 2 * LEASE) is None
    assert list(outbox.due(NOW + timedelta(days=1))) == []
    found = outbox.get("a1")
    assert found
    assert (found.state, found.message_id) == (AlertState.CANCELLED, None)


def test_what_was_sent_cannot_be_cancelled(outbox: Outbox) -> None:
    insert(outbox)
    outbox.settle("a1", "m1", NOW)
    assert outbox.cancel("a1", NOW) is None


def test_no_change_makes_a_row_that_is_not_there(outbox: Outbox) -> None:
    ghost = claimed(outbox).model_copy(update={"alert_id": "ghost"})
    assert outbox.settle("ghost", "m1", NOW) is None
    assert outbox.cancel("ghost", NOW) is None
    assert outbox.release(ghost, "Throttled", NOW) is None
    assert outbox.postpone(ghost, NOW) is None
    assert outbox.fail(ghost, "MessageRejected", NOW) is None
    assert outbox.record_delivery("ghost", "bounced") is None
    assert outbox.get("ghost") is None


def test_a_known_refusal_gives_the_claim_back(outbox: Outbox) -> None:
    alert = claimed(outbox)
    later = NOW + timedelta(minutes=1)
    released = outbox.release(alert, "TooManyRequestsException", later)
    assert released
    assert (released.state, released.due_at) == (AlertState.PENDING, later)
    assert (released.lease_until, released.failure) == (None, "TooManyRequestsException")
    assert outbox.claim("a1", NOW) is None
    again = outbox.claim("a1", later)
    assert again
    assert (again.attempt, again.resends) == (2, 0)


def test_an_attempt_changes_nothing_of_a_later_one(outbox: Outbox) -> None:
    first = claimed(outbox)
    outbox.claim("a1", NOW + LEASE)
    assert outbox.release(first, "Throttled", NOW) is None
    assert outbox.fail(first, "MessageRejected", NOW) is None
    assert outbox.postpone(first, NOW) is None
    assert row(outbox)["state"] == "SENDING"


def test_a_postponed_alert_is_due_later(outbox: Outbox) -> None:
    alert = insert(outbox)
    tomorrow = NOW + timedelta(days=1)
    assert outbox.postpone(alert, tomorrow)
    assert outbox.claim("a1", NOW) is None
    assert list(outbox.due(NOW)) == []
    assert list(outbox.due(tomorrow)) == ["a1"]


def test_a_permanent_refusal_ends_the_alert(outbox: Outbox) -> None:
    failed = outbox.fail(claimed(outbox), "MessageRejected", NOW)
    assert failed
    assert (failed.state, failed.failure) == (AlertState.FAILED, "MessageRejected")
    assert outbox.claim("a1", NOW + 2 * LEASE) is None
    assert list(outbox.due(NOW + timedelta(days=1))) == []


def test_a_bounce_is_noted_and_a_late_delivery_does_not_cover_it(outbox: Outbox) -> None:
    insert(outbox)
    assert outbox.record_delivery("a1", "delivered")
    assert outbox.record_delivery("a1", "bounced")
    assert outbox.record_delivery("a1", "delivered") is None
    assert row(outbox)["delivery_status"] == "bounced"
