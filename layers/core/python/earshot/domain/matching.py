"""Which watchlist entries a post may be about, and by what evidence.

Exact evidence decides; a name alone is a candidate. One pass over the words of the post: its cost
does not depend on the size of the watchlist.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from earshot.domain.exact_evidence import Found, exact_in
from earshot.domain.models import Evidence, EvidenceKind, Mention, Post
from earshot.domain.name_search import Named, names_in
from earshot.domain.tokens import words
from earshot.domain.watchlist_index import WatchlistIndex

# A coined or longer name is nearly always meant (EVAL.md), but a name is no proof.
SURE_NAME_PERCENT = 95
UNCERTAIN_PERCENT = 50


@dataclass(frozen=True, slots=True)
class NameOnly:
    """A mention by name and nothing else. ``is_ambiguous``: whether it is meant has to be found
    out, and 50 percent only says so; else it is ``SURE_NAME_PERCENT`` sure."""

    mention: Mention
    is_ambiguous: bool


@dataclass(frozen=True, slots=True)
class Candidates:
    """In the order of their entry ids; no entry is in both."""

    exact: tuple[Mention, ...] = ()
    names: tuple[NameOnly, ...] = ()

    @property
    def sure(self) -> tuple[Mention, ...]:
        """What needs no closer look, in the order of entry ids."""
        named = (name.mention for name in self.names if not name.is_ambiguous)
        return tuple(sorted((*self.exact, *named), key=lambda mention: mention.entry_id))


# What `match` returns when there is nothing.
NOBODY = Candidates()


def match(post: Post, index: WatchlistIndex) -> Candidates:
    """Each entry once, with all of its evidence in text order."""
    listened = words(post.plain)
    exact = exact_in(post, listened, index)
    named = names_in(post.plain, listened, index)
    if not exact and not named:
        return NOBODY
    return _candidates(exact, list(_with_entries(named, post.plain, index)))


def _with_entries(
    named: Iterable[Named], text: str, index: WatchlistIndex
) -> Iterable[tuple[Found, bool]]:
    for name in named:
        value = text[name.start : name.end]
        evidence = Evidence(kind=EvidenceKind.ALIAS, value=value, start=name.start, end=name.end)
        yield (index.listed(name.number), evidence), name.is_ambiguous


def _candidates(exact: list[Found], named: list[tuple[Found, bool]]) -> Candidates:
    by_entry: dict[str, list[Found]] = {}
    for found in (*exact, *(found for found, _ in named)):
        by_entry.setdefault(found[0].entry_id, []).append(found)
    decided = {entry.entry_id for entry, _ in exact}
    sure = {found[0].entry_id for found, is_ambiguous in named if not is_ambiguous}
    return Candidates(
        exact=tuple(_mention(by_entry[entry_id], 100) for entry_id in sorted(decided)),
        names=tuple(
            NameOnly(
                _mention(
                    by_entry[entry_id],
                    SURE_NAME_PERCENT if entry_id in sure else UNCERTAIN_PERCENT,
                ),
                is_ambiguous=entry_id not in sure,
            )
            for entry_id in sorted(by_entry.keys() - decided)
        ),
    )


def _mention(found: list[Found], percent: int) -> Mention:
    entry = found[0][0]
    evidence = {one for _, one in found}
    return Mention(
        entry_id=entry.entry_id,
        kind=entry.kind,
        name=entry.name,
        evidence=tuple(sorted(evidence, key=lambda e: (e.start, e.kind, e.value))),
        percent=percent,
    )
