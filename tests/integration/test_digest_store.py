"""The rows of digests and of what waits for them, on ministack and on its stand-in."""

from datetime import timedelta
from typing import Any

import pytest

from earshot.aws import keys
from earshot.aws.answer_store import AnswerStore
from earshot.aws.connection_store import MAX_AGE_SECONDS, ConnectionStore
from earshot.aws.digest_store import MOST_TOLD, DigestStore, Frozen, frozen_as
from earshot.aws.items import item_of
from earshot.aws.outbox import Outbox
from earshot.aws.transactions import Refusal, commit
from earshot.aws.waiting_store import WaitingStore, waiting_key
from earshot.domain.deliveries import ConnectionState
from earshot.domain.models import (
    Alert,
    AlertKind,
    AlertState,
    Claim,
    Connection,
    DataClass,
    Feedback,
    FeedbackKind,
    Waiting,
)
from tests import examples
from tests.examples import NOON

SOON = timedelta(seconds=1)


@pytest.fixture
def digests(table: Any) -> DigestStore:
    return DigestStore(table)


def digest(day: int = 18, **changes: Any) -> Alert:
    plain = {
        "alert_id": f"d{day}",
        "kind": AlertKind.DIGEST,
        "seller_id": "anna",
        "state": AlertState.PENDING,
        "due_at": NOON,
        "day": f"2026-11-{day}",
    }
    return Alert.model_validate({**plain, **changes})


def waiting(number: int = 1, **changes: Any) -> Waiting:
    plain = {
        "seller_id": "anna",
        "subject_id": "account:acme",
        "signal_id": "s1",
        "source": "generic",
        "native_id": f"p{number}",
        "score": 40,
        "reason": "below_alert",
        "since": NOON,
    }
    return Waiting.model_validate({**plain, **changes})


def test_a_digest_begins_once_and_after_the_one_before_it(table: Any, digests: DigestStore) -> None:
    assert digests.latest(["anna", "ben"]) == {}
    assert digests.begin(digest())
    assert not digests.begin(digest())
    assert not digests.begin(digest(19))
    assert not digests.begin(digest(19, previous_id="d17"))
    assert digests.begin(digest(19, previous_id="d18"))
    assert not digests.begin(digest(19, previous_id="d19"))
    latest = digests.latest(["anna", "ben"])["anna"]
    assert (latest.alert_id, f"{latest.day}") == ("d19", "2026-11-19")
    assert Outbox(table).get("d19") == digest(19, previous_id="d18")
    assert list(Outbox(table).due(NOON)) == ["d18", "d19"]


def test_what_a_digest_tells_is_frozen_once(digests: DigestStore) -> None:
    digests.begin(digest())
    assert digests.frozen("d18") is None
    first = digests.freeze("d18", ["POST#s1#generic#p1", "ALERT#a1"], NOON)
    assert first.rows == {frozen_as("POST#s1#generic#p1"), frozen_as("ALERT#a1")}
    assert digests.freeze("d18", ["POST#s1#generic#p2"], NOON) == first
    assert digests.frozen("d18") == first
    digests.clear("d18", NOON)
    assert digests.frozen("d18") == Frozen(first.rows, is_cleared=True)


def test_a_digest_that_tells_nothing_is_frozen_too(digests: DigestStore) -> None:
    digests.begin(digest())
    digests.freeze("d18", [], NOON)
    assert digests.freeze("d18", ["ALERT#a1"], NOON).rows == frozenset()


def test_nothing_is_frozen_once_somebody_tried_to_send(table: Any, digests: DigestStore) -> None:
    digests.begin(digest())
    Outbox(table).claim("d18", NOON)
    assert digests.freeze("d18", ["ALERT#a1"], NOON).rows == frozenset()
    assert digests.frozen("d18") is None


