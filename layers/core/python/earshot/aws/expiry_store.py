"""What may not be kept: raw objects that have to go, and the words of their posts."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from earshot.aws import keys, strand_rows
from earshot.aws.items import item_of, model_of
from earshot.aws.queries import partition
from earshot.domain.kept_words import without_words
from earshot.domain.models import Delivery
from earshot.domain.stories import StoryPost
from earshot.domain.values import Model, Utc

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class Expiry(Model):
    """A delivery whose words have to go: at the latest then, and ``once_told`` as soon as everybody
    has heard of them; else not before."""

    delivery: Delivery
    expires_at: Utc
    once_told: bool

    @property
    def key(self) -> keys.Key:
        begins = self.delivery.received_at if self.once_told else self.expires_at
        return keys.expiry(self.delivery.delivery_id, begins, self.delivery.raw_key)


class ExpiryStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def add(self, expiry: Expiry) -> None:
        self._table.put_item(Item=item_of(expiry.key, expiry))

    def waiting(self, shard: int, *, begun_until: datetime) -> Iterator[Expiry]:
        """Those of one shard of ``EXPIRY_SHARDS`` that may go since then or longer, the oldest
        first."""
        until = keys.timestamp(begun_until)
        for row in partition(self._table, keys.expiries(shard)):
            if str(row["sk"])[: len(until)] > until:
                return
            yield model_of(Expiry, row)

    def remove(self, expiry: Expiry) -> None:
        self._table.delete_item(Key=expiry.key)

    def lasting(self, strand_id: str, source: str, native_id: str) -> StoryPost | None:
        """The post on its strand, without its words, also where another way may keep them; ``None``
        before it hangs there."""
        key = keys.strand_post(strand_id, source, native_id)
        found = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        return without_words(strand_rows.post_of(found)) if found else None

    def drop_words(self, strand_id: str, source: str, native_id: str, *, version: str) -> None:
        """The words of this version; those of a newer one may stay as long as that may."""
        try:
            self._table.delete_item(
                Key=keys.strand_words(strand_id, source, native_id),
                ConditionExpression="attribute_not_exists(pk) OR version <= :version",
                ExpressionAttributeValues={":version": version},
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return
