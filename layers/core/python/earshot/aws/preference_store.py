"""What sellers chose for themselves."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.items import item_of, model_of
from earshot.aws.queries import batch
from earshot.aws.transactions import Action, puts
from earshot.domain.preferences import Preferences

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class PreferenceStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def get(self, seller_id: str) -> Preferences | None:
        """``None`` when the seller never chose anything."""
        key = keys.preferences(seller_id)
        found = self._table.get_item(Key=key, ConsistentRead=True).get("Item")
        return model_of(Preferences, found) if found else None

    def of(self, seller_ids: Sequence[str]) -> dict[str, Preferences]:
        """By seller, for those who chose something."""
        rows = batch(self._table, [keys.preferences(seller_id) for seller_id in seller_ids])
        found = (model_of(Preferences, row) for row in rows)
        return {chosen.seller_id: chosen for chosen in found}

    def puts(self, chosen: Preferences) -> Action:
        """In the place of the version that it was made from, which is one less."""
        item = item_of(keys.preferences(chosen.seller_id), chosen, version=chosen.version)
        before = {"version": chosen.version - 1} if chosen.version > 1 else None
        return puts(self._table, item, instead_of=before)
