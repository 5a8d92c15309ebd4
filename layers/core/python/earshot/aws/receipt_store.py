"""A row per delivery under connection and hour: the index for replay.

A receipt is all text and is written for every delivery while a platform waits, so this store talks
to the client and not to the resource, which costs a quarter more.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.domain.deliveries import Delivery

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryOutputTypeDef


class ReceiptStore:
    def __init__(self, dynamodb: "DynamoDBClient", table_name: str) -> None:
        self._dynamodb = dynamodb
        self._table_name = table_name

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
            self._dynamodb.put_item(
                TableName=self._table_name,
                Item={name: {"S": value} for name, value in row.items()},
                ConditionExpression="attribute_not_exists(pk)",
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def since(
        self, source: str, connection_id: str, hour: datetime, *, until: datetime
    ) -> Iterator[Delivery]:
        """Deliveries of every hour from that of ``hour`` up to that of ``until``, hour by hour; a
        redelivery appears once for each hour that it came in."""
        for partition in partitions(source, connection_id, hour, until=until):
            for page in self._pages(partition, ConsistentRead=True):
                for row in page["Items"]:
                    yield Delivery.model_validate(
                        {name: row[name]["S"] for name in Delivery.model_fields}
                    )

    def count(self, source: str, connection_id: str, hour: datetime, *, until: datetime) -> int:
        """How many deliveries ``since`` would give."""
        return sum(
            page["Count"]
            for partition in partitions(source, connection_id, hour, until=until)
            for page in self._pages(partition, Select="COUNT")
        )

    def _pages(self, partition: str, **asked: Any) -> Iterator["QueryOutputTypeDef"]:
        yield from self._dynamodb.get_paginator("query").paginate(
            TableName=self._table_name,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": partition}},
            **asked,
        )


def partitions(
    source: str, connection_id: str, hour: datetime, *, until: datetime
) -> Iterator[str]:
    """The partition key of every hour from that of ``hour`` up to that of ``until``."""
    current = hour.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while current <= until:
        yield keys.receipts(source, connection_id, current)
        current += timedelta(hours=1)
