"""The names we listen for, compiled for matching."""

import hashlib
import json
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import replace

from earshot.domain.aliases import (
    NO_WORDS,
    Alias,
    OrdinaryWords,
    aliases_of,
    domains_of,
    handles_of,
    tickers_of,
)
from earshot.domain.legal_forms import EMPTY_WORDS
from earshot.domain.models import Account, Contact, EntryKind, Model, WatchlistEntry
from earshot.domain.topics import parse, required
from earshot.domain.watchlist_index import (
    AMBIGUOUS,
    BEGINS_LONGER,
    FLAG_BITS,
    IS_EXCHANGE,
    MAIL,
    NEEDED_BY_TOPIC,
    NEEDS_CAPITALS,
    OF_ONE_SOURCE,
    TABLES,
    Postings,
    WatchlistIndex,
    digest,
    to_bytes,
)

# As posts write them before a ticker: "NYSE: ACME".
EXCHANGES = frozenset(("nyse", "nasdaq", "amex", "lse", "tsx", "asx", "etr", "xetra", "epa", "tse"))


class Watchlist(Model):
    """Entries and authors before they are compiled. ``account_by_handle`` maps ``source:handle``
    and ``mail:address``, casefolded, of the CRM's contacts to their account."""

    version: str
    entries: tuple[WatchlistEntry, ...]
    account_by_handle: dict[str, str] = {}


def entry_of(account: Account) -> WatchlistEntry:
    return WatchlistEntry(
        entry_id=f"account:{account.account_id}",
        kind=EntryKind.ACCOUNT,
        name=account.name,
        aliases=account.aliases,
        domains=account.domains,
        handles=account.handles,
        tickers=account.tickers,
        products=account.products,
    )


def contact_handles(contacts: Iterable[Contact]) -> dict[str, str]:
    """Only handles that the CRM gives with their platform (``github:octocat``), and addresses of
    mail, may resolve an author to an account: WIRE terms forbid guessing who a handle is."""
    return {
        handle.casefold().replace(":@", ":"): contact.account_id
        for contact in contacts
        if contact.account_id
        for handle in (*contact.handles, *([f"{MAIL}:{contact.email}"] if contact.email else ()))
        if ":" in handle
    }


def index(watchlist: Watchlist) -> WatchlistIndex:
    """Compiled under the version that it says it has."""
    compiled = compile_entries(watchlist.entries, account_by_handle=watchlist.account_by_handle)
    return replace(compiled, version=watchlist.version)


def compile_entries(
    entries: Iterable[WatchlistEntry],
    *,
    account_by_handle: Mapping[str, str] | None = None,
    ordinary: OrdinaryWords = NO_WORDS,
) -> WatchlistIndex:
    """Takes one entry after the other and keeps little of each. Neither the index nor its version,
    which is the digest of its content, depend on their order."""
    compiling = _Compiling(ordinary)
    for entry in entries:
        compiling.add(entry)
    return compiling.finish(account_by_handle or {})


class _Compiling:
    """What is known of the entries so far, numbered as they came."""

    def __init__(self, ordinary: OrdinaryWords) -> None:
        self._ordinary = ordinary
        self._ids: list[str] = []
        self._records: list[bytes] = []
        self._starts: dict[str, int] = {}
        self._digests = {table: array("Q") for table in TABLES}
        self._values = {table: array("I") for table in TABLES}

    def add(self, entry: WatchlistEntry) -> None:
        number = len(self._ids)
        record = [entry.entry_id, entry.kind, entry.name, entry.query]
        self._ids.append(entry.entry_id)
        self._records.append(json.dumps(record, ensure_ascii=False).encode())
        for alias in aliases_of(entry, self._ordinary):
            self._add_alias(alias, number)
        for table, texts in (
            ("domains", domains_of(entry)),
            ("tickers", tickers_of(entry)),
        ):
            for text in texts:
                self._post(table, text, number)
        for handle in handles_of(entry):
            self._post("handles", handle, number)
            source, _, bare = handle.rpartition(":")
            if source:
                self._post("handles", bare, number, flags=OF_ONE_SOURCE)
        if entry.tickers:
            self._begin(EXCHANGES, IS_EXCHANGE)
        if entry.query:
            self._add_topic(entry.query, number)

    def finish(self, account_by_handle: Mapping[str, str]) -> WatchlistIndex:
        order = sorted(range(len(self._ids)), key=self._ids.__getitem__)
        self._add_authors(account_by_handle)
        rank = array("I", bytes(4 * len(order)))
        for place, number in enumerate(order):
            rank[number] = place
        records = [self._records[number] for number in order]
        ends, end = array("I"), 0
        for record in records:
            end += len(record)
            ends.append(end)
        unversioned = WatchlistIndex(
            version="",
            starts=dict(sorted(self._starts.items())),
            tables={table: self._postings(table, rank) for table in TABLES},
            records=b"".join(records),
            ends=ends,
        )
        version = hashlib.sha256(to_bytes(unversioned)).hexdigest()[:12]
        return replace(unversioned, version=version)

    def _post(self, table: str, text: str, number: int, *, flags: int = 0) -> None:
        self._digests[table].append(digest(text))
        self._values[table].append(number << FLAG_BITS | flags)

    def _begin(self, texts: Iterable[str], what: int) -> None:
        for text in texts:
            self._starts[text] = self._starts.get(text, 0) | what

    def _add_alias(self, alias: Alias, number: int) -> None:
        flags = AMBIGUOUS * alias.is_ambiguous | NEEDS_CAPITALS * alias.needs_capitals
        self._post("names", alias.key, number, flags=flags)
        self._begin(("".join(alias.words[:2]),), 1 << len(alias.words))
        if len(alias.words) > 1:
            self._begin(alias.words[:1], BEGINS_LONGER)

    def _add_topic(self, query: str, number: int) -> None:
        for phrase in sorted(required(parse(query)) or ()):
            word = max(phrase, key=lambda word: (word not in EMPTY_WORDS, len(word), word))
            self._begin((word,), NEEDED_BY_TOPIC)
            self._post("topics", word, number)

    def _add_authors(self, account_by_handle: Mapping[str, str]) -> None:
        number_by_id = {entry_id: number for number, entry_id in enumerate(self._ids)}
        for handle, account_id in account_by_handle.items():
            if (number := number_by_id.get(f"account:{account_id}")) is not None:
                self._post("authors", handle, number)

    def _postings(self, table: str, rank: "array[int]") -> Postings:
        """Sorted; of one text and entry only the surest."""
        flags = (1 << FLAG_BITS) - 1
        pairs = sorted(
            found << 32 | rank[value >> FLAG_BITS] << FLAG_BITS | value & flags
            for found, value in zip(self._digests[table], self._values[table], strict=True)
        )
        kept = [
            pair
            for previous, pair in zip([-1, *pairs], pairs, strict=False)
            if previous >> FLAG_BITS != pair >> FLAG_BITS
        ]
        low = (1 << 32) - 1
        return Postings(
            array("Q", (pair >> 32 for pair in kept)), array("I", (pair & low for pair in kept))
        )
