"""What a scan of all stores finds, and when something is too long there."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from earshot.domain.keeping import NEVER_KEPT
from earshot.domain.kept_words import may_be_shown
from earshot.domain.signals import Signal
from earshot.domain.stories import StoryPost
from earshot.domain.subjects import UNKNOWN, prospect, prospect_subject_id
from earshot.domain.values import Model, Utc

LATE = timedelta(hours=6)
"""What ``expire_bodies`` removes, every quarter of an hour."""
LATE_OBJECT = timedelta(days=2)
"""What nothing ever read: S3 rounds its days up, and may take another one to remove it."""
LATE_TTL = timedelta(days=3)
"""DynamoDB removes within a few days, two as a rule, what its time to live has ended of."""
LATE_ERASURE = timedelta(days=1)
"""So long an erasure of many posts, or one that was killed, may take to be done."""

NIGHT_HOURS = 6
ROUND_EVERY = timedelta(hours=20)
MOST_NAMED = 100


class Violation(StrEnum):
    WORDS = "words_that_may_not_stay"
    NAME = "name_that_may_not_stay"
    EXPIRED = "outlived_its_time"
    TTL = "outlived_its_ttl"
    ERASED = "erased_and_still_there"
    UNKNOWN = "unknown_to_the_rules"


class Found(Model):
    """``place`` is the key of a row or object; ``fields`` names what may not be there, and never
    says what it holds."""

    violation: Violation
    place: str
    fields: tuple[str, ...] = ()


class Round(Model):
    """One walk through table and bucket: where it stands (``after`` is a key of the one, or of the
    other once ``in_bucket``), and what it found. ``counts`` has all, ``named`` the first."""

    started_at: Utc
    finished_at: Utc | None = None
    in_bucket: bool = False
    after: dict[str, str] = {}
    rows: int = 0
    objects: int = 0
    counts: dict[Violation, int] = {}
    named: tuple[Found, ...] = ()

    def with_found(self, found: Iterable[Found], **moved: Any) -> "Round":
        """As it is after a page."""
        found = tuple(found)
        counts = dict(self.counts)
        for one in found:
            counts[one.violation] = counts.get(one.violation, 0) + 1
        named = (*self.named, *found)[:MOST_NAMED]
        return self.model_copy(update={"counts": counts, "named": named, **moved})

    def is_to_begin(self, now: datetime) -> bool:
        """Whether it is over and another one is due, which begins at night."""
        is_night = now.hour < NIGHT_HOURS
        return self.finished_at is not None and is_night and now - self.started_at >= ROUND_EVERY


def is_too_old(post: StoryPost, now: datetime) -> bool:
    """Whether the row that holds its words for a time should have gone, or never come."""
    if post.data_class in NEVER_KEPT or post.expires_at is None:
        return True
    return is_late(post.expires_at, now)


def is_late(expires_at: datetime, now: datetime) -> bool:
    return now >= expires_at + LATE


def is_past_ttl(ttl: int, now: datetime) -> bool:
    return now >= datetime.fromtimestamp(ttl, UTC) + LATE_TTL


def is_named(signal: Signal) -> bool:
    """Whether it is called after a person."""
    return signal.subject.is_prospect and signal.subject.name != UNKNOWN


def may_be_named(signal: Signal, posts: Iterable[StoryPost], now: datetime) -> bool:
    """Whether one of its posts, whose words may be shown or went just now, names its subject so."""
    return any(
        prospect(signal.subject.subject_id, post.author) == signal.subject
        for post in posts
        if prospect_subject_id(post.source, post.author.author_id) == signal.subject.subject_id
        and may_be_shown(post, now - LATE)
    )


def is_object_late(kept_for: timedelta | None, written_at: datetime, now: datetime) -> bool:
    """``kept_for`` is how long it may lie there, counted from when it was written last."""
    return kept_for is not None and now >= written_at + kept_for + LATE_OBJECT
