"""`earshot learned`: what a seller's own clicks taught, and how to forget it."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from earshot.aws.keys import timestamp
from earshot.domain.learned_relevance import MOST_POINTS, Learned
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, Yes, on_target
from earshot_ops.commands.screen import is_attended, note, print_json, safe, say
from earshot_ops.target import Target
from earshot_ops.why_words import moment

SellerId = Annotated[
    str, typer.Argument(metavar="SELLER", help="The id of a seller.", show_default=False)
]
Reset = Annotated[
    bool, typer.Option("--reset", help="Forget it; only what is clicked from now on counts.")
]


@on_target
def learned(
    target: Target,
    seller: SellerId,
    *,
    reset: Reset = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> ExitCode:
    """Show what a seller's clicks taught the scores of their signals, or forget it.

    [bold]Examples[/bold]

      earshot learned anna

      earshot learned anna --reset
    """
    if target.sellers.get(seller) is None:
        note(f"there is no seller {safe(seller)}")
        return ExitCode.PROBLEMS
    found = target.learned.get(seller) or Learned(seller_id=seller)
    if not reset:
        _show(found, as_json=as_json)
        return ExitCode.OK
    if is_attended() and not (yes or as_json):
        _show(found, as_json=False)
        if not typer.confirm("Forget this?", err=True):
            return ExitCode.OK
    now = datetime.now(UTC)
    target.learned.reset(seller, now)
    payload = {"seller_id": seller, "labels": found.labels}
    target.journal.append("learned_reset", now, f"{seller}-{timestamp(now)}", payload=payload)
    _show(Learned(seller_id=seller, since=now), as_json=as_json)
    return ExitCode.OK


def _show(found: Learned, *, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(found))
        return
    since = f" since {moment(found.since)}" if found.since else ""
    say(f"{safe(found.seller_id)}: learned from {found.labels} answers{since}")
    if found.refused:
        say(f"  {found.refused} were passed over: their sources may not be learned from")
    for name, thousandths in _ranked(found):
        say(f"  {safe(name.replace('_', ' ')):<28}{thousandths / 1000:>+8.3f}")
    if found.thousandths:
        say(f"  together at most {MOST_POINTS} points, up or down")


def _ranked(found: Learned) -> list[tuple[str, int]]:
    """What counts most, first."""
    return sorted(found.thousandths.items(), key=lambda one: (-abs(one[1]), one[0]))


def _as_json(found: Learned) -> dict[str, Any]:
    return {**found.model_dump(mode="json"), "version": found.version}
