"""Tokens that platforms sign once in place of a body, and the delivery that each was good for."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.domain.deliveries import Delivery

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

REMEMBERED_FOR = timedelta(days=2)
"""Longer than any signed clock is believed."""


class SpentTokens:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def is_spent(self, token: str, delivery: Delivery) -> bool:
        """Whether another delivery of the connection was accepted with it."""
        key = keys.spent_token(delivery.source, delivery.connection_id, token)
        found = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        return found is not None and found["delivery_id"] != delivery.delivery_id

    def spend(self, token: str, delivery: Delivery, *, at: datetime) -> None:
        """Written once the delivery is safe: whoever stopped before is repeated by the sender."""
        key = keys.spent_token(delivery.source, delivery.connection_id, token)
        ttl = int((at + REMEMBERED_FOR).timestamp())
        self._table.put_item(Item={**key, "delivery_id": delivery.delivery_id, "ttl": ttl})
