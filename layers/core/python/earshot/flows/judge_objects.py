"""The same of objects: raw deliveries, and what the journal says of posts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError

from earshot.aws.held_rows import PostOfAuthor
from earshot.aws.raw_archive import RawArchive, RawObject, delivery_of
from earshot.aws.scan_store import ScanStore, Stored
from earshot.aws.tombstone_store import TombstoneStore
from earshot.domain import keeping, retention
from earshot.domain.models import DataClass, Delivery, PostHead
from earshot.domain.retention import Found, Violation
from earshot.domain.stories import StoryPost
from earshot.errors import GoneError, MalformedPayloadError
from earshot.flows import posts_of_delivery
from earshot.flows.judge_rows import erased
from earshot.flows.posts_of_delivery import Contents
from earshot.sources import catalog, displayed

RAW = frozenset(("raw", "borrowed"))
OURS = frozenset(("inbox", "inbox-reports", "imports", "watchlist"))
"""What operators gave us, and what is made of it."""
TELLS_OF_POSTS = "expired"
"""Other entries of the journal say what people of ours did, and what was sent."""

Judged = tuple[list[Found], set[PostOfAuthor]]
_NOTHING: Judged = ([], set())


@dataclass(frozen=True)
class ObjectJudge:
    store: ScanStore
    tombstones: TombstoneStore
    archive: RawArchive

    def found_in(self, stored: Iterable[Stored], now: datetime) -> list[Found]:
        found: list[Found] = []
        told: list[tuple[str, PostOfAuthor]] = []
        for one in stored:
            of_object, posts = self._judged(one, now)
            found += of_object
            told += ((one.key, post) for post in posts)
        return [*found, *erased(told, self.tombstones, now)]

    def _judged(self, one: Stored, now: datetime) -> Judged:
        folder, _, rest = one.key.partition("/")
        if folder in RAW:
            return self._raw(one, now)
        if folder == "journal":
            return self._entry(one.key) if f"/{TELLS_OF_POSTS}/" in rest else _NOTHING
        return _NOTHING if folder in OURS else _unknown(one.key)

    def _raw(self, one: Stored, now: datetime) -> Judged:
        try:
            delivery = delivery_of(one.key, one.written_at)
            raw = self.archive.get(one.key)
        except GoneError:
            return _NOTHING
        except (ValueError, MalformedPayloadError):
            return _unknown(one.key)
        contents = _contents(delivery, raw)
        found = _of_class(one.key, raw)
        if retention.is_object_late(_hours(delivery, raw, contents), one.written_at, now):
            found.append(Found(violation=Violation.EXPIRED, place=one.key))
        is_new = now - one.written_at < retention.LATE_ERASURE
        return found, set() if contents is None or is_new else _told(delivery, contents)

    def _entry(self, key: str) -> Judged:
        entry = self.store.entry(key)
        if entry is None:
            return _NOTHING
        told = dict(entry["payload"])
        story = told.pop("story", None)
        try:
            head = PostHead.model_validate(told)
            post = StoryPost.model_validate(story) if story else None
        except ValidationError:
            return _unknown(key)
        wrong = keeping.excess(story, post.data_class, ends=True) if post else frozenset()
        return _words(key, wrong), {(head.source, head.native_id, head.author_id)}


def _contents(delivery: Delivery, raw: RawObject) -> Contents | None:
    """``None`` of what nobody can read."""
    try:
        return posts_of_delivery.contents_of(delivery, raw)
    except MalformedPayloadError:
        return None


def _hours(delivery: Delivery, raw: RawObject, contents: Contents | None) -> timedelta | None:
    """How long it may lie there, where it may not stay."""
    if contents is None:
        ends = catalog.archived(delivery, raw).expires_at
    else:
        ends = contents.expiry.expires_at if contents.expiry else None
    return None if ends is None else ends - delivery.received_at


def _told(delivery: Delivery, contents: Contents) -> set[PostOfAuthor]:
    posts = {(post.source, post.native_id, post.author.author_id) for post in contents.posts}
    return posts | {(delivery.source, one.native_id, one.author_id) for one in contents.beside}


def _of_class(key: str, raw: RawObject) -> list[Found]:
    if raw.data_class is not DataClass.DISPLAYED:
        return []
    try:
        return _words(key, displayed.excess(raw.body))
    except MalformedPayloadError:
        return _words(key, frozenset(("body",)))


def _words(key: str, wrong: frozenset[str]) -> list[Found]:
    fields = tuple(sorted(wrong))
    return [Found(violation=Violation.WORDS, place=key, fields=fields)] if wrong else []


def _unknown(key: str) -> Judged:
    return [Found(violation=Violation.UNKNOWN, place=key)], set()
