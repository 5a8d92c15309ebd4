"""What is well-formed in an import and still looks wrong; nothing of it keeps a row out."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from earshot.domain.business import SERVICE_DESK, Account, Contact, Seller, WatchlistEntry
from earshot.domain.facts import normal_company_name
from earshot.imports import cells, hosts
from earshot.imports.identities import BY_DOMAIN, BY_NAME


@dataclass
class Companies:
    """Who has which domain and name, of those that are known and those that come."""

    ids: set[str] = field(default_factory=set)
    by_domain: dict[str, str] = field(default_factory=dict)
    by_name: dict[str, str] = field(default_factory=dict)

    def add(self, account: Account) -> None:
        self.ids.add(account.account_id)
        for domain in _registered(account):
            self.by_domain.setdefault(domain, account.account_id)
        self.by_name.setdefault(normal_company_name(account.name), account.account_id)

    def identified(self, account: Account) -> Account:
        """Under the id that it has already, if the file gave none. ``ValueError`` where only the
        name is left and somebody else bears it."""
        if account.account_id.startswith(BY_DOMAIN):
            found = self.by_domain.get(account.account_id.removeprefix(BY_DOMAIN))
            return account.model_copy(update={"account_id": found}) if found else account
        found = self.by_name.get(normal_company_name(account.name))
        is_new = account.account_id.startswith(BY_NAME) and account.account_id not in self.ids
        if is_new and found:
            raise ValueError(
                f"is empty, there is no domain, and the name is that of account {found!r}: "
                "give the row an id or a domain"
            )
        return account

    def likely_duplicates(self, account: Account) -> Iterator[str]:
        """Others with its domain, or else its name: for review, never to merge by itself."""
        for domain in _registered(account):
            other = self.by_domain.get(domain, account.account_id)
            if other != account.account_id:
                yield f"account {account.account_id}: {domain} belongs to {other} too"
                return
        other = self.by_name.get(normal_company_name(account.name), account.account_id)
        if other != account.account_id:
            yield f"account {account.account_id}: {other} has the same name"


def _registered(account: Account) -> Iterator[str]:
    for host in account.domains:
        if found := hosts.registrable(host):
            yield found


@dataclass(frozen=True)
class People:
    """Sellers by id, name and address: CRMs export owners in any of these ways."""

    ids: Mapping[str, str]

    @classmethod
    def of(cls, sellers: Iterable[Seller]) -> "People":
        known = list(sellers)
        found = {name.casefold(): s.seller_id for s in known for name in (s.name, s.email)}
        return cls(found | {s.seller_id: s.seller_id for s in known})

    def find(self, given: str) -> str | None:
        """The seller's id; what could be one of a seller who is not imported yet stays."""
        if found := self.ids.get(given.casefold()):
            return found
        try:
            return cells.seller_id(given)
        except ValueError:
            return None


def resolve_people(account: Account, people: People) -> tuple[Account, list[str]]:
    """The account with seller ids for whoever the file names, and what is doubtful about them."""
    doubts: list[str] = []
    found: dict[str, list[str | None]] = {}
    for role, given in _responsible(account):
        seller_id = people.find(given)
        found.setdefault(role, []).append(seller_id)
        if seller_id is None or seller_id not in people.ids:
            left = ", and is left out" if seller_id is None else ""
            doubts.append(f"account {account.account_id}: {role} {given!r} is no seller{left}")
    update = {
        "owner": next(iter(found.get("owner", ())), None),
        "deputies": tuple(dict.fromkeys(one for one in found.get("deputy", ()) if one)),
    }
    return account.model_copy(update=update), doubts


def _responsible(account: Account) -> Iterator[tuple[str, str]]:
    if account.owner:
        yield "owner", account.owner
    for deputy in account.deputies:
        yield "deputy", deputy


def of_contact(contact: Contact, account_ids: Collection[str]) -> Iterator[str]:
    if contact.account_id and contact.account_id not in account_ids:
        yield f"contact {contact.contact_id}: there is no account {contact.account_id!r}"


def of_seller(seller: Seller, entry_ids: Collection[str]) -> Iterator[str]:
    for desk in seller.desks:
        if desk not in entry_ids and desk != SERVICE_DESK:
            yield f"seller {seller.seller_id}: desk {desk!r} is not on the watchlist"
    for product in seller.products:
        if product not in entry_ids:
            yield f"seller {seller.seller_id}: product {product!r} is not on the watchlist"


def of_entry(entry: WatchlistEntry, names: dict[str, str]) -> Iterator[str]:
    """``names`` remembers whose each name is."""
    for name in dict.fromkeys(name.casefold() for name in (entry.name, *entry.aliases)):
        other = names.setdefault(name, entry.entry_id)
        if other != entry.entry_id:
            yield f"entry {entry.entry_id}: {name!r} names {other} too"
