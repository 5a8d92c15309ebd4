"""Which account somebody means by what they typed."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches

from earshot.domain.business import EntryKind
from earshot.domain.tokens import words
from earshot.domain.watchlist_index import Listed, WatchlistIndex

MOST_SIMILAR = 5
_ALIKE = 0.6


def find_accounts(index: WatchlistIndex, typed: str) -> tuple[Listed, ...]:
    """By the surest way that finds any: a domain or address, a handle, the very name, another
    name, the beginning of a name or id."""
    ways: tuple[Callable[[WatchlistIndex, str], tuple[Listed, ...]], ...] = (
        _by_domain,
        _by_handle,
        _by_name,
        _by_beginning,
    )
    found = (_accounts(way(index, typed.strip())) for way in ways)
    return next((some for some in found if some), ())


def similar_accounts(index: WatchlistIndex, typed: str) -> tuple[Listed, ...]:
    """Those whose names begin with the same letter and are spelled much alike, the likest first."""
    wanted = typed.strip().casefold()
    by_name = {one.name.casefold(): one for one in _all(index)}
    begun = [name for name in by_name if name[0] == wanted[:1]]
    near = get_close_matches(wanted, begun, MOST_SIMILAR, _ALIKE)
    return tuple(by_name[name] for name in near)


def _by_domain(index: WatchlistIndex, typed: str) -> tuple[Listed, ...]:
    host = typed.rpartition("://")[2].partition("/")[0].rpartition("@")[2]
    return index.of_domain(host)


def _by_handle(index: WatchlistIndex, typed: str) -> tuple[Listed, ...]:
    return index.find("handles", typed.casefold().replace(":@", ":").lstrip("@"))


def _by_name(index: WatchlistIndex, typed: str) -> tuple[Listed, ...]:
    named = index.find("names", "".join(words(typed)))
    very = tuple(one for one in named if one.name.casefold() == typed.casefold())
    return _accounts(very) or named


def _by_beginning(index: WatchlistIndex, typed: str) -> tuple[Listed, ...]:
    beginning = typed.casefold()
    return tuple(
        one
        for one in _all(index)
        if one.name.casefold().startswith(beginning)
        or one.entry_id.partition(":")[2].casefold().startswith(beginning)
    )


def _all(index: WatchlistIndex) -> Iterator[Listed]:
    return (one for one in map(index.listed, range(len(index))) if one.kind is EntryKind.ACCOUNT)


def _accounts(found: tuple[Listed, ...]) -> tuple[Listed, ...]:
    """Each once, by name."""
    accounts = {one for one in found if one.kind is EntryKind.ACCOUNT}
    return tuple(sorted(accounts, key=lambda one: (one.name.casefold(), one.entry_id)))
