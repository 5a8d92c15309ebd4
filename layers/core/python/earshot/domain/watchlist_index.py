"""The compiled watchlist: lookups in little memory, and the bytes that they are stored as.

Names, domains, handles, authors and tickers are 64-bit digests in sorted arrays, so that nothing of
them has to be parsed or kept as an object; entries are decoded when they are hit. Only the words
that names begin with are a dictionary, because every word of every post is looked up there.
"""

import hashlib
import json
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import starmap
from typing import Final

from earshot.domain.aliases import PLATFORM_HOSTS
from earshot.domain.business import EntryKind
from earshot.domain.posts import Author
from earshot.errors import UnreadableWatchlistError

FORMAT: Final = 1
_MAGIC: Final = b"earshot watchlist\n"
_HEADER_BYTES: Final = 4

# What a word, or two words without the space, may begin; lengths of names are bits 1 to 10.
NEEDED_BY_TOPIC: Final = 1
IS_EXCHANGE: Final = 1 << 11
BEGINS_LONGER: Final = 1 << 12
_SHARED = tuple(range(1 << 13))

# Beside the number of the entry.
AMBIGUOUS: Final = 1
NEEDS_CAPITALS: Final = 2
OF_ONE_SOURCE: Final = 1  # of a handle without its source: the one with it has to be found, too
FLAG_BITS: Final = 2
MOST_KEPT: Final = 1024


