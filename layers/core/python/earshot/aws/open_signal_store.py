"""The signals that a seller was told of: what their list shows, and what they may open."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.items import item_of, model_of
from earshot.aws.queries import batch, partition
from earshot.domain.pages import OpenSignal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEPT = timedelta(days=90)


class OpenSignalStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def told(self, seller_id: str, signal: OpenSignal) -> bool:
        """The seller heard of the signal; what they heard later stays. Safe to repeat."""
        told_at = keys.timestamp(signal.told_at)
        item = item_of(
            keys.open_signal(seller_id, signal.signal_id),
            signal,
            told_at=told_at,
            ttl=int((signal.told_at + KEPT).timestamp()),
        )
        try:
            self._table.put_item(
                Item=item,
                ConditionExpression="attribute_not_exists(pk) OR told_at <= :at",
                ExpressionAttributeValues={":at": told_at},
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def heard_since(
        self, seller_id: str, signal_ids: Iterable[str], told_at: datetime
    ) -> frozenset[str]:
        """Those of the signals that the seller heard of then or later."""
        wanted = [keys.open_signal(seller_id, signal_id) for signal_id in signal_ids]
        told = (model_of(OpenSignal, row) for row in batch(self._table, wanted))
        return frozenset(one.signal_id for one in told if one.told_at >= told_at)

    def get(self, seller_id: str, signal_id: str) -> OpenSignal | None:
        key = keys.open_signal(seller_id, signal_id)
        found = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        return model_of(OpenSignal, found) if found else None

    def of_seller(self, seller_id: str) -> Iterator[OpenSignal]:
        """In any order."""
        for item in partition(self._table, keys.opened(seller_id)):
            yield model_of(OpenSignal, item)
