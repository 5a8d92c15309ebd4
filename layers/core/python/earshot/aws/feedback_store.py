"""What sellers say of the signals that they were told of."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.items import item_of, model_of
from earshot.aws.learned_store import to_learn_item
from earshot.aws.queries import partition
from earshot.aws.transactions import Action, Refusal, commit
from earshot.domain.models import Feedback

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class FeedbackStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def give(self, feedback: Feedback) -> bool:
        """The last one counts, by when it was given and not by when it arrived; ``False`` when a
        later one is there. Asks for it to be learned from, in the same transaction."""
        given_at = keys.timestamp(feedback.given_at)
        key = keys.feedback(feedback.seller_id, feedback.signal_id)
        put = {
            "TableName": self._table.name,
            "Item": item_of(key, feedback, given_at=given_at),
            "ConditionExpression": "attribute_not_exists(pk) OR given_at <= :given_at",
            "ExpressionAttributeValues": {":given_at": given_at},
        }
        mark = {
            "TableName": self._table.name,
            "Item": to_learn_item(feedback.seller_id, f"{given_at} {feedback.signal_id}"),
        }
        actions: list[Action] = [
            {"Put": put, "refusal": Refusal.SUPERSEDED},
            {"Put": mark, "refusal": Refusal.CONFLICT},
        ]
        return commit(self._table, actions) is None

    def get(self, seller_id: str, signal_id: str) -> Feedback | None:
        key = keys.feedback(seller_id, signal_id)
        found = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        return model_of(Feedback, found) if found else None

    def of_seller(self, seller_id: str) -> Iterator[Feedback]:
        """All that they said, in any order."""
        for row in partition(self._table, keys.feedbacks(seller_id)):
            yield model_of(Feedback, row)