def test_twenty_thousand_rows_fit_into_one_digest(table: Any, digests: DigestStore) -> None:
    digests.begin(digest())
    names = [f"POST#s1#generic#p{number}" for number in range(MOST_TOLD)]
    assert len(digests.freeze("d18", names, NOON).rows) == MOST_TOLD
    frozen = digests.frozen("d18")
    assert frozen
    assert frozen.rows == set(map(frozen_as, names))
    assert Outbox(table).settle("d18", "m1", NOON)


def test_what_waits_is_found_by_seller_until_it_is_deleted(table: Any) -> None:
    store = WaitingStore(table)
    assert list(store.all("anna")) == []
    alert = waiting(alert_id="a1", source="", native_id="")
    rows = [waiting(1), waiting(2), waiting(3, seller_id="ben")]
    commit(table, [*map(store.puts_post, rows), store.puts_alert(alert)])
    keys_of_anna = [waiting_key(one)["sk"] for one in rows[:2]]
    assert list(store.all("anna")) == [("ALERT#a1", alert), *zip(keys_of_anna, rows, strict=False)]
    store.delete("anna", [*keys_of_anna, "ALERT#a1", "POST#never"])
    assert list(store.all("anna")) == []
    assert list(store.all("ben")) == [(waiting_key(rows[2])["sk"], rows[2])]


def test_what_was_told_meanwhile_cannot_be_taken_away(table: Any) -> None:
    store = WaitingStore(table)
    commit(table, [store.puts_post(waiting())])
    key = waiting_key(waiting())["sk"]
    assert store.is_there("anna", key)
    assert commit(table, [store.removes("anna", key)]) is None
    assert not store.is_there("anna", key)
    assert commit(table, [store.removes("anna", key)]) is Refusal.CONFLICT


def test_claims_and_answers_are_read_for_many_signals(table: Any) -> None:
    claim = Claim(
        signal_id="s1",
        subject_id="account:acme",
        seller_id="ben",
        state="claimed",
        claimed_at=NOON,
        version=1,
    )
    answer = Feedback(
        signal_id="s2",
        subject_id="account:acme",
        alert_id="a1",
        seller_id="anna",
        kind=FeedbackKind.WON,
        given_at=NOON,
    )
    table.put_item(Item=item_of(keys.claim("s1"), claim))
    table.put_item(Item=item_of(keys.feedback("anna", "s2"), answer))
    store = AnswerStore(table)
    assert store.claims(["s1", "s2", "s3"]) == {"s1": claim}
    assert store.given_by("anna", ["s1", "s2"]) == {"s2": answer}
    assert store.given_by("ben", ["s2"]) == {}
    assert store.claims([]) == {}


def connection(name: str) -> Connection:
    return Connection(
        source="generic", connection_id=name, data_class=DataClass.OWNED, created_at=NOON
    )


def test_a_connection_says_when_it_last_delivered_and_why_it_failed(table: Any) -> None:
    store = ConnectionStore(table)
    store.put(connection("forum"))
    store.put(connection("quiet"))
    store.save_error(connection("quiet"), "Timeout", NOON)
    later = NOON + SOON
    for at in (later, NOON):  # each in a container of its own
        ConnectionStore(table).note_delivery(examples.delivery(received_at=at))
    assert list(store.states()) == [
        ConnectionState(source="generic", connection_id="forum", last_delivery_at=later),
        ConnectionState(
            source="generic", connection_id="quiet", last_error="Timeout", last_error_at=NOON
        ),
    ]
    assert store.get("generic", "forum") == connection("forum")


def test_of_many_deliveries_in_a_minute_one_is_noted(table: Any) -> None:
    store = ConnectionStore(table)
    store.put(connection("forum"))
    for second in range(MAX_AGE_SECONDS):
        store.note_delivery(examples.delivery(received_at=NOON + second * SOON))
    (state,) = store.states()
    assert state.last_delivery_at == NOON


def test_a_connection_that_was_removed_is_not_made_again_by_a_delivery(table: Any) -> None:
    store = ConnectionStore(table)
    store.note_delivery(examples.delivery())
    assert list(store.states()) == []
