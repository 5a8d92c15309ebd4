"""What became of each post, as a table."""

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.table import Table

from earshot.domain.models import Decision, Signal
from earshot.domain.why import Fate, SellerWhy, Why
from earshot_ops.why_words import REASONS

_COLUMNS = (("post", 4), ("subject", 3), ("intent", 2), ("told, and why", 6), ("not told", 5))
_TOLD = frozenset((Fate.ALERTED, Fate.UPDATED, Fate.DUE, Fate.WAITS, Fate.DIGESTED))


def show(console: Console, found: Iterable[tuple[str, Why | None]]) -> None:
    """A row per post and signal: subject, intent, who was told and why, who was not and why not."""
    table = Table(title="What became of each post", show_lines=True, expand=True)
    for name, ratio in _COLUMNS:
        table.add_column(name, ratio=ratio, overflow="fold")
    for reference, why in found:
        for row in _rows(why):
            table.add_row(reference.removeprefix("https://"), *row)
    console.print(table)


def _rows(why: Why | None) -> Iterator[tuple[str, ...]]:
    if why is None:
        yield "-", "-", "-", "nobody: erased, or never taken in"
    elif not why.signals:
        yield "-", why.head.intent, "-", f"nobody: {why.explanation}"
    else:
        for one in why.signals:
            told = [_told(seller) for seller in one.sellers if _is_told(seller)]
            silent = [_silent(seller) for seller in one.sellers if not _is_told(seller)]
            name = f"{one.signal.subject.name}{_kind(one.signal)}"
            yield name, why.head.intent, "\n".join(told) or "-", "\n".join(silent) or "-"


def _kind(signal: Signal) -> str:
    return " (a prospect)" if signal.subject.is_prospect else ""


def _is_told(why: SellerWhy) -> bool:
    return why.fate in _TOLD


def _told(why: SellerWhy) -> str:
    """``nora 80, owner: switching +40, competitor involved +15, owner +25``"""
    decision = why.decision
    parts = ", ".join(
        f"{_plain(one.name)} {one.points:+d}" for one in decision.relevance.contributions
    )
    how = {Fate.DUE: _hours(decision), Fate.WAITS: ", digest", Fate.DIGESTED: ", digest"}
    return f"{_who(decision)}{how.get(why.fate, '')}: {parts}"


def _silent(why: SellerWhy) -> str:
    """With what spoke against it."""
    decision = why.decision
    against = "".join(
        f", {_plain(one.name)} {one.points:+d}"
        for one in decision.relevance.contributions
        if one.points < 0
    )
    return f"{_who(decision)}: {REASONS.get(decision.reason, decision.reason)}{against}"


def _hours(decision: Decision) -> str:
    due = decision.attention.due_at if decision.attention else None
    return f", at {due:%a %H:%M} UTC" if due else ""


def _who(decision: Decision) -> str:
    return f"[bold]{decision.seller_id} {decision.relevance.score}[/bold], {decision.role}"


def _plain(name: str) -> str:
    return name.removeprefix("intent_").removeprefix("role_").replace("_", " ")
