"""Accounts and contacts of the CRM, and what the watchlist listens for beside them."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from earshot.aws import keys
from earshot.aws.items import item_of, model_of
from earshot.aws.queries import partition
from earshot.domain.models import Account, Contact, WatchlistEntry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table


class AccountStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    def get(self, account_id: str) -> Account | None:
        found = self._table.get_item(Key=keys.account(account_id)).get("Item")
        return model_of(Account, found) if found else None

    def put_accounts(self, accounts: Iterable[Account]) -> None:
        """Writes for each account who is its owner and deputies, and then its row: a write that was
        cut short is completed by the next."""
        for account in accounts:
            self._replace_routes(account, self.get(account.account_id))
            self._table.put_item(Item=item_of(keys.account(account.account_id), account))

    def _replace_routes(self, account: Account, previous: Account | None) -> None:
        old = _routes(previous) if previous else set()
        new = _routes(account)
        for role, seller_id in new:
            key = keys.candidate("account", account.account_id, role=role, seller_id=seller_id)
            self._table.put_item(Item={**key, "role": role, "seller_id": seller_id})
        for role, seller_id in old - new:
            key = keys.candidate("account", account.account_id, role=role, seller_id=seller_id)
            self._table.delete_item(Key=key)

    def put_contacts(self, contacts: Iterable[Contact]) -> None:
        with self._table.batch_writer(overwrite_by_pkeys=["pk", "sk"]) as batch:
            for contact in contacts:
                batch.put_item(Item=item_of(keys.contact(contact.contact_id), contact))

    def accounts(self) -> Iterator[Account]:
        for shard in keys.account_shards():
            for item in partition(self._table, shard, "ACCOUNT#"):
                yield model_of(Account, item)

    def contacts(self) -> Iterator[Contact]:
        for shard in keys.account_shards():
            for item in partition(self._table, shard, "CONTACT#"):
                yield model_of(Contact, item)

    def put_entries(self, entries: Iterable[WatchlistEntry]) -> None:
        with self._table.batch_writer(overwrite_by_pkeys=["pk", "sk"]) as batch:
            for entry in entries:
                batch.put_item(Item=item_of(keys.watchlist_entry(entry.entry_id), entry))

    def entries(self) -> Iterator[WatchlistEntry]:
        for item in partition(self._table, keys.watchlist()):
            yield model_of(WatchlistEntry, item)


def _routes(account: Account) -> set[tuple[str, str]]:
    owner = {("owner", account.owner)} if account.owner else set()
    return owner | {("deputy", deputy) for deputy in account.deputies}
