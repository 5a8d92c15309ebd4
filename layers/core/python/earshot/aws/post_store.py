"""Posts by identity: their heads, and the index that erasure follows."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.aws.items import model_of
from earshot.aws.queries import batch, partition
from earshot.domain.models import Delivery, Post, PostHead
from earshot.domain.posts import PostId
from earshot.sources.surface import Held

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

NOBODY_KEPT_FOR = timedelta(days=14)
_UNSTORED = {"strand_ids"}


class PostStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def index(self, posts: Iterable[Post]) -> None:
        """Where erasure has to look: by author, by post and raw object, and by permalink.

        Written before a tombstone is looked for: an erasure that runs beside it then either finds
        these rows or leaves a tombstone that is seen.
        """
        versions: dict[PostId, list[Post]] = {}
        with self._table.batch_writer(overwrite_by_pkeys=["pk", "sk"]) as batch:
            for post in posts:
                identity = {"source": post.source, "native_id": post.native_id}
                by_author = keys.author_post(post.source, post.author.author_id, post.native_id)
                batch.put_item(Item={**by_author, **identity})
                if post.permalink:
                    batch.put_item(Item={**keys.permalink(post.permalink), **identity})
                versions.setdefault((post.source, post.native_id), []).append(post)
            for same in versions.values():
                batch.put_item(Item=_raw_row(same))

    def index_beside(self, posts: Iterable[Held], delivery: Delivery) -> None:
        """The same for posts whose words merely lie in the raw object of a delivery."""
        with self._table.batch_writer(overwrite_by_pkeys=["pk", "sk"]) as batch:
            for post in posts:
                identity = {"source": delivery.source, "native_id": post.native_id}
                by_author = keys.author_post(delivery.source, post.author_id, post.native_id)
                by_raw = keys.post_raw(delivery.source, post.native_id, delivery.raw_key)
                batch.put_item(Item={**by_author, **identity})
                found_by = {"raw_key": delivery.raw_key, "author_ids": {post.author_id}}
                parts = {"parts": list(post.parts)} if post.parts else {}
                batch.put_item(Item={**by_raw, **found_by, **parts})

    def record(self, head: PostHead, now: datetime) -> PostHead | None:
        """Makes this version the newest and returns the head with the strands of every version
        so far; ``None`` when a newer version is already there."""
        values: dict[str, Any] = {
            ":version": head.version,
            ":data": head.model_dump(mode="json", exclude_none=True, exclude=_UNSTORED),
        }
        update = "SET version = :version, #data = :data"
        names = {"#data": "data"}
        if head.strand_id:
            update += " REMOVE #ttl ADD strand_ids :strands"
            names["#ttl"] = "ttl"
            values[":strands"] = {head.strand_id}
        else:
            update += ", #ttl = :ttl"
            names["#ttl"] = "ttl"
            values[":ttl"] = int((now + NOBODY_KEPT_FOR).timestamp())
        try:
            answer = self._table.update_item(
                Key=keys.post_head(head.source, head.native_id),
                UpdateExpression=update,
                ConditionExpression="attribute_not_exists(version) OR version <= :version",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return None
        return _head_of(answer["Attributes"])

    def keep(self, source: str, native_id: str) -> None:
        """A post whose earlier version concerned somebody outlives the short time of the rest."""
        self._table.update_item(
            Key=keys.post_head(source, native_id),
            UpdateExpression="REMOVE #ttl",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ConditionExpression="attribute_exists(pk)",
        )

    def head(self, source: str, native_id: str) -> PostHead | None:
        key = keys.post_head(source, native_id)
        found = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        return _head_of(found) if found else None

    def connections(self, posts: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Source and connection that brought the newest version of each of these posts that is
        still known."""
        wanted = [keys.post_head(*identity) for identity in posts]
        heads = (_head_of(row) for row in batch(self._table, wanted))
        return frozenset(keys.brought_by(head.raw_key) for head in heads)

    def find(self, permalink: str) -> tuple[str, str] | None:
        """Source and native id of the post at this address."""
        found = self._table.get_item(Key=keys.permalink(permalink)).get("Item")
        return (str(found["source"]), str(found["native_id"])) if found else None

    def rows(self, source: str, native_id: str) -> tuple[dict[str, Any], ...]:
        """All rows of the post: head, raw objects, commits, guards."""
        return tuple(partition(self._table, keys.post(source, native_id)))

    def note_journalled(self, source: str, native_id: str, journal_key: str) -> None:
        """Before it is written: an erasure of the post takes the entry along."""
        key = keys.post_journalled(source, native_id, journal_key)
        self._table.put_item(Item={**key, "journal_key": journal_key})

    def forget_journalled(self, source: str, native_id: str, journal_key: str) -> None:
        self._table.delete_item(Key=keys.post_journalled(source, native_id, journal_key))

    def of_author(self, source: str, author_id: str) -> tuple[str, ...]:
        """Native ids of all posts of an author."""
        rows = partition(self._table, keys.author(source, author_id), "POST#")
        return tuple(str(row["native_id"]) for row in rows)

    def forget(self, source: str, native_id: str) -> tuple[dict[str, Any], ...]:
        """Deletes every row of the post, and says which; those by which the others are found go
        last."""
        rows = self.rows(source, native_id)
        indexed = [row for row in rows if "author_ids" in row]
        for permalink in {one for row in indexed for one in row.get("permalinks", ())}:
            self._table.delete_item(Key=keys.permalink(permalink))
        for row in sorted(rows, key=indexed.__contains__):
            self._table.delete_item(Key={"pk": str(row["pk"]), "sk": str(row["sk"])})
        for author_id in {one for row in indexed for one in row["author_ids"]}:
            self.forget_author(source, author_id, native_id)
        return rows

    def forget_author(self, source: str, author_id: str, native_id: str) -> None:
        """That the post is the author's."""
        self._table.delete_item(Key=keys.author_post(source, author_id, native_id))


def _raw_row(versions: Sequence[Post]) -> dict[str, Any]:
    """Of one post in one raw object, which may hold versions of it by other names and addresses."""
    post = versions[0]
    permalinks = {one.permalink for one in versions if one.permalink}
    return {
        **keys.post_raw(post.source, post.native_id, post.raw_key),
        "raw_key": post.raw_key,
        "author_ids": {one.author.author_id for one in versions},
        **({"permalinks": permalinks} if permalinks else {}),
    }


def _head_of(item: dict[str, Any]) -> PostHead:
    head = model_of(PostHead, item)
    return head.model_copy(update={"strand_ids": frozenset(item.get("strand_ids", ()))})
