"""The weights of relevance that the operator chose."""

from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.fresh import Fresh
from earshot.aws.items import item_of, model_of
from earshot.domain.relevance import Weights

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

MAX_AGE_SECONDS = 60


class WeightsStore:
    def __init__(self, table: "Table") -> None:
        self._table = table
        self._fresh: Fresh[str, Weights] = Fresh(1)

    def get(self) -> Weights:
        """Those that were put last, at most a minute ago; the house's own when none were."""
        return self._fresh.get("weights", self._read, max_age=MAX_AGE_SECONDS)

    def put(self, weights: Weights) -> None:
        self._table.put_item(Item=item_of(keys.weights(), weights))

    def _read(self) -> Weights:
        found = self._table.get_item(Key=keys.weights(), ConsistentRead=True).get("Item")
        return model_of(Weights, found) if found else Weights()
