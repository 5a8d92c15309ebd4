"""A walk that takes many runs: how far it is, in one row that is also its lease, so that one run
walks at a time."""

from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from earshot.aws import keys
from earshot.aws.items import item_of, model_of
from earshot.domain.values import Model

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

P = TypeVar("P", bound=Model)


class Rounds(Generic[P]):
    """``place`` is the model of how far a round is, which begins with nothing but its
    ``started_at``."""

    def __init__(self, table: "Table", key: keys.Key, place: type[P]) -> None:
        self._table = table
        self._key = key
        self._place = place

    def begin(self, now: datetime, until: datetime) -> P | None:
        """Where to go on; ``None`` while another run holds the lease. Mine lasts ``until`` then."""
        try:
            answer = self._table.update_item(
                Key=self._key,
                UpdateExpression="SET leased_until = :until",
                ConditionExpression="attribute_not_exists(leased_until) OR leased_until <= :now",
                ExpressionAttributeValues={
                    ":until": keys.timestamp(until),
                    ":now": keys.timestamp(now),
                },
                ReturnValues="ALL_NEW",
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return None
        row = answer["Attributes"]
        if "data" in row:
            return model_of(self._place, row)
        return self._place.model_validate({"started_at": now})

    def save(self, place: P, *, until: datetime, release_at: datetime | None = None) -> bool:
        """How far I am, and with ``release_at`` that I am done. False when the lease that lasts
        ``until`` then is not mine any more."""
        item = item_of(self._key, place, leased_until=keys.timestamp(release_at or until))
        try:
            self._table.put_item(
                Item=item,
                ConditionExpression="leased_until = :until",
                ExpressionAttributeValues={":until": keys.timestamp(until)},
            )
        except self._table.meta.client.exceptions.ConditionalCheckFailedException:
            return False
        return True
