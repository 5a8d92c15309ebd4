"""The names we listen for, compiled for matching."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from earshot.domain.models import Account, Contact, EntryKind, Model, WatchlistEntry

# fmt: off
LEGAL_FORMS = frozenset((
    "ab", "ag", "as", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "incorporated",
    "kg", "limited", "llc", "llp", "ltd", "nv", "oy", "plc", "pty", "sa", "sarl", "sas", "se",
    "spa", "srl",
))
# fmt: on
WORD = re.compile(r"\w+")
_SHORTEST_ALIAS = 3


class Watchlist(Model):
    """What the artifact holds. ``account_by_handle`` maps ``source:handle``, casefolded, of the
    CRM's contacts to their account."""

    version: str
    entries: tuple[WatchlistEntry, ...]
    account_by_handle: dict[str, str] = {}


@dataclass(frozen=True)
class Alias:
    words: tuple[str, ...]
    entry: WatchlistEntry


@dataclass(frozen=True)
class WatchlistIndex:
    """Lookups of one watchlist; every key is casefolded."""

    version: str
    by_domain: Mapping[str, WatchlistEntry]
    by_handle: Mapping[str, WatchlistEntry]
    by_author: Mapping[str, WatchlistEntry]
    by_first_word: Mapping[str, tuple[Alias, ...]]


def entry_of(account: Account) -> WatchlistEntry:
    return WatchlistEntry(
        entry_id=f"account:{account.account_id}",
        kind=EntryKind.ACCOUNT,
        name=account.name,
        aliases=account.aliases,
        domains=account.domains,
        handles=account.handles,
    )


def contact_handles(contacts: Iterable[Contact]) -> dict[str, str]:
    """Only handles that the CRM gives with their platform (``github:octocat``) may resolve an
    author to an account: WIRE terms forbid guessing who a handle is."""
    return {
        handle.casefold(): contact.account_id
        for contact in contacts
        if contact.account_id
        for handle in contact.handles
        if ":" in handle
    }


def words(text: str) -> tuple[str, ...]:
    return tuple(match.group().casefold() for match in WORD.finditer(text))


def without_legal_form(name_words: tuple[str, ...]) -> tuple[str, ...]:
    """``("acme", "gmbh")`` becomes ``("acme",)``; a name that is nothing else stays whole."""
    kept = name_words
    while len(kept) > 1 and kept[-1] in LEGAL_FORMS:
        kept = kept[:-1]
    return kept


def aliases_of(entry: WatchlistEntry) -> frozenset[tuple[str, ...]]:
    """Word sequences that name the entry. An alias shorter than three letters is ignored: it
    would match everywhere."""
    spelled = {words(text) for text in (entry.name, *entry.aliases)}
    found = spelled | {without_legal_form(name) for name in spelled}
    return frozenset(name for name in found if len("".join(name)) >= _SHORTEST_ALIAS)


def index(watchlist: Watchlist) -> WatchlistIndex:
    by_id = {entry.entry_id: entry for entry in watchlist.entries}
    by_first_word: dict[str, list[Alias]] = {}
    for entry in watchlist.entries:
        for alias in sorted(aliases_of(entry)):
            by_first_word.setdefault(alias[0], []).append(Alias(alias, entry))
    return WatchlistIndex(
        version=watchlist.version,
        by_domain={name.casefold(): e for e in watchlist.entries for name in e.domains},
        by_handle={
            handle.lstrip("@").casefold(): e for e in watchlist.entries for handle in e.handles
        },
        by_author={
            handle: by_id[f"account:{account_id}"]
            for handle, account_id in watchlist.account_by_handle.items()
            if f"account:{account_id}" in by_id
        },
        by_first_word={
            first: tuple(sorted(found, key=lambda alias: (-len(alias.words), alias.entry.entry_id)))
            for first, found in by_first_word.items()
        },
    )
