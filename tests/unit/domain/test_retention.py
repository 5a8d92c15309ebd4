"""When something is too long there, and what a round knows of what it found."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from earshot.domain import retention
from earshot.domain.models import DataClass, Signal, Subject
from earshot.domain.retention import Found, Round, Violation
from earshot.domain.stories import StoryPost
from earshot.domain.subjects import UNKNOWN, prospect_subject_id
from tests import examples
from tests.examples import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT = datetime(2026, 11, 18, 2, tzinfo=NOON.tzinfo)
SUBJECT_ID = prospect_subject_id("generic", "u1")


def lent(**changes: Any) -> StoryPost:
    return examples.story_post(**{"data_class": DataClass.BORROWED, "expires_at": NOON, **changes})


@pytest.mark.parametrize(
    ("post", "since", "late"),
    [
        (lent(), 5 * HOUR, False),
        (lent(), 6 * HOUR, True),
        (lent(data_class=DataClass.OWNED), 6 * HOUR, True),
        (lent(data_class=DataClass.DISPLAYED, expires_at=NOON + DAY), 0 * HOUR, True),
        (lent(expires_at=None), 0 * HOUR, True),
    ],
)
def test_words_for_a_time_are_late_after_some_hours(
    post: StoryPost, since: timedelta, late: bool
) -> None:
    assert retention.is_too_old(post, NOON + since) is late


def test_dynamodb_gets_its_days() -> None:
    ttl = int(NOON.timestamp())
    assert not retention.is_past_ttl(ttl, NOON + 71 * HOUR)
    assert retention.is_past_ttl(ttl, NOON + 72 * HOUR)


def test_an_object_is_late_two_days_after_its_time() -> None:
    kept_for = 48 * HOUR
    assert not retention.is_object_late(kept_for, NOON, NOON + 95 * HOUR)
    assert retention.is_object_late(kept_for, NOON, NOON + 96 * HOUR)
    assert not retention.is_object_late(None, NOON, NOON + 9_999 * HOUR)


def prospect(name: str, account_id: str | None = None) -> Signal:
    subject = Subject(subject_id=SUBJECT_ID, account_id=account_id, name=name)
    return examples.signal(examples.story_post()).model_copy(update={"subject": subject})


def test_a_signal_is_named_after_a_person_when_it_is_a_prospects() -> None:
    assert retention.is_named(prospect("Jo"))
    assert not retention.is_named(prospect(UNKNOWN))
    assert not retention.is_named(prospect("Acme", account_id="acme"))


@pytest.mark.parametrize(
    ("posts", "may"),
    [
        ([examples.story_post()], True),
        ([lent(expires_at=NOON + HOUR)], True),
        ([lent(expires_at=NOON - HOUR)], True),
        ([lent(expires_at=NOON - DAY)], False),
        ([examples.story_post(author=examples.author(author_id="u2"))], False),
        ([examples.story_post(author=examples.author(name="Joanna"))], False),
        ([], False),
    ],
)
def test_a_name_may_stay_as_long_as_words_of_that_person(posts: list[StoryPost], may: bool) -> None:
    assert retention.may_be_named(prospect("Jo"), posts, NOON) is may


def test_a_round_counts_all_and_names_the_first() -> None:
    one = Found(violation=Violation.ERASED, place="LINK#1 LINK")
    walked = Round(started_at=NOON).with_found([one] * 60, rows=60)
    walked = walked.with_found([one] * 60, rows=120)
    assert walked.counts == {Violation.ERASED: 120}
    assert len(walked.named) == retention.MOST_NAMED
    assert walked.rows == 120


@pytest.mark.parametrize(
    ("began", "finished", "now", "begins"),
    [
        (NIGHT - DAY, NIGHT - DAY, NIGHT, True),
        (NIGHT - DAY, None, NIGHT, False),
        (NIGHT - HOUR, NIGHT, NIGHT, False),
        (NIGHT - DAY, NIGHT - DAY, NIGHT + 5 * HOUR, False),
    ],
)
def test_a_round_begins_once_a_night(
    began: datetime, finished: datetime | None, now: datetime, begins: bool
) -> None:
    assert Round(started_at=began, finished_at=finished).is_to_begin(now) is begins
