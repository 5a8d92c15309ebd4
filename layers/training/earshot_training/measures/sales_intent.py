"""sales_intent: the nine intents, and who is near a sale. No text of it trains a model."""

from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import Any

from earshot.domain.understanding import ranked_intents
from earshot_training import agreement
from earshot_training.corpus import rows
from earshot_training.row import Row
from earshot_training.told import Scores, likeliest, scores_of, way

FILE = "sales_intent"
GOAL = 0.75
GOAL_OF_LEADS = 0.90
LEADS = ("purchase", "recommendation", "switching")
_TOP = 0.1


def measure(folder: Path, *, semantic: bool) -> Row:
    """The weights in the package; also what ``cross_validated`` would give: nothing is fitted."""
    found = rows(folder, FILE)
    scores = scores_of((row["text"] for row in found), semantic=semantic)
    given = [row["intent"] for row in found]
    told = [str(ranked_intents(one)[0]) for one in scores]
    value = agreement.macro_f1(given, told)
    detail = (
        _leads(given, scores),
        "by class: " + ", ".join(f"{i} {agreement.f1(given, told, i):.2f}" for i in _labels(given)),
        "by channel: " + ", ".join(_channels(found, told)),
        "; ".join(_task(task, found, scores) for task in ("urgency", "sentiment", "degree")),
    )
    return Row(f"{FILE}.jsonl", f"macro F1, {way(semantic=semantic)}", value, GOAL, detail)


def nearness(scores: Scores) -> float:
    """How much more a text looks like a step towards buying than like anything else."""
    near = max(scores[f"intent:{intent}"] for intent in LEADS)
    rest = (name for name in scores if name.startswith("intent:"))
    return near - max(scores[name] for name in rest if name.partition(":")[2] not in LEADS)


def _leads(given: Sequence[str], scores: Sequence[Scores]) -> str:
    hits = [intent in LEADS for intent in given]
    value = agreement.precision_at_top([nearness(one) for one in scores], hits, _TOP)
    return f"precision of {'+'.join(LEADS)} in the top tenth {value:.3f} (goal {GOAL_OF_LEADS:.2f})"


def _channels(found: Sequence[dict[str, Any]], told: Sequence[str]) -> list[str]:
    channels = sorted({row["channel"] for row in found})
    said = []
    for channel in channels:
        here = [place for place, row in enumerate(found) if row["channel"] == channel]
        given, there = [found[place]["intent"] for place in here], [told[place] for place in here]
        value, right = agreement.macro_f1(given, there), agreement.accuracy(given, there)
        said.append(f"{channel} {value:.2f} (accuracy {right:.2f}, {len(here)} posts)")
    return said


def _task(task: str, found: Sequence[dict[str, Any]], scores: Sequence[Scores]) -> str:
    kept = [place for place, row in enumerate(found) if row[task] is not None]
    given = [found[place][task] for place in kept]
    told = [_urgency(scores[p]) if task == "urgency" else likeliest(task, scores[p]) for p in kept]
    right = mean(one == other for one, other in zip(given, told, strict=True))
    return f"{task} macro F1 {agreement.macro_f1(given, told):.2f}, accuracy {right:.2f}"


def _urgency(scores: Scores) -> str:
    return next((name for name in ("now", "soon") if scores[f"urgency:{name}"] > 0), "none")


def _labels(given: Sequence[str]) -> list[str]:
    return sorted(set(given))


cross_validated = measure
