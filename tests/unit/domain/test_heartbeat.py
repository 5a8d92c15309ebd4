"""Which heartbeat is which, and which alert is of one."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from earshot.domain import heartbeat, heartbeat_reader
from earshot.domain.heartbeat_reader import Arrival
from earshot.domain.models import Alert, AlertState, DataClass, Signal, Subject
from earshot.domain.repeats import sketch
from earshot.domain.subjects import prospect_subject_id
from tests import examples

SLOT = datetime(2026, 11, 29, 3, 5, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def alert(slot: datetime = SLOT, *, seller_id: str = heartbeat.NAME) -> Alert:
    subject_id = heartbeat_reader.subject_id(slot)
    return Alert(
        alert_id="a1", seller_id=seller_id, subject_id=subject_id, state=AlertState.PENDING
    )


def test_within_five_minutes_it_is_one_delivery_and_after_them_another() -> None:
    in_slot = {heartbeat.slot_of(SLOT + n * MINUTE) for n in range(5)}
    assert in_slot == {SLOT}
    assert heartbeat.slot_of(SLOT + 5 * MINUTE) == SLOT + heartbeat.EVERY
    assert heartbeat.body(SLOT) != heartbeat.body(SLOT + heartbeat.EVERY)


def test_the_post_says_when_and_by_whom_it_was_posted() -> None:
    [post] = json.loads(heartbeat.body(SLOT))["posts"]
    assert post["id"] == post["author"]["id"] == "earshot-heartbeat-2026-11-29T03:05Z"
    assert datetime.fromisoformat(post["posted_at"]) == SLOT
    assert heartbeat.COMPANY in post["text"]


def test_its_words_are_too_few_to_be_those_of_the_one_before() -> None:
    [post] = json.loads(heartbeat.body(SLOT))["posts"]
    assert sketch(examples.post(post["text"])) is None


def test_its_connection_is_borrowed_and_no_other_is_taken_for_it() -> None:
    connection = heartbeat.connection()
    assert connection.data_class is DataClass.BORROWED
    assert heartbeat.is_connection(connection.source, connection.connection_id)
    assert not heartbeat.is_connection("generic", "main")
    assert not heartbeat.is_connection("github", heartbeat.NAME)


def test_a_signal_is_a_heartbeat_where_its_author_is_that_of_its_moment() -> None:
    subject_id = prospect_subject_id("generic", heartbeat.post_id(SLOT))
    subject = Subject(subject_id=subject_id, name="somebody")

    def posted(at: datetime, *, by: Subject) -> Signal:
        signal = examples.signal(examples.story_post(posted_at=at))
        return signal.model_copy(update={"subject": by})

    assert heartbeat_reader.is_heartbeat(posted(SLOT, by=subject))
    assert not heartbeat_reader.is_heartbeat(posted(SLOT + heartbeat.EVERY, by=subject))
    assert not heartbeat_reader.is_heartbeat(posted(SLOT, by=examples.subject()))


@pytest.mark.parametrize(
    ("minutes", "is_found"),
    [(0, True), (1, True), (59, True), (60, True), (61, False), (-1, False)],
)
def test_an_alert_is_of_a_heartbeat_for_an_hour(minutes: int, is_found: bool) -> None:
    found = heartbeat_reader.slot_of(alert(), SLOT + minutes * MINUTE)
    assert found == (SLOT if is_found else None)


def test_no_alert_of_a_seller_is_of_a_heartbeat() -> None:
    assert heartbeat_reader.slot_of(alert(seller_id="anna"), SLOT) is None


def test_its_time_is_counted_from_the_slot() -> None:
    assert Arrival(slot=SLOT, arrived_at=SLOT + 2 * MINUTE).seconds == 120
