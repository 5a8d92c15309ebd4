"""Links that act once, and were used."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.transactions import Action, Refusal, puts

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

# Longer than any link is good.
KEPT = timedelta(days=60)


class LinkStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def is_used(self, link_id: str) -> bool:
        return "Item" in self._table.get_item(Key=keys.used_link(link_id), ConsistentRead=True)

    def uses(self, link_id: str, now: datetime) -> Action:
        """For the transaction that does what the link is for."""
        item = {**keys.used_link(link_id), "ttl": int((now + KEPT).timestamp())}
        return puts(self._table, item, refusal=Refusal.USED)
