"""What is well-formed in an import and still looks wrong; nothing of it keeps a row out."""

from collections.abc import Collection, Iterable, Iterator

from earshot.domain.models import Account, Contact, Seller, WatchlistEntry


def of_accounts(accounts: Iterable[Account], seller_ids: Collection[str]) -> Iterator[str]:
    domains: dict[str, str] = {}
    for account in accounts:
        for role, seller_id in _responsible(account):
            if seller_id not in seller_ids:
                yield f"account {account.account_id}: {role} {seller_id!r} is no seller"
        for domain in account.domains:
            other = domains.setdefault(domain, account.account_id)
            if other != account.account_id:
                yield f"account {account.account_id}: {domain} belongs to {other} too"


def _responsible(account: Account) -> Iterator[tuple[str, str]]:
    if account.owner:
        yield "owner", account.owner
    for deputy in account.deputies:
        yield "deputy", deputy


def of_contacts(contacts: Iterable[Contact], account_ids: Collection[str]) -> Iterator[str]:
    for contact in contacts:
        if contact.account_id and contact.account_id not in account_ids:
            yield f"contact {contact.contact_id}: there is no account {contact.account_id!r}"


def of_sellers(sellers: Iterable[Seller], entry_ids: Collection[str]) -> Iterator[str]:
    for seller in sellers:
        for desk in seller.desks:
            if desk not in entry_ids:
                yield f"seller {seller.seller_id}: desk {desk!r} is not on the watchlist"


def of_watchlist(entries: Iterable[WatchlistEntry]) -> Iterator[str]:
    names: dict[str, str] = {}
    for entry in entries:
        for name in {name.casefold() for name in (entry.name, *entry.aliases)}:
            other = names.setdefault(name, entry.entry_id)
            if other != entry.entry_id:
                yield f"entry {entry.entry_id}: {name!r} names {other} too"
