"""Accounts and contacts of the CRM, and what the watchlist listens for beside them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from earshot.aws import account_families, account_rows, keys
from earshot.aws.account_rows import AccountRow, Action
from earshot.aws.items import item_of, model_of
from earshot.aws.queries import MOST_READ, batch, partition
from earshot.domain import merging
from earshot.domain.facts import Origin, Shown, Statement, statement_of
from earshot.domain.merging import Book, Dossier
from earshot.domain.models import Account, Contact, Signal, WatchlistEntry

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

Pair = tuple[Dossier, Dossier]


class Told(StrEnum):
    """What a statement did."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class AccountStore:
    def __init__(self, table: "Table") -> None:
        self._table = table

    # Accounts

    def get(self, account_id: str) -> Account | None:
        found = self._table.get_item(Key=keys.account(account_id)).get("Item")
        return model_of(Account, found) if found else None

    def of(self, signal: Signal) -> Account | None:
        """The account that the signal is about; ``None`` for a prospect."""
        account_id = signal.subject.account_id
        return self.get(account_id) if account_id else None

    def accounts(self) -> Iterator[Account]:
        """All but those that are merged into another."""
        for shard in keys.account_shards():
            for item in partition(self._table, shard, "ACCOUNT#"):
                if "merged_into" not in item:
                    yield model_of(Account, item)

    def put_accounts(self, accounts: Iterable[Account], seen_at: datetime | None = None) -> None:
        """As the CRM's word on every field; ``seen_at`` is now unless given."""
        moment = seen_at or datetime.now(UTC)
        self.put_facts([statement_of(account, Origin.CRM, moment) for account in accounts])

    def facts(self, account_id: str) -> tuple[Shown, ...]:
        """Every field with what is shown, why, and what others say; empty for no account."""
        book = account_families.book(self._table, account_id)
        return merging.shown(book, account_id) if account_id in book else ()

    def put_facts(self, statements: Sequence[Statement], *, write: bool = True) -> list[Told]:
        """What each statement did, or would do if it were written.

        Nothing is written for what is known. A row and who hears of it change together, and only
        if nobody changed the row since it was read; a call that was cut short can be repeated.
        ``BusyError`` when others change a row all the time.
        """
        outcomes: list[Told] = []
        for some in _without_repetition(statements):
            outcomes += self._put_some(some, write=write)
        return outcomes

    def _put_some(self, statements: list[Statement], *, write: bool) -> list[Told]:
        """Of one account each."""
        rows = account_rows.read(self._table, (s.account_id for s in statements))
        outcomes, waiting = [], list[tuple[Statement, list[Action]]]()
        for statement in statements:
            row = rows.get(statement.account_id)
            outcome, wanted = self._change(statement, row)
            outcomes.append(outcome)
            if outcome is not Told.UNCHANGED:
                waiting.append((statement, wanted))
        if write:
            self._write(waiting)
        return outcomes

    def _change(self, statement: Statement, row: AccountRow | None) -> tuple[Told, list[Action]]:
        """No actions for an account of a family: it is told alone."""
        if row and (row.dossier.merged or row.dossier.merged_into):
            book = account_families.book(self._table, statement.account_id)
            after = merging.tell(book, statement)
            is_known = after is book.get(after.account_id)
            return (Told.UNCHANGED if is_known else Told.CHANGED), []
        book = {statement.account_id: row.dossier} if row else {}
        after = merging.tell(book, statement)
        if row and after is row.dossier:
            return Told.UNCHANGED, []
        seen = merging.view({after.account_id: after}, after.account_id)
        wanted = account_rows.actions(self._table, row, dossier=after, seen=seen)
        return (Told.CHANGED if row else Told.NEW), wanted

    def _write(self, waiting: list[tuple[Statement, list[Action]]]) -> None:
        """As few transactions as hold it all; where one is refused, each account alone."""
        together: list[tuple[Statement, list[Action]]] = []
        for statement, wanted in waiting:
            if not wanted:
                self._tell_alone(statement)
                continue
            if sum(len(some) for _, some in together) + len(wanted) > account_rows.MOST_ACTIONS:
                self._commit(together)
                together = []
            together.append((statement, wanted))
        self._commit(together)

    def _commit(self, together: list[tuple[Statement, list[Action]]]) -> None:
        wanted = [action for _, some in together for action in some]
        if wanted and not account_rows.commit(self._table, wanted):
            for statement, _ in together:
                self._tell_alone(statement)

    def _tell_alone(self, statement: Statement) -> None:
        def tell(book: Book) -> tuple[Dossier, ...]:
            return (merging.tell(book, statement),)

        account_families.change(self._table, [statement.account_id], tell)

    # Merges

    def merge(self, kept_id: str, gone_id: str) -> Account:
        """From now on both are shown as the kept one, which is returned. ``MergeError`` when that
        cannot be."""

        def change(book: Book) -> Pair:
            return merging.merge(book, kept_id, gone_id)

        link = {**keys.merge(gone_id), "kept_id": kept_id}
        put: Action = {"Put": {"TableName": self._table.name, "Item": link}}
        families = [kept_id, gone_id]
        return account_families.change(self._table, families, change, beside=[put])[kept_id]

    def unmerge(self, gone_id: str) -> Account:
        """Takes the merge back: both accounts are as they would be without it. Returns the one that
        was gone. ``MergeError`` when it is merged into none."""

        def change(book: Book) -> Pair:
            return merging.unmerge(book, gone_id)

        delete: Action = {"Delete": {"TableName": self._table.name, "Key": keys.merge(gone_id)}}
        return account_families.change(self._table, [gone_id], change, beside=[delete])[gone_id]

    def merges(self) -> dict[str, str]:
        """The account that each merged one is shown with, to the end of chains."""
        rows = partition(self._table, keys.merges())
        into = {str(row["sk"]): str(row["kept_id"]) for row in rows}
        return {gone: _end(into, gone) for gone in into}

    # Contacts, and what else we listen for

    def put_contacts(self, contacts: Iterable[Contact]) -> None:
        with self._table.batch_writer(overwrite_by_pkeys=["pk", "sk"]) as batch:
            for contact in contacts:
                batch.put_item(Item=item_of(keys.contact(contact.contact_id), contact))

    def contacts_of(self, contact_ids: Iterable[str]) -> dict[str, Contact]:
        """Those of these ids that are there, as they were put."""
        wanted = [keys.contact(contact_id) for contact_id in contact_ids]
        found = (model_of(Contact, item) for item in batch(self._table, wanted))
        return {contact.contact_id: contact for contact in found}

    def contacts(self) -> Iterator[Contact]:
        """Those of a merged account belong to the one it is shown with."""
        merges = self.merges()
        for shard in keys.account_shards():
            for item in partition(self._table, shard, "CONTACT#"):
                contact = model_of(Contact, item)
                into = merges.get(contact.account_id or "")
                yield contact.model_copy(update={"account_id": into}) if into else contact

    def put_entries(self, entries: Iterable[WatchlistEntry]) -> None:
        with self._table.batch_writer(overwrite_by_pkeys=["pk", "sk"]) as batch:
            for entry in entries:
                batch.put_item(Item=item_of(keys.watchlist_entry(entry.entry_id), entry))

    def entries(self) -> Iterator[WatchlistEntry]:
        for item in partition(self._table, keys.watchlist()):
            yield model_of(WatchlistEntry, item)


def _end(into: dict[str, str], gone: str) -> str:
    while gone in into:
        gone = into[gone]
    return gone


def _without_repetition(statements: Iterable[Statement]) -> Iterator[list[Statement]]:
    """In order, cut where an account comes a second time, and at what one read takes."""
    some: dict[str, Statement] = {}
    for statement in statements:
        if statement.account_id in some or len(some) == MOST_READ:
            yield list(some.values())
            some = {}
        some[statement.account_id] = statement
    if some:
        yield list(some.values())
