"""Where the rows of each kind belong: how they are checked against the others, and told to the
table."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, cast

from earshot.aws.account_store import AccountStore, Told
from earshot.aws.import_manifests import ImportManifests
from earshot.aws.seller_store import SellerStore
from earshot.domain.business import Account, Contact, Seller, WatchlistEntry
from earshot.domain.facts import Origin, Statement, statement_of
from earshot.domain.values import Model
from earshot.imports import doubts
from earshot.imports.columns import ImportKind
from earshot.imports.doubts import Companies, People
from earshot.imports.reading import Sheet
from earshot.imports.report import Report


@dataclass(frozen=True)
class Stores:
    accounts: AccountStore
    sellers: SellerStore
    manifests: ImportManifests


class Shelf(Protocol):
    def check(self, made: Model, report: Report) -> Model:
        """The row as it is to be stored; ``ValueError`` for one that cannot be. What is doubtful
        goes into the report. Called in the order of the file."""

    def tell(self, made: Sequence[Model], *, write: bool) -> list[Told]:
        """What became of each, or would. Called by several threads."""


def shelf_for(kind: ImportKind, stores: Stores, *, sheet: Sheet, now: datetime) -> Shelf:
    if kind is ImportKind.ACCOUNTS:
        return AccountShelf.of(stores, sheet.covers, now)
    if kind is ImportKind.CONTACTS:
        ids = {account.account_id for account in stores.accounts.accounts()}
        return ContactShelf(stores.accounts, ids | stores.accounts.merges().keys())
    if kind is ImportKind.SELLERS:
        known = {seller.seller_id: seller for seller in stores.sellers.all()}
        entry_ids = {entry.entry_id for entry in stores.accounts.entries()}
        return SellerShelf(stores.sellers, known, entry_ids)
    return EntryShelf(
        stores.accounts, {entry.entry_id: entry for entry in stores.accounts.entries()}
    )


@dataclass
class AccountShelf:
    """Rows become the CRM's word on the columns that the file has."""

    accounts: AccountStore
    people: People
    companies: Companies
    covers: frozenset[str]
    now: datetime

    @classmethod
    def of(cls, stores: Stores, covers: frozenset[str], now: datetime) -> "AccountShelf":
        companies = Companies()
        for account in stores.accounts.accounts():
            companies.add(account)
        people = People.of(stores.sellers.all())
        return cls(stores.accounts, people, companies, covers - {"account_id"}, now)

    def check(self, made: Model, report: Report) -> Model:
        account = self.companies.identified(cast("Account", made))
        account, found = doubts.resolve_people(account, self.people)
        report.doubts.extend(found)
        report.duplicates.extend(self.companies.likely_duplicates(account))
        self.companies.add(account)
        return account

    def tell(self, made: Sequence[Model], *, write: bool) -> list[Told]:
        statements = [self._statement(cast("Account", one)) for one in made]
        return self.accounts.put_facts(statements, write=write)

    def _statement(self, account: Account) -> Statement:
        said = statement_of(account, Origin.CRM, self.now)
        return said.model_copy(update={"covers": self.covers})


@dataclass
class ContactShelf:
    accounts: AccountStore
    account_ids: set[str]

    def check(self, made: Model, report: Report) -> Model:
        report.doubts.extend(doubts.of_contact(cast("Contact", made), self.account_ids))
        return made

    def tell(self, made: Sequence[Model], *, write: bool) -> list[Told]:
        contacts = [cast("Contact", one) for one in made]
        known = self.accounts.contacts_of([one.contact_id for one in contacts])
        outcomes = [_outcome(known.get(one.contact_id), one) for one in contacts]
        if write:
            pairs = zip(contacts, outcomes, strict=True)
            self.accounts.put_contacts([one for one, told in pairs if told != Told.UNCHANGED])
        return outcomes


@dataclass
class SellerShelf:
    sellers: SellerStore
    known: dict[str, Seller]
    entry_ids: set[str]

    def check(self, made: Model, report: Report) -> Model:
        report.doubts.extend(doubts.of_seller(cast("Seller", made), self.entry_ids))
        return made

    def tell(self, made: Sequence[Model], *, write: bool) -> list[Told]:
        outcomes = []
        for seller in (cast("Seller", one) for one in made):
            outcomes.append(_outcome(self.known.get(seller.seller_id), seller))
            if write and outcomes[-1] is not Told.UNCHANGED:
                self.sellers.put(seller)
        return outcomes


@dataclass
class EntryShelf:
    accounts: AccountStore
    known: dict[str, WatchlistEntry]
    names: dict[str, str] = field(default_factory=dict)

    def check(self, made: Model, report: Report) -> Model:
        report.doubts.extend(doubts.of_entry(cast("WatchlistEntry", made), self.names))
        return made

    def tell(self, made: Sequence[Model], *, write: bool) -> list[Told]:
        entries = [cast("WatchlistEntry", one) for one in made]
        outcomes = [_outcome(self.known.get(one.entry_id), one) for one in entries]
        if write:
            pairs = zip(entries, outcomes, strict=True)
            self.accounts.put_entries([one for one, told in pairs if told != Told.UNCHANGED])
        return outcomes


def _outcome(known: Model | None, made: Model) -> Told:
    if known is None:
        return Told.NEW
    return Told.UNCHANGED if known == made else Told.CHANGED
