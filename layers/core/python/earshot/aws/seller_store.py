"""Sellers, and the inverted index that tells for whom a signal is in scope."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.items import item_of, model_of
from earshot.aws.queries import partition
from earshot.domain.models import Account, Candidate, Desk, Role, Seller

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class SellerStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def get(self, seller_id: str) -> Seller | None:
        found = self._table.get_item(Key=keys.seller(seller_id)).get("Item")
        return model_of(Seller, found) if found else None

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
        self, account: Account | None, objects: Iterable[str], territory: str | None
    ) -> tuple[Candidate, ...]:
        """Owner and deputies of the account, its territory (or the prospect's), and the desk of
        each object. A route whose seller is gone is passed over."""
        routes = [keys.route("desk", entry_id) for entry_id in objects]
        if account:
            routes.append(keys.route("account", account.account_id))
        if place := (account.territory if account else None) or territory:
            routes.append(keys.route("territory", place.casefold()))
        found = {
            (str(row["role"]), str(row["seller_id"]))
            for route in routes
            for row in partition(self._table, route)
        }
        sellers = {seller_id: self.get(seller_id) for _, seller_id in found}
        return tuple(
            Candidate(seller=seller, role=Role(role))
            for role, seller_id in sorted(found)
            if (seller := sellers[seller_id])
        )


def _routes(seller: Seller) -> set[tuple[str, str, str]]:
    territories = {("territory", name.casefold(), "territory") for name in seller.territories}
    return territories | {("desk", entry_id, "desk") for entry_id in seller.desks}
