"""What became of each post, as a table."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from earshot.domain.models import AlertState, Decision, Outcome
from earshot.flows.tell_why import SellerWhy, Why

_WORDS = {
    "below_threshold": "scores below 60",
    "already_alerted": "was told of this story before",
    "heard_of_the_post": "was told of this post before",
}


def show(console: Console, found: Iterable[tuple[str, Why | None]]) -> None:
    """A row per post and signal: subject, intent, who was told and why, who was not and why not."""
    table = Table(title="What became of each post", show_lines=True, expand=True)
    for name, ratio in (("post", 3), ("subject", 2), ("intent", 2), ("told", 4), ("not told", 4)):
        table.add_column(name, ratio=ratio, overflow="fold")
    for reference, why in found:
        short = reference.removeprefix("https://")
        if why is None:
            table.add_row(short, "-", "-", "-", "nobody: erased, or never taken in")
        elif not why.signals:
            table.add_row(short, "-", why.head.intent, "-", f"nobody: {why.explanation}")
        else:
            for one in why.signals:
                table.add_row(
                    short,
                    one.signal.subject.name,
                    why.head.intent,
                    "\n".join(_told(seller) for seller in one.sellers if _is_told(seller)) or "-",
                    "\n".join(_silent(s) for s in one.sellers if not _is_told(s)) or "-",
                )
    console.print(table)


def _is_told(why: SellerWhy) -> bool:
    return why.alert is not None and why.decision.outcome is Outcome.ALERT


def _told(why: SellerWhy) -> str:
    decision = why.decision
    waits = why.alert is not None and why.alert.state is not AlertState.SENT
    when = f", waits for {_hours(decision)}" if waits else ""
    return f"{_score(decision)}{when}"


def _hours(decision: Decision) -> str:
    due = decision.attention.due_at if decision.attention else None
    return f"{due:%a %H:%M} UTC" if due else "its hour"


def _silent(why: SellerWhy) -> str:
    return f"{_score(why.decision)}: {_WORDS.get(why.decision.reason, why.decision.reason)}"


def _score(decision: Decision) -> str:
    """``anna 80 = switching 40 + competitor involved 15 + owner 25``"""
    parts = " ".join(
        f"{one.points:+d} {_plain(one.name)}" for one in decision.relevance.contributions
    )
    return f"[bold]{decision.seller_id} {decision.relevance.score}[/bold] ({parts})"


def _plain(name: str) -> str:
    return name.removeprefix("intent_").removeprefix("role_").replace("_", " ")
