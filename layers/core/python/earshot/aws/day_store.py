"""How often a seller was interrupted on a local day."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from earshot.aws import keys

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEPT = timedelta(days=14)


class DayStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def interruptions(self, seller_id: str, day: date) -> frozenset[str]:
        """Ids of the alerts that took a part of the day's budget."""
        key = keys.day(seller_id, day.isoformat())
        found: dict[str, Any] = self._table.get_item(Key=key, ConsistentRead=True).get("Item", {})
        return frozenset(found.get("alert_ids", ()))

    def spend(
        self, seller_id: str, day: date, alert_id: str, *, budget: int, now: datetime
    ) -> bool:
        """Whether the alert has a part of the day's budget, now or since an earlier try."""
        if budget < 1:
            return False
        try:
            self._table.update_item(
                Key=keys.day(seller_id, day.isoformat()),
                UpdateExpression="ADD alert_ids :alert SET #ttl = :ttl",
                ConditionExpression=(
                    "attribute_not_exists(alert_ids) OR size(alert_ids) < :budget "
                    "OR contains(alert_ids, :id)"
                ),
                ExpressionAttributeNames={"#ttl": "ttl"},
                ExpressionAttributeValues={
                    ":alert": {alert_id},
                    ":id": alert_id,
                    ":budget": budget,
                    ":ttl": int((now + KEPT).timestamp()),
                },
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True