def digest(text: str) -> int:
    """64 bits: among a million names, one text in ten million million is taken for another."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True)
class Postings:
    """Which entries a text stands for. Digests ascend; one may come several times."""

    digests: "array[int]" = field(default_factory=lambda: array("Q"))
    values: "array[int]" = field(default_factory=lambda: array("I"))

    def find(self, text: str) -> list[int]:
        """Numbers of entries with their flags; ``ENTRY`` and the flags take them apart."""
        wanted, found = digest(text), []
        place = bisect_left(self.digests, wanted)
        while place < len(self.digests) and self.digests[place] == wanted:
            found.append(self.values[place])
            place += 1
        return found


@dataclass(frozen=True, slots=True)
class Listed:
    """What matching tells of an entry."""

    entry_id: str
    kind: EntryKind
    name: str
    query: str | None = None


MAIL: Final = "mail"
"""In the place of a platform, before an address."""
TABLES: Final = ("names", "domains", "handles", "authors", "tickers", "topics")


@dataclass(frozen=True)
class WatchlistIndex:
    """``starts`` says which words begin a name; ``tables`` are named in ``TABLES``."""

    version: str
    starts: Mapping[str, int]
    tables: Mapping[str, Postings]
    records: bytes
    ends: "array[int]"
    begins: frozenset[str] = field(init=False, compare=False, repr=False)
    _lately: dict[int, Listed] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "begins", frozenset(self.starts))

    def __len__(self) -> int:
        return len(self.ends)

    def listed(self, number: int) -> Listed:
        """Decoded when it is asked for; the few that are talked about are kept."""
        if (known := self._lately.get(number)) is not None:
            return known
        begin = self.ends[number - 1] if number else 0
        entry_id, kind, name, query = json.loads(self.records[begin : self.ends[number]])
        if len(self._lately) >= MOST_KEPT:
            self._lately.clear()
        return self._lately.setdefault(number, Listed(entry_id, EntryKind(kind), name, query))

    def find(self, table: str, text: str) -> tuple[Listed, ...]:
        return tuple(self.listed(value >> FLAG_BITS) for value in self.tables[table].find(text))

    def of_domain(self, host: str) -> tuple[Listed, ...]:
        """The entries of the domain itself or of the nearest domain above it."""
        labels = host.casefold().rstrip(".").split(".")
        for start in range(len(labels) - 1):
            name = ".".join(labels[start:])
            if name not in PLATFORM_HOSTS and (found := self.find("domains", name)):
                return found
        return ()

    def of_handle(self, source: str, handle: str) -> tuple[Listed, ...]:
        """Those that bear the handle on this source, or on every source."""
        bare = handle.lstrip("@").casefold()
        table = self.tables["handles"]
        values = table.find(bare)
        everywhere = [value for value in values if not value & OF_ONE_SOURCE]
        if len(everywhere) < len(values):
            everywhere += table.find(f"{source}:{bare}")
        return tuple(self.listed(value >> FLAG_BITS) for value in everywhere)

    def of_author(self, source: str, author: Author) -> tuple[Listed, ...]:
        """The account of the contact whom the CRM gives this handle on this source, or this
        address of mail: WIRE terms forbid guessing who a handle is."""
        if not self.tables["authors"].digests:
            return ()
        found: tuple[Listed, ...] = ()
        if author.handle:
            found = self.find("authors", f"{source}:{author.handle.lstrip('@')}".casefold())
        if author.email and not found:
            found = self.find("authors", f"{MAIL}:{author.email}".casefold())
        return found


def nobody() -> WatchlistIndex:
    """Lists nobody."""
    return WatchlistIndex("empty", {}, {name: Postings() for name in TABLES}, b"", array("I"))


def to_bytes(index: WatchlistIndex) -> bytes:
    """Numbers are little-endian, as on every processor that Lambda has."""
    masks = array("H", index.starts.values())
    sections = {
        "starts": "\n".join(index.starts).encode(),
        "masks": masks.tobytes(),
        "records": index.records,
        "ends": index.ends.tobytes(),
    }
    for name, table in index.tables.items():
        sections[f"{name}.digests"] = table.digests.tobytes()
        sections[f"{name}.values"] = table.values.tobytes()
    sizes = [[name, len(section)] for name, section in sections.items()]
    header = json.dumps({"format": FORMAT, "version": index.version, "sections": sizes}).encode()
    return b"".join(
        (_MAGIC, len(header).to_bytes(_HEADER_BYTES, "little"), header, *sections.values())
    )


def from_bytes(stored: bytes) -> WatchlistIndex:
    """``UnreadableWatchlistError`` for a newer format and for bytes that are no watchlist."""
    try:
        header, sections = _sections(stored)
        return _index(header, sections)
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableWatchlistError(type(error).__name__) from error


def _sections(stored: bytes) -> tuple[dict[str, str], dict[str, memoryview]]:
    if not stored.startswith(_MAGIC):
        raise UnreadableWatchlistError("no watchlist")
    view = memoryview(stored)[len(_MAGIC) :]
    size = int.from_bytes(view[:_HEADER_BYTES], "little")
    header = json.loads(bytes(view[_HEADER_BYTES : _HEADER_BYTES + size]))
    if header["format"] != FORMAT:
        raise UnreadableWatchlistError("another format")
    place, sections = _HEADER_BYTES + size, {}
    for name, length in header["sections"]:
        sections[name] = view[place : place + length]
        place += length
    if place != len(view):
        raise UnreadableWatchlistError("cut short")
    return header, sections


def _index(header: dict[str, str], sections: dict[str, memoryview]) -> WatchlistIndex:
    begun = str(sections["starts"], "utf-8").split("\n") if sections["starts"] else []
    # The numbers are shared: a million of them would be objects of their own.
    masks = map(_SHARED.__getitem__, _array("H", sections["masks"]))
    tables = (
        (_array("Q", sections[f"{n}.digests"]), _array("I", sections[f"{n}.values"]))
        for n in TABLES
    )
    return WatchlistIndex(
        version=header["version"],
        starts=dict(zip(begun, masks, strict=True)),
        tables=dict(zip(TABLES, starmap(Postings, tables), strict=True)),
        records=bytes(sections["records"]),
        ends=_array("I", sections["ends"]),
    )


def _array(typecode: str, section: memoryview) -> "array[int]":
    numbers: array[int] = array(typecode)
    numbers.frombytes(section)
    return numbers
