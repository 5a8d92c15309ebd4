"""Whether a row may be there as it is: by its kind, its data class, its time, and what was
erased."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from earshot.aws import held_rows
from earshot.aws.expiry_store import Expiry
from earshot.aws.held_rows import PostOfAuthor
from earshot.aws.items import Item
from earshot.aws.scan_store import ScanStore
from earshot.aws.story_store import StoryStore
from earshot.aws.tombstone_store import TombstoneStore
from earshot.domain import keeping, retention
from earshot.domain.models import Signal
from earshot.domain.retention import Found, Violation
from earshot.domain.stories import StoryPost


@dataclass(frozen=True)
class RowJudge:
    store: ScanStore
    tombstones: TombstoneStore
    stories: StoryStore

    def found_in(self, rows: Sequence[Item], now: datetime) -> list[Found]:
        """What is found is read again before it counts: a page may be older than what it tells."""
        places = {one.place for one in self._found(rows, now)}
        if not places:
            return []
        suspects = (row for row in rows if _place(row) in places)
        again = self.store.again({"pk": row["pk"], "sk": row["sk"]} for row in suspects)
        return self._found(again, now)

    def _found(self, rows: Iterable[Item], now: datetime) -> list[Found]:
        found: list[Found] = []
        told: list[tuple[str, PostOfAuthor]] = []
        for row in rows:
            kind = held_rows.kind_of(row)
            of_row = list(self._judged(row, kind, now))
            found += of_row
            if not any(one.violation is Violation.UNKNOWN for one in of_row):
                told += ((_place(row), post) for post in held_rows.posts_in(row, kind))
        return [*found, *erased(told, self.tombstones, now)]

    def _judged(self, row: Item, kind: str, now: datetime) -> Iterator[Found]:
        place = _place(row)
        if "ttl" in row and retention.is_past_ttl(int(row["ttl"]), now):
            yield Found(violation=Violation.TTL, place=place)
        if kind in held_rows.OURS:
            return
        if kind not in held_rows.SHAPES:
            yield Found(violation=Violation.UNKNOWN, place=place)
        elif strange := held_rows.strangers(row, kind):
            yield Found(violation=Violation.UNKNOWN, place=place, fields=strange)
        elif kind == "STRAND POST":
            yield from _words(row)
        elif self._is_past(row, kind, now):
            yield Found(violation=Violation.EXPIRED, place=place)
        elif kind == "SUBJECT" and not self._is_rightly_named(row, now):
            yield Found(violation=Violation.NAME, place=place, fields=("subject.name",))

    def _is_past(self, row: Item, kind: str, now: datetime) -> bool:
        if kind == "STRAND WORDS":
            return retention.is_too_old(held_rows.model_in(row, StoryPost), now)
        return kind == "EXPIRY" and retention.is_late(
            held_rows.model_in(row, Expiry).expires_at, now
        )

    def _is_rightly_named(self, row: Item, now: datetime) -> bool:
        signal = held_rows.model_in(row, Signal)
        if not retention.is_named(signal):
            return True
        return retention.may_be_named(signal, self.stories.told_by(signal), now)


def erased(
    told: Sequence[tuple[str, PostOfAuthor]], tombstones: TombstoneStore, now: datetime
) -> list[Found]:
    """Places that tell of a post which was refused before an erasure can be still at work."""
    gone = tombstones.refused({post for _, post in told}, before=now - retention.LATE_ERASURE)
    places = dict.fromkeys(place for place, post in told if post in gone)
    return [Found(violation=Violation.ERASED, place=place) for place in places]


def _words(row: Item) -> Iterator[Found]:
    post = held_rows.model_in(row, StoryPost)
    ends = post.expires_at is not None
    wrong = keeping.excess(post.model_dump(mode="json"), post.data_class, ends=ends)
    if wrong:
        yield Found(violation=Violation.WORDS, place=_place(row), fields=tuple(sorted(wrong)))


def _place(row: Item) -> str:
    return f"{row['pk']} {row['sk']}"
