"""What sellers' feedback taught, what it was, and whose is new."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.items import Item, item_of, model_of
from earshot.aws.queries import partition
from earshot.aws.transactions import Action, Refusal
from earshot.domain.learned_relevance import Learned
from earshot.domain.learning import Taught

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class LearnedStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def get(self, seller_id: str) -> Learned | None:
        """``None`` when the seller's feedback taught nothing yet."""
        key = keys.learned(seller_id)
        found = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        return model_of(Learned, found) if found else None

    def put(self, learned: Learned, since: datetime | None) -> bool:
        """False when it was reset after ``since``."""
        wanted = keys.timestamp(since) if since else ""
        try:
            self._table.put_item(
                Item=_item(learned),
                ConditionExpression="attribute_not_exists(pk) OR since = :since",
                ExpressionAttributeValues={":since": wanted},
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def reset(self, seller_id: str, now: datetime) -> None:
        """Forgets what was learned; only what is said from now on counts."""
        self._table.put_item(Item=_item(Learned(seller_id=seller_id, since=now)))

    def new(self) -> Iterator[tuple[str, str]]:
        """Sellers who said something since it was learned from, with what ``done`` wants."""
        for row in partition(self._table, keys.learners()):
            yield str(row["sk"]), str(row["mark"])

    def done(self, seller_id: str, mark: str) -> None:
        """Unless the seller said something meanwhile."""
        try:
            self._table.delete_item(
                Key=keys.to_learn(seller_id),
                ConditionExpression="#mark = :mark",
                ExpressionAttributeNames={"#mark": "mark"},
                ExpressionAttributeValues={":mark": mark},
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return

    def taught(self, seller_id: str) -> dict[str, Taught]:
        """What each signal's posts came from and taught, by signal."""
        key = keys.taught(seller_id)
        rows = partition(self._table, key["pk"], key["sk"])
        found = (model_of(Taught, row) for row in rows)
        return {one.signal_id: one for one in found}

    def puts_taught(self, seller_id: str, taught: Taught) -> Action:
        """Unless an alias was taught by this signal already."""
        put = {
            "TableName": self._table.name,
            "Item": item_of(
                keys.taught(seller_id, taught.signal_id), taught, settled=taught.settled
            ),
            "ConditionExpression": "attribute_not_exists(pk) OR settled = :no",
            "ExpressionAttributeValues": {":no": False},
        }
        return {"Put": put, "refusal": Refusal.HEARD}


def _item(learned: Learned) -> Item:
    since = keys.timestamp(learned.since) if learned.since else ""
    return item_of(keys.learned(learned.seller_id), learned, since=since)


def to_learn_item(seller_id: str, mark: str) -> Item:
    """The row that asks for learning; ``mark`` is another one each time something is said."""
    return {**keys.to_learn(seller_id), "mark": mark}
