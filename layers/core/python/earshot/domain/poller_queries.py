"""What to ask the search of a platform, so that what it finds may concern the watchlist."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from earshot.domain.aliases import NO_WORDS, OrdinaryWords, domains_of, is_ordinary, short_name
from earshot.domain.models import EntryKind, Model, WatchlistEntry
from earshot.domain.tokens import words
from earshot.domain.topics import parse, required

# Accounts are not searched for: there are too many, and their own channels are listened to.
_RANKS = {EntryKind.COMPETITOR: 0, EntryKind.BRAND: 0, EntryKind.TOPIC: 1}
# The words of a name that is ordinary find everybody's posts: asked last.
_ORDINARY_LATER = 2
_OR = " OR "


@dataclass(frozen=True, slots=True)
class Search:
    """How a platform can be searched: at most ``quota`` queries in one round, each of ``longest``
    characters; ``packs`` if it understands OR."""

    quota: int
    longest: int
    packs: bool


# Well below the limits of the platforms, for rounds of some minutes (WIRE.md, section 2). What is
# not known to understand OR is asked for one thing at a time.
SEARCHES: Mapping[str, Search] = {
    "bluesky": Search(quota=60, longest=200, packs=False),
    "hackernews": Search(quota=100, longest=200, packs=False),
    "mastodon": Search(quota=40, longest=100, packs=False),
    "reddit": Search(quota=40, longest=480, packs=True),
    "stackexchange": Search(quota=20, longest=200, packs=False),
}


class PollerQuery(Model):
    text: str
    entry_ids: tuple[str, ...]


class PollerQueries(Model):
    """``uncovered`` are entries of which no query, or not every term, is asked."""

    queries: tuple[PollerQuery, ...]
    uncovered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Term:
    rank: int
    entry_id: str
    text: str


def poller_queries(
    entries: Iterable[WatchlistEntry],
    *,
    quota: int,
    longest: int,
    packs: bool = True,
    ordinary: OrdinaryWords = NO_WORDS,
) -> PollerQueries:
    """The same entries in any order give the same queries. Competitors and own brands come before
    topics, and what is over the quota or too long is told."""
    terms = sorted(
        {term for entry in entries for term in _terms(entry, ordinary)},
        key=lambda term: (term.rank, term.entry_id, len(term.text), term.text),
    )
    fitting = [term for term in terms if len(term.text) <= longest]
    packed = _packed(fitting, longest=longest if packs else 0)
    asked = [_query(group) for group in packed[:quota]]
    left = {term.entry_id for group in packed[quota:] for term in group}
    too_long = {term.entry_id for term in terms if len(term.text) > longest}
    return PollerQueries(queries=tuple(asked), uncovered=tuple(sorted(left | too_long)))


def _terms(entry: WatchlistEntry, ordinary: OrdinaryWords) -> Iterator[_Term]:
    if entry.kind not in _RANKS:
        return
    rank = _RANKS[entry.kind]
    if entry.query:
        for phrase in required(parse(entry.query)) or ():
            yield _Term(rank, entry.entry_id, _quoted(phrase))
        return
    for host in domains_of(entry):
        yield _Term(rank, entry.entry_id, f'"{host}"')
    names = {short_name(entry), *(tuple(words(text)) for text in (*entry.aliases, *entry.products))}
    for name in names - {()}:
        later = _ORDINARY_LATER * (
            entry.kind is not EntryKind.TOPIC and is_ordinary(name, ordinary)
        )
        yield _Term(rank + later, entry.entry_id, _quoted(name))


def _quoted(name: Iterable[str]) -> str:
    text = " ".join(name)
    return text if text.isalnum() else f'"{text}"'


def _packed(terms: Iterable[_Term], *, longest: int) -> list[list[_Term]]:
    """In their order, as many to a group as fit between the ORs; equal texts share a place."""
    groups: list[list[_Term]] = []
    size, texts = 0, set[str]()
    for term in terms:
        added = 0 if term.text in texts else len(term.text) + len(_OR) * bool(texts)
        if not groups or (added and size + added > longest):
            groups.append([])
            size, texts, added = 0, set(), len(term.text)
        groups[-1].append(term)
        texts.add(term.text)
        size += added
    return groups


def _query(group: list[_Term]) -> PollerQuery:
    return PollerQuery(
        text=_OR.join(dict.fromkeys(term.text for term in group)),
        entry_ids=tuple(dict.fromkeys(term.entry_id for term in group)),
    )
