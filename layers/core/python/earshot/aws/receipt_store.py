"""A row per delivery under connection and hour: the index for replay."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.queries import partition
from earshot.domain.models import Delivery

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class ReceiptStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def add(self, delivery: Delivery) -> bool:
        """False when this hour has it already. A redelivery in another hour is another receipt."""
        key = keys.receipt(
            delivery.source,
            delivery.connection_id,
            delivery.received_at,
            delivery_id=delivery.delivery_id,
        )
        row = {
            **key,
            "source": delivery.source,
            "connection_id": delivery.connection_id,
            "delivery_id": delivery.delivery_id,
            "raw_key": delivery.raw_key,
            "received_at": keys.timestamp(delivery.received_at),
        }
        try:
            self._table.put_item(Item=row, ConditionExpression="attribute_not_exists(pk)")
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def since(
        self, source: str, connection_id: str, hour: datetime, *, until: datetime
    ) -> Iterator[Delivery]:
        """Deliveries of every hour from that of ``hour`` up to that of ``until``, hour by hour; a
        redelivery appears once for each hour that it came in."""
        current = hour.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        while current <= until:
            for row in partition(self._table, keys.receipts(source, connection_id, current)):
                yield Delivery.model_validate(
                    {name: row[name] for name in Delivery.model_fields if name in row}
                )
            current += timedelta(hours=1)
