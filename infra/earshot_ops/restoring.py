"""Copy rows of a recovered table to where they are missing, and nothing that was erased since.

Tombstones come first. What depends on other rows comes after them: posts of strands after their
heads, guards after the outbox, signals after the stories that tell them. Signals whose posts were
left out are computed anew in the end, and nobody is told. Each step may run twice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from earshot.aws import held_rows, keys
from earshot.aws.held_rows import PostOfAuthor
from earshot.aws.items import Item
from earshot.aws.queries import batch
from earshot.domain.models import AlertState
from earshot.domain.stories import StoryPost
from earshot_ops import rebuilding
from earshot_ops.target import Target

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

AT_ONCE = 8
AFTER_HEADS = frozenset(("STRAND -STRAND", "STRAND POST", "ANCHOR", "POST GUARD"))
AFTER_STORIES = "SUBJECT"
WITH_SIGNALS = "SIGNAL"
NEVER = {
    "TOMBSTONE": "put before",
    "STRAND WORDS": "words kept for a time",
    "WAITING": "on its way",
    "SCAN": "of the nightly scan",
}
_OF_CONNECTIONS = frozenset(("CONNECTIONS", "RECEIPT", "SEARCHES"))
_ON_THE_WAY = frozenset((AlertState.PENDING, AlertState.SENDING))


@dataclass
class Restoring:
    """``counts`` says by kind of row what became of them; ``strands`` are those whose signals are
    to be computed anew. A rehearsal writes nothing."""

    target: Target
    source: "Table"
    now: datetime
    rehearses: bool = False
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    strands: set[str] = field(default_factory=set)

    @cached_property
    def buried(self) -> set[str]:
        """Keys of all tombstones that the journal or the other table has."""
        there = {str(row["pk"]) for row in self._of_kind("TOMBSTONE")}
        return there.union(self._journalled)

    @cached_property
    def _journalled(self) -> dict[str, str]:
        return rebuilding.tombstones(self.target)

    def put_tombstones(self) -> int:
        if not self.rehearses:
            for pk in sorted(self.buried):
                known = self._journalled.get(pk)
                since = {"buried_at": known} if known else {}
                self.put({"pk": pk, "sk": keys.TOMBSTONE, **since})
        return len(self.buried)

    def pages(self) -> Iterator[list[Item]]:
        """Of the other table."""
        pages = self.source.meta.client.get_paginator("scan")
        for page in pages.paginate(TableName=self.source.name):
            yield page["Items"]

    def _of_kind(self, kind: str) -> Iterator[Item]:
        return (row for page in self.pages() for row in page if held_rows.kind_of(row) == kind)

    def copy(self, rows: Iterable[Item]) -> None:
        """Those that are missing, and may be here."""
        missing = self.missing(rows)
        refused = self._refused(missing)
        lost = self._lost_alerts(missing)
        wanted = []
        for row in missing:
            kind = held_rows.kind_of(row)
            reason = refused.get(_place(row)) or self._reason(row, kind, lost)
            self.counts[kind, reason or "restored"] += 1
            if reason is None:
                wanted.append(row)
            elif kind == "STRAND POST":
                self.strands.add(str(row["pk"]).partition("#")[2])
        self._put_all(wanted)

    def missing(self, rows: Iterable[Item]) -> list[Item]:
        found = list(rows)
        there = {_place(row) for row in batch(self.target.table, list(map(_key, found)))}
        for row in found:
            if _place(row) in there:
                self.counts[held_rows.kind_of(row), "there"] += 1
        return [row for row in found if _place(row) not in there]

    def put(self, row: Item) -> None:
        """Unless it is there."""
        client = self.target.table.meta.client
        try:
            client.put_item(
                TableName=self.target.table.name,
                Item=row,
                ConditionExpression="attribute_not_exists(pk)",
            )
        except client.exceptions.ConditionalCheckFailedException:
            return

    def _put_all(self, rows: list[Item]) -> None:
        if not self.rehearses:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(self.put, rows))

    def _refused(self, rows: Iterable[Item]) -> dict[str, str]:
        """Places of rows that tell of what was erased."""
        told = [(_place(row), post) for row in rows for post in posts_in(row)]
        gone = {post for _, post in told if self.buried & _pks(self.target, post)}
        gone |= self.target.tombstones.refused({post for _, post in told}, before=self.now)
        return {place: "erased" for place, post in told if post in gone}

    def _reason(self, row: Item, kind: str, lost: frozenset[str]) -> str | None:
        """Why the row is left out."""
        if kind in NEVER:
            return NEVER[kind]
        if "ttl" in row and int(row["ttl"]) <= self.now.timestamp():
            return "ended"
        if _was_on_its_way(row, kind, lost):
            return "on its way"
        if kind == "STRAND POST" and self._has_moved_on(row):
            return "moved on"
        if _connection_of(row, kind) in self._erased_connections:
            return "of an erased connection"
        return None

    def _has_moved_on(self, row: Item) -> bool:
        """The post hangs elsewhere by now, or says something else here."""
        post = held_rows.model_in(row, StoryPost)
        head = self.target.posts.head(*post.identity)
        strand_id = str(row["pk"]).partition("#")[2]
        if head is None:
            return not self.rehearses
        return (head.version, head.strand_id) != (post.version, strand_id)

    def _lost_alerts(self, rows: Iterable[Item]) -> frozenset[str]:
        """Alerts that were on their way when the other table was as it is, of which this one knows
        nothing and the journal not that they were sent."""
        named = {str(row["alert_id"]) for row in rows if row.get("alert_id") and _is_guard(row)}
        wanted = [keys.outbox(alert_id) for alert_id in sorted(named)]
        there = {str(row["pk"]) for row in batch(self.target.table, wanted)}
        old = batch(self.source, [key for key in wanted if key["pk"] not in there])
        unsent = {str(row["alert_id"]) for row in old if row["state"] in _ON_THE_WAY}
        return frozenset(unsent - self._sent if unsent else unsent)

    @cached_property
    def _sent(self) -> frozenset[str]:
        return frozenset(rebuilding.identities(self.target, "sent"))

    @cached_property
    def _erased_connections(self) -> frozenset[tuple[str, str]]:
        latest = rebuilding.latest_connections(self.target)
        return frozenset(place for place, made in latest.items() if made is None)


def posts_in(row: Item) -> Iterator[PostOfAuthor]:
    kind = held_rows.kind_of(row)
    return held_rows.posts_in(row, kind) if kind in held_rows.SHAPES else iter(())


def _was_on_its_way(row: Item, kind: str, lost: frozenset[str]) -> bool:
    """An alert, or that a seller hears of a post by one of the lost."""
    if kind == "OUTBOX":
        return row.get("state") in _ON_THE_WAY
    return kind == "POST GUARD" and row.get("alert_id") in lost


def _connection_of(row: Item, kind: str) -> tuple[str, str]:
    """Which one the row is, or a receipt or cursor of; empty where it is neither."""
    text = str(row["sk"]) if kind == "CONNECTIONS" else str(row["pk"]).partition("#")[2]
    source, _, rest = text.partition("#")
    return (source, rest.partition("#")[0]) if kind in _OF_CONNECTIONS else ("", "")


def _pks(target: Target, post: PostOfAuthor) -> set[str]:
    return {key["pk"] for key in target.tombstones.keys_of(*post)}


def _is_guard(row: Item) -> bool:
    return held_rows.kind_of(row) == "POST GUARD"


def _key(row: Item) -> dict[str, Any]:
    return {"pk": row["pk"], "sk": row["sk"]}


def _place(row: Item) -> str:
    return f"{row['pk']} {row['sk']}"
