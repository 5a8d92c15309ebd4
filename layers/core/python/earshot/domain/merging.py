"""Two accounts that are one company, shown as one and kept apart.

A merge moves no fact: what is said of an id stays with that id, so that taking the merge back
gives both accounts as they would be without it. What providers learn meanwhile is about both; it is
kept aside and goes with the merge.
"""

from collections.abc import Callable, Iterator, Mapping

from earshot.domain import facts
from earshot.domain.business import Account
from earshot.domain.facts import LISTS, PROVIDERS, Fact, Shown, Statement, Value
from earshot.domain.values import Identifier, Model

MOST_IN_A_LIST = 60
MOST_MERGED = 20


class MergeError(ValueError):
    """The merge cannot be, and the message says why."""


class Dossier(Model):
    """All that is known of one account id. ``merged`` are the ids that are shown with it, and
    ``merged_into`` is the one it is shown with. ``learned`` is what providers said since, and
    ``before`` what ``learned`` was before each of the merges."""

    account_id: Identifier
    facts: tuple[Fact, ...] = ()
    learned: tuple[Fact, ...] = ()
    merged: tuple[Identifier, ...] = ()
    before: tuple[tuple[Fact, ...], ...] = ()
    merged_into: Identifier | None = None


Book = Mapping[str, Dossier]
"""Dossiers by id: those of one family (see ``family``) at least."""


def tell(book: Book, statement: Statement) -> Dossier:
    """The dossier that the statement goes into, as it is after it; the very same one when the
    statement says nothing new."""
    dossier = book.get(statement.account_id, Dossier(account_id=statement.account_id))
    if statement.origin not in PROVIDERS:
        return _changed(dossier, "facts", facts.told(dossier.facts, statement))
    root = _root(book, dossier)
    if not root.merged:
        return _changed(root, "facts", facts.told(root.facts, statement))
    return _changed(root, "learned", facts.told(root.learned, statement))


def _changed(dossier: Dossier, part: str, found: tuple[Fact, ...]) -> Dossier:
    if found is getattr(dossier, part):
        return dossier
    return dossier.model_copy(update={part: found})


def _root(book: Book, dossier: Dossier) -> Dossier:
    while dossier.merged_into:
        dossier = book[dossier.merged_into]
    return dossier


def merge(book: Book, kept_id: str, gone_id: str) -> tuple[Dossier, Dossier]:
    """Kept and gone as they are after the merge; ``MergeError`` when they cannot be one."""
    kept, gone = book.get(kept_id), book.get(gone_id)
    if kept is None or gone is None:
        raise MergeError(f"there is no account {gone_id if kept else kept_id!r}")
    if kept_id == gone_id:
        raise MergeError("an account cannot be merged into itself")
    if gone.merged_into == kept_id:
        return kept, gone
    for one in (kept, gone):
        if one.merged_into:
            raise MergeError(f"{one.account_id!r} is merged into {one.merged_into!r} already")
    if len(list(family(book, kept))) + len(list(family(book, gone))) > MOST_MERGED:
        raise MergeError(f"more than {MOST_MERGED} accounts would be one")
    return (
        kept.model_copy(
            update={"merged": (*kept.merged, gone_id), "before": (*kept.before, kept.learned)}
        ),
        gone.model_copy(update={"merged_into": kept_id}),
    )


def unmerge(book: Book, gone_id: str) -> tuple[Dossier, Dossier]:
    """Kept and gone as they would be without the merge; ``MergeError`` when there is none. What was
    learned of all while a later merge held is forgotten: the next refresh learns it anew."""
    gone = book.get(gone_id)
    if gone is None or gone.merged_into is None:
        raise MergeError(f"{gone_id!r} is merged into no account")
    kept = book[gone.merged_into]
    at = kept.merged.index(gone_id)
    later = len(kept.merged) - at - 1
    rest = {
        "merged": (*kept.merged[:at], *kept.merged[at + 1 :]),
        "before": (*kept.before[:at], *[()] * later),
        "learned": () if later else kept.before[at],
    }
    return kept.model_copy(update=rest), gone.model_copy(update={"merged_into": None})


def family(book: Book, dossier: Dossier) -> Iterator[Dossier]:
    """The account itself, and all that are shown with it."""
    yield dossier
    for one in dossier.merged:
        yield from family(book, book[one])


def view(book: Book, account_id: str) -> Account:
    """The account as everybody sees it: the kept one's values, and the names, domains and handles
    of all that are merged into it."""
    members = list(family(book, book[account_id]))
    fields = {one.field: one for one in shown(book, account_id)}
    account = facts.account_of(account_id, fields.values())
    if len(members) == 1:
        return account
    others = [facts.account_of(one.account_id, facts.shown(_of(one))) for one in members[1:]]
    names = tuple(name for one in others for name in (one.name, *one.aliases))
    lists: dict[str, Value] = {
        name: _joined(getattr(account, name), *(getattr(one, name) for one in others))
        for name in LISTS
    }
    lists["aliases"] = _joined(
        account.aliases, tuple(name for name in names if name != account.name)
    )
    return account.model_copy(update=lists)


def _joined(*lists: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for some in lists for one in some))[:MOST_IN_A_LIST]


def _of(dossier: Dossier) -> tuple[Fact, ...]:
    """What providers learned since a merge stands before what they said of the id alone."""
    newer = {(fact.field, fact.origin) for fact in dossier.learned}
    older = (fact for fact in dossier.facts if (fact.field, fact.origin) not in newer)
    return (*older, *dossier.learned)


def shown(book: Book, account_id: str) -> tuple[Shown, ...]:
    """Every field with what is shown, why, and what others say, those merged into it too."""
    mine = {one.field: one for one in facts.shown(_of(book[account_id]))}
    members = list(family(book, book[account_id]))[1:]
    theirs = {one.field: one for one in facts.shown(f for one in members for f in _of(one))}
    return tuple(
        _beside(mine.get(field), theirs.get(field))
        for field in facts.FIELDS
        if field in mine or field in theirs
    )


def _beside(mine: Shown | None, theirs: Shown | None) -> Shown:
    if mine is None or theirs is None:
        found = mine or theirs
        assert found is not None
        return found
    others = (*mine.others, theirs.fact, *theirs.others)
    return mine.model_copy(update={"others": others, "reason": "of_the_kept_account"})


Find = Callable[[str], Dossier | None]


def book_of(account_id: str, find: Find) -> dict[str, Dossier]:
    """The whole family of an account, from its eldest down, by reading one dossier at a time."""
    dossier = find(account_id)
    while dossier and dossier.merged_into:
        dossier = find(dossier.merged_into)
    found: dict[str, Dossier] = {}
    waiting = [dossier] if dossier else []
    while waiting:
        one = waiting.pop()
        found[one.account_id] = one
        waiting += [member for name in one.merged if (member := find(name))]
    return found
