"""`earshot plays`: what the team does about signals, and what came of it."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from earshot.domain.models import FeedbackKind
from earshot.domain.plays import Play, PlayUse
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.screen import note, paragraph, print_json, safe
from earshot_ops.target import Target

UNANSWERED = "unanswered"
_ORDER = (
    FeedbackKind.WON,
    FeedbackKind.LOST,
    FeedbackKind.CLAIMED,
    FeedbackKind.USEFUL,
    FeedbackKind.NOT_RELEVANT,
    FeedbackKind.OPENED,
)


@on_target
def plays(target: Target, *, as_json: AsJson = False) -> ExitCode:
    """List the plays: what each goes with, how often it was told, and what came of it.

    They are imported with [bold]earshot import plays DIR[/bold].

    [bold]Examples[/bold]

      earshot plays

      earshot plays --json
    """
    found = [(play, outcomes(target.plays.uses(play.play_id))) for play in target.plays.all()]
    if as_json:
        print_json({"plays": [_as_json(play, counts) for play, counts in found]})
        return ExitCode.OK
    if not found:
        note("there are no plays; import a folder of them with: earshot import plays DIR")
    for play, counts in found:
        paragraph(f"[bold]{play.play_id}[/bold]  {safe(play.title)}")
        paragraph(safe(_goes_with(play)), 2)
        paragraph(_in_words(counts), 2)
    return ExitCode.OK


def outcomes(uses: Iterable[PlayUse]) -> Counter[str]:
    """How many uses ended how."""
    return Counter(str(use.outcome) if use.outcome else UNANSWERED for use in uses)


def _goes_with(play: Play) -> str:
    asked = {
        "intent": play.intents,
        "event": play.events,
        "product": play.products,
        "industry": play.industries,
    }
    return "; ".join(f"{name} {' or '.join(words)}" for name, words in asked.items() if words)


def _in_words(counts: Counter[str]) -> str:
    total = counts.total()
    if not total:
        return "not used yet"
    told = [
        f"{counts[name]} {name.replace('_', ' ')}"
        for name in [*map(str, _ORDER), UNANSWERED]
        if counts[name]
    ]
    return f"{total} use{'s' if total > 1 else ''}: {', '.join(told)}"


def _as_json(play: Play, counts: Counter[str]) -> dict[str, Any]:
    told = play.model_dump(mode="json", exclude={"html"})
    return {**told, "uses": counts.total(), "outcomes": dict(sorted(counts.items()))}
