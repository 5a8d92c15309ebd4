"""Sellers, and the inverted index that tells for whom a signal is in scope."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.aws.items import item_of, model_of
from earshot.aws.queries import batch, partition
from earshot.domain.learned_relevance import Learned
from earshot.domain.models import (
    SERVICE_DESK,
    Account,
    Candidate,
    Desk,
    Intent,
    Preferences,
    Role,
    Seller,
)
from earshot.domain.preferences import as_preferred
from earshot.domain.routing import is_for_service

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class SellerStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def get(self, seller_id: str) -> Seller | None:
        found = self._table.get_item(Key=keys.seller(seller_id)).get("Item")
        return model_of(Seller, found) if found else None

    def preferred(self, seller_id: str) -> Seller | None:
        """The seller with what they chose."""
        found = self.with_wishes(seller_id)
        return found[0] if found else None

    def with_wishes(self, seller_id: str) -> tuple[Seller, Preferences | None] | None:
        """The same, and what they chose: mutes are no part of a seller."""
        wanted = [keys.seller(seller_id), keys.preferences(seller_id)]
        rows = {_place(row): row for row in batch(self._table, wanted)}
        item, chosen = (rows.get(_place(key)) for key in wanted)
        if item is None:
            return None
        wishes = model_of(Preferences, chosen) if chosen else None
        return as_preferred(model_of(Seller, item), wishes), wishes

    def names(self, seller_ids: Iterable[str | None]) -> dict[str, str]:
        """By id, of those who are still sellers."""
        wanted = [keys.seller(one) for one in dict.fromkeys(filter(None, seller_ids))]
        found = (model_of(Seller, item) for item in batch(self._table, wanted))
        return {seller.seller_id: seller.name for seller in found}

    def all(self) -> Iterator[Seller]:
        for item in partition(self._table, keys.sellers()):
            yield model_of(Seller, item)

    def put(self, seller: Seller) -> None:
        """Moves the routes to the new territories and desks, and then writes the seller: a write
        that was cut short is completed by the next."""
        previous = self.get(seller.seller_id)
        old = _routes(previous) if previous else set()
        new = _routes(seller)
        for kind, value, role in new:
            key = keys.candidate(kind, value, role=role, seller_id=seller.seller_id)
            self._table.put_item(Item={**key, "role": role, "seller_id": seller.seller_id})
        for kind, value, role in old - new:
            key = keys.candidate(kind, value, role=role, seller_id=seller.seller_id)
            self._table.delete_item(Key=key)
        self._table.put_item(Item=item_of(keys.seller(seller.seller_id), seller))

    def desk(self, entry_id: str) -> Desk:
        rows = partition(self._table, keys.route("desk", entry_id))
        return Desk(entry_id=entry_id, seller_ids=tuple(str(row["seller_id"]) for row in rows))

    def candidates(
        self,
        account: Account | None,
        objects: Iterable[str],
        territory: str | None,
        *,
        intent: Intent = Intent.OTHER,
    ) -> tuple[Candidate, ...]:
        """Owner and deputies of the account, its territory (or the prospect's), the desk of each
        object, who sells it, and service where it is theirs to answer. A route whose seller is gone
        is passed over."""
        objects = tuple(objects)
        routes = [keys.route("desk", entry_id) for entry_id in objects]
        if is_for_service(intent, account, objects):
            routes.append(keys.route("desk", SERVICE_DESK))
        if account:
            routes.append(keys.route("account", account.account_id))
        if place := (account.territory if account else None) or territory:
            routes.append(keys.route("territory", place.casefold()))
        found = {
            (str(row["role"]), str(row["seller_id"]))
            for route in routes
            for row in partition(self._table, route)
        }
        rows = self._rows_of({seller_id for _, seller_id in found})
        return tuple(
            _candidate(role, item, rows)
            for role, seller_id in sorted(found)
            if (item := rows.get(_place(keys.seller(seller_id))))
        )

    def _rows_of(self, seller_ids: Iterable[str]) -> dict[tuple[str, str], dict[str, Any]]:
        """By key: the sellers, what they chose and what they taught."""
        wanted = [
            key
            for seller_id in sorted(seller_ids)
            for key in (
                keys.seller(seller_id),
                keys.preferences(seller_id),
                keys.learned(seller_id),
            )
        ]
        return {_place(row): row for row in batch(self._table, wanted)}


def _candidate(
    role: str, item: dict[str, Any], rows: dict[tuple[str, str], dict[str, Any]]
) -> Candidate:
    seller = model_of(Seller, item)
    chosen = rows.get(_place(keys.preferences(seller.seller_id)))
    taught = rows.get(_place(keys.learned(seller.seller_id)))
    return Candidate(
        seller=seller,
        role=Role(role),
        preferences=model_of(Preferences, chosen) if chosen else None,
        learned=model_of(Learned, taught) if taught else None,
    )


def _place(item: Mapping[str, Any]) -> tuple[str, str]:
    return str(item["pk"]), str(item["sk"])


def _routes(seller: Seller) -> set[tuple[str, str, str]]:
    territories = {("territory", name.casefold(), "territory") for name in seller.territories}
    desks = {("desk", entry_id, _desk_role(entry_id)) for entry_id in seller.desks}
    return territories | desks | {("desk", entry_id, "desk") for entry_id in seller.products}


def _desk_role(entry_id: str) -> str:
    return "service" if entry_id == SERVICE_DESK else "desk"
