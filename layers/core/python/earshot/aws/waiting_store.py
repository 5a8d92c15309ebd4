"""What waits for each seller's next digest: identities only, so that an erased post leaves no words
here."""

import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.items import item_of, model_of
from earshot.aws.queries import partition
from earshot.aws.transactions import Action, Refusal
from earshot.domain.models import Waiting

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

KEPT = timedelta(days=400)
"""For sellers who take no digest."""
DELETED_AT_ONCE = 25
PAUSE_SECONDS = 0.05
"""Between so many: a partition takes 1,000 writes a second, and posts come in meanwhile
(docs/decisions/0034)."""


class WaitingStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def all(self, seller_id: str) -> Iterator[tuple[str, Waiting]]:
        """Sort key and row, those of whole alerts before those of posts."""
        for row in partition(self._table, keys.waiting(seller_id)):
            yield str(row["sk"]), model_of(Waiting, row)

    def get(self, seller_id: str, sort_key: str) -> Waiting | None:
        key = {"pk": keys.waiting(seller_id), "sk": sort_key}
        found = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        return model_of(Waiting, found) if found else None

    def is_there(self, seller_id: str, sort_key: str) -> bool:
        key = {"pk": keys.waiting(seller_id), "sk": sort_key}
        return "Item" in self._table.get_item(Key=key, ConsistentRead=True)

    def delete(self, seller_id: str, sort_keys: Iterable[str]) -> None:
        """Those that are still there, of thousands some 300 a second."""
        gone = [{"pk": keys.waiting(seller_id), "sk": sort_key} for sort_key in sort_keys]
        for start in range(0, len(gone), DELETED_AT_ONCE):
            if start:
                time.sleep(PAUSE_SECONDS)
            with self._table.batch_writer() as writer:
                for key in gone[start : start + DELETED_AT_ONCE]:
                    writer.delete_item(Key=key)

    # Actions of transactions: the guard row, or the alert's row, beside it decides

    def removes(self, seller_id: str, sort_key: str) -> Action:
        """What was to be told, and was not yet, is told otherwise."""
        key = {"pk": keys.waiting(seller_id), "sk": sort_key}
        gone = {
            "TableName": self._table.name,
            "Key": key,
            "ConditionExpression": "attribute_exists(pk)",
        }
        return {"Delete": gone, "refusal": Refusal.CONFLICT}

    def puts_post(self, waiting: Waiting) -> Action:
        return self._puts(waiting, waiting_key(waiting))

    def puts_alert(self, waiting: Waiting) -> Action:
        return self._puts(waiting, keys.waiting_alert(waiting.seller_id, waiting.alert_id))

    def _puts(self, waiting: Waiting, key: keys.Key) -> Action:
        item = item_of(key, waiting, ttl=int((waiting.since + KEPT).timestamp()))
        return {"Put": {"TableName": self._table.name, "Item": item}, "refusal": Refusal.CONFLICT}


def waiting_key(waiting: Waiting) -> keys.Key:
    """Of a post; its sort key is what the guard row of the post carries."""
    return keys.waiting_post(
        waiting.seller_id, waiting.signal_id, waiting.source, native_id=waiting.native_id
    )
