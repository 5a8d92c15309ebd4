"""Strands of posts, and how they are linked.

Whoever changes a strand bumps its version in the same transaction; whoever decides by it demands
the versions that were read. A post is put first and looked around from after: of two that come at
once, at least one sees the other.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from earshot.aws import keys, strand_rows
from earshot.aws.items import Item, text_item_of
from earshot.aws.queries import batch, partition
from earshot.aws.transactions import Action, Refusal, commit, expects_absent, expects_head
from earshot.domain.deliveries import DataClass
from earshot.domain.grouping import signal_post
from earshot.domain.kept_words import lasting
from earshot.domain.models import Signal, SignalPost
from earshot.domain.repeats import Sketch, repeats
from earshot.domain.stories import StoryPost, Strand, tell

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

# A story of more strands than this is told without the rest.
MOST_STRANDS = 50
_MOST_BY_ANCHOR = 500
_MOST_COMPARED = 100


class StoryStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def strand(self, strand_id: str) -> Strand | None:
        """With its posts, read consistently; the version first, so that what is missed is new."""
        head: Item | None = None
        posts: dict[tuple[str, str], StoryPost] = {}
        for row in partition(self._table, keys.strand(strand_id)["pk"]):
            if row["sk"] == keys.STRAND:
                head = row
            else:  # the words of a post come after it and take its place
                post = strand_rows.post_of(row)
                posts[post.identity] = post
        return strand_rows.strand_of(head, posts.values()) if head else None

    def exists(self, strand_id: str) -> bool:
        return self._row(strand_id) is not None

    def _row(self, strand_id: str) -> Item | None:
        answer = self._table.get_item(Key=keys.strand(strand_id), ConsistentRead=True)
        return answer.get("Item")

    def _rows(self, strand_ids: Iterable[str]) -> dict[str, Item]:
        """Those that are there. Words that are said often have a hundred neighbours, and a call for
        each would cost a decision its minute where calls fail."""
        rows = batch(self._table, list(map(keys.strand, strand_ids)))
        return {str(row["strand_id"]): row for row in rows}

    def posts_of(self, signal: Signal) -> tuple[SignalPost, ...]:
        """The posts of a stored signal as they are now, in order."""
        subject_id = signal.subject.subject_id
        return tuple(signal_post(post, subject_id) for post in self.told_by(signal))

    def told_by(self, signal: Signal) -> tuple[StoryPost, ...]:
        """The same, with all that their stories keep of them."""
        told = tell(self.region(signal.strand_ids))
        found = (t.posts for t in told if (t.subject_id, t.signal_id) == signal.key)
        return next(found, ())

    def is_changing(self, signal: Signal) -> bool:
        """Its strands hold posts, none of them is its own any more, and it is to follow."""
        region = self.region(signal.strand_ids)
        return not self.told_by(signal) and any(strand.posts for strand in region)

    def region(self, strand_ids: Iterable[str]) -> tuple[Strand, ...]:
        """These strands and all that are reached over links, holding or not."""
        names = list(dict.fromkeys(strand_ids))
        found: list[Strand] = []
        for name in names:  # grows while it is walked
            if len(found) == MOST_STRANDS:
                break
            if strand := self.strand(name):
                found.append(strand)
                names += sorted(strand.links - set(names))
        return tuple(found)

    def join(
        self,
        strand_id: str,
        post: StoryPost,
        sketch: Sketch | None,
        *,
        buried: Sequence[keys.Key],
    ) -> Refusal | None:
        """Hangs the post on its strand, which is made when it is the first. Refused when the post
        has a newer version or was erased; ``CONFLICT`` asks to try again."""
        is_new = not self.exists(strand_id)
        actions = [
            expects_head(self._table, post.source, post.native_id, version=post.version),
            *expects_absent(self._table, buried, Refusal.ERASED),
            *self._puts_post(strand_id, post),
            self._bumps(strand_id, sketch, is_new=is_new),
        ]
        if is_new and sketch:
            actions += [self._puts_anchor(anchor, strand_id) for anchor in sketch.anchors]
        return commit(self._table, actions)

    def leave(self, strand_id: str, source: str, native_id: str, *, upto: str | None) -> None:
        """Takes a version of the post up to ``upto``, or any, off the strand."""
        gone: dict[str, Any] = {
            "TableName": self._table.name,
            "Key": keys.strand_post(strand_id, source, native_id),
            "ConditionExpression": "attribute_exists(pk)",
        }
        if upto:
            gone["ConditionExpression"] += " AND version <= :upto"
            gone["ExpressionAttributeValues"] = {":upto": upto}
        words = keys.strand_words(strand_id, source, native_id)
        commit(
            self._table,
            [
                {"Delete": gone, "refusal": Refusal.CONFLICT},
                self._deletes(words),
                self._bumps(strand_id, None, is_new=False),
            ],
        )

    def forget(self, strand: Strand) -> None:
        """Removes a strand that holds nothing, with its anchors and the links to it, unless
        somebody came; then somebody else will."""
        row = self._row(strand.strand_id)
        if row is None or int(str(row["version"])) != strand.version:
            return
        gone = self._deletes(keys.strand(strand.strand_id))
        gone["Delete"] |= {
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": {":version": strand.version},
        }
        anchors = [
            self._deletes(keys.anchor(a, strand.strand_id)) for a in strand_rows.anchors_of(row)
        ]
        near = [
            self._changes_links("DELETE", name, strand.strand_id)
            for name in sorted(strand.links)
            if self.exists(name)
        ]
        commit(self._table, [gone, *anchors, *near])

    def _deletes(self, key: keys.Key) -> Action:
        return {"Delete": {"TableName": self._table.name, "Key": key}, "refusal": Refusal.CONFLICT}

    def link_repeats(self, strand_id: str, sketch: Sketch) -> None:
        """Links the strand with those whose words repeat its own; once per strand."""
        row = self._row(strand_id)
        if row is None or "looked" in row:
            return
        for other in self._near(strand_id, sketch):
            if repeats(sketch, strand_rows.sketch_of(other)):
                self.link(strand_id, str(other["strand_id"]))
        self._table.update_item(
            Key=keys.strand(strand_id),
            UpdateExpression="SET looked = :yes",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":yes": 1},
        )

    def _near(self, strand_id: str, sketch: Sketch) -> list[Item]:
        shared: Counter[str] = Counter()
        for anchor in sketch.anchors:
            page = self._table.query(
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": keys.anchor(anchor, "")["pk"]},
                ConsistentRead=True,
                Limit=_MOST_BY_ANCHOR,
            )
            shared.update(str(row["sk"]) for row in page["Items"])
        shared.pop(strand_id, None)
        nearest = sorted(shared, key=lambda name: (-shared[name], name))[:_MOST_COMPARED]
        rows = self._rows(nearest)
        return [rows[name] for name in nearest if "shingles" in rows.get(name, ())]

    def link(self, one: str, other: str) -> None:
        """Both ways; nothing happens when one of them is not there (who comes later links), or when
        the story would become one of too many strands: every try must see the same."""
        rows = self._rows([one, other])
        if len(rows) < 2 or one in rows[other].get("links", ()):
            return
        if self._reached(rows) <= MOST_STRANDS:
            commit(
                self._table,
                [self._changes_links("ADD", one, other), self._changes_links("ADD", other, one)],
            )

    def _reached(self, rows: dict[str, Item]) -> int:
        """How many strands the links of these reach, themselves too; no further than too many."""
        names = set(rows)
        while rows and len(names) <= MOST_STRANDS:
            near = {name for row in rows.values() for name in row.get("links", ())} - names
            rows = self._rows(near)
            names |= near
        return len(names)

    # Actions of transactions

    def _puts_post(self, strand_id: str, post: StoryPost) -> Iterator[Action]:
        key = keys.strand_post(strand_id, post.source, post.native_id)
        yield self._puts(text_item_of(key, lasting(post), version=post.version))
        if post.expires_at and post.data_class is not DataClass.DISPLAYED:
            words = keys.strand_words(strand_id, post.source, post.native_id)
            ttl = int(post.expires_at.timestamp())
            yield self._puts(text_item_of(words, post, version=post.version, ttl=ttl))

    def _puts(self, item: Item) -> Action:
        return {"Put": {"TableName": self._table.name, "Item": item}, "refusal": Refusal.CONFLICT}

    def _puts_anchor(self, anchor: str, strand_id: str) -> Action:
        return self._puts(dict(keys.anchor(anchor, strand_id)))

    def _bumps(self, strand_id: str, sketch: Sketch | None, *, is_new: bool) -> Action:
        update: dict[str, Any] = {
            "TableName": self._table.name,
            "Key": keys.strand(strand_id),
            "UpdateExpression": "ADD version :one",
            "ConditionExpression": "attribute_not_exists(pk)" if is_new else "attribute_exists(pk)",
            "ExpressionAttributeValues": {":one": 1},
        }
        if is_new:
            row = {"strand_id": strand_id} | (strand_rows.row_of(sketch) if sketch else {})
            update["UpdateExpression"] += " SET " + ", ".join(f"#{n} = :{n}" for n in row)
            update["ExpressionAttributeNames"] = {f"#{name}": name for name in row}
            update["ExpressionAttributeValues"] |= {f":{name}": row[name] for name in row}
        return {"Update": update, "refusal": Refusal.CONFLICT}

    def _changes_links(self, verb: str, one: str, other: str) -> Action:
        return {
            "Update": {
                "TableName": self._table.name,
                "Key": keys.strand(one),
                "UpdateExpression": (
                    f"{verb} links :other"
                    + (", version :one" if verb == "ADD" else " ADD version :one")
                ),
                "ConditionExpression": "attribute_exists(pk)",
                "ExpressionAttributeValues": {":one": 1, ":other": {other}},
            },
            "refusal": Refusal.CONFLICT,
        }

    def expects(self, strand: Strand) -> Action:
        """The strand is as it was read."""
        return {
            "ConditionCheck": {
                "TableName": self._table.name,
                "Key": keys.strand(strand.strand_id),
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": strand.version},
            },
            "refusal": Refusal.CONFLICT,
        }

    def registers(self, strand: Strand, subject_id: str, signal_id: str) -> Action:
        """The same, and from now on the signal is found by this strand."""
        return self._changes_signals(strand, "ADD", subject_id, signal_id=signal_id)

    def releases(self, strand: Strand, subject_id: str, signal_id: str) -> Action:
        return self._changes_signals(strand, "DELETE", subject_id, signal_id=signal_id)

    def _changes_signals(
        self, strand: Strand, verb: str, subject_id: str, *, signal_id: str
    ) -> Action:
        return {
            "Update": {
                "TableName": self._table.name,
                "Key": keys.strand(strand.strand_id),
                "UpdateExpression": f"{verb} signals :key",
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {
                    ":key": {f"{signal_id}#{subject_id}"},
                    ":version": strand.version,
                },
            },
            "refusal": Refusal.CONFLICT,
        }

    def versions(self, region: Iterable[Strand]) -> dict[str, int]:
        rows = self._rows(strand.strand_id for strand in region)
        return {name: int(row["version"]) for name, row in rows.items()}
