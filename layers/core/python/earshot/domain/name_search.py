"""Names of the watchlist among the tokens of a text."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from earshot.domain.aliases import MOST_WORDS
from earshot.domain.tokens import fold, is_whole, spans
from earshot.domain.watchlist_index import (
    AMBIGUOUS,
    BEGINS_LONGER,
    FLAG_BITS,
    NEEDS_CAPITALS,
    WatchlistIndex,
)

HOST = re.compile(
    r"(?<![A-Za-z0-9_.-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}(?![A-Za-z0-9_])",
    re.IGNORECASE,
)
_MAYBE_HOST = re.compile(r"\.[A-Za-z][A-Za-z]")
HANDLE = re.compile(r"@([A-Za-z0-9_][A-Za-z0-9_.-]{0,62})")
_MAILBOX = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+")
URL = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_HASHTAG = re.compile(r"#(\w+)")
# Names of one or two words are known by their beginnings; longer ones are long.
_LONG_HASHTAG = 10
_ONE_WORD = 1 << 1
_LONGER_WORDS = (1 << MOST_WORDS + 1) - (1 << 2)
_LONGER = tuple((1 << length, length) for length in range(2, MOST_WORDS + 1))


class Named(NamedTuple):
    """A name of entry ``number`` at a place in the text."""

    number: int
    start: int
    end: int
    is_ambiguous: bool


def names_in(text: str, listened: Sequence[str], index: WatchlistIndex) -> list[Named]:
    """``listened`` are the words of the text. A name that stands inside an address, a handle or a
    longer word is none; inside a longer name of somebody else it is an ambiguous one."""
    found = list(_hashtags(text, index)) if "#" in text else []
    if begun := _begun(listened, index):
        found += _at(begun, text, listened, index=index)
    return _told_apart(text, found) if found else found


def hosts_in(text: str) -> Iterator[re.Match[str]]:
    """Only what has a dot inside is looked at closely: most texts have no host at all."""
    if not _MAYBE_HOST.search(text):
        return
    end = 0
    for chunk in text.split():
        if "." in chunk and _MAYBE_HOST.search(chunk):
            start = text.index(chunk, end)
            end = start + len(chunk)
            yield from HOST.finditer(text, start, end)


def _begun(listened: Sequence[str], index: WatchlistIndex) -> list[tuple[int, int]]:
    """Where a name may stand and how many words it would have. Every word of every post comes by
    here: a set answers for all of them at once, and from less memory than the dictionary."""
    known = index.begins.intersection(listened)
    if not known:
        return []
    begun = []
    last, start_of = len(listened) - 1, index.starts.get
    for place, word in enumerate(listened):
        if word not in known:
            continue
        what = start_of(word, 0)
        if what & _ONE_WORD:
            begun.append((place, 1))
        if what & BEGINS_LONGER and place < last:
            pair = start_of(word + listened[place + 1], 0)
            if pair & _LONGER_WORDS:
                left = last - place + 1
                begun += [(place, size) for bit, size in _LONGER if pair & bit and size <= left]
    return begun


def _at(
    begun: list[tuple[int, int]], text: str, listened: Sequence[str], *, index: WatchlistIndex
) -> Iterator[Named]:
    where: list[tuple[int, int]] = []
    for place, length in begun:
        values = index.tables["names"].find("".join(listened[place : place + length]))
        if not values:
            continue
        where = where or spans(text)
        start, end = where[place][0], where[place + length - 1][1]
        if text.isascii() or is_whole(text, start, end):
            yield from _named(values, text, start, end=end)


def _hashtags(text: str, index: WatchlistIndex) -> Iterator[Named]:
    """``#acmerockets`` is "Acme Rockets": the keys of names have no spaces."""
    for tag in _HASHTAG.finditer(text):
        key = fold(tag.group(1))
        if key in index.starts or len(key) >= _LONG_HASHTAG:
            values = index.tables["names"].find(key)
            yield from _named(values, text, tag.start(1), end=tag.end(1))


def _named(values: list[int], text: str, start: int, *, end: int) -> Iterator[Named]:
    for value in values:
        if value & NEEDS_CAPITALS and not text[start:end].isupper():
            continue
        yield Named(value >> FLAG_BITS, start, end, bool(value & AMBIGUOUS))


def _told_apart(text: str, found: list[Named]) -> list[Named]:
    """Without those inside an address or handle; those inside a longer name made ambiguous."""
    taken = [found.span() for found in _addresses(text)]
    kept = [
        name
        for name in dict.fromkeys(found)
        if not any(_is_inside(name, start, end) for start, end in taken)
    ]
    return [
        name._replace(is_ambiguous=True)
        if any(other.number != name.number and _is_inside(name, *other[1:3]) for other in kept)
        else name
        for name in kept
    ]


def _addresses(text: str) -> Iterator[re.Match[str]]:
    if "://" in text:
        yield from URL.finditer(text)
    if "@" in text:
        yield from HANDLE.finditer(text)
        yield from _MAILBOX.finditer(text)
    yield from hosts_in(text)


def _is_inside(name: Named, start: int, end: int) -> bool:
    return start <= name.start and name.end <= end and name.end - name.start < end - start
