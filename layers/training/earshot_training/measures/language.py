"""language: which of seven languages a tweet is in."""

from pathlib import Path
from typing import Any

from earshot.domain.language import UNKNOWN, LanguageModel
from earshot.models.text import text_models
from earshot_training.agreement import accuracy, recall
from earshot_training.corpus import labelled, rows
from earshot_training.row import Row
from earshot_training.train_language import LEAST_LEAD, fit

FILE = "language"
GOAL = 0.975
_FOLDS = 5


def measure(folder: Path) -> Row:
    """The weights in the package."""
    found = rows(folder, FILE)
    return _row(found, [text_models().language.language_of(row["text"]) for row in found])


def cross_validated(folder: Path) -> Row:
    found = rows(folder, FILE)
    english = [{"lang": "en", "text": item.text} for item in labelled(folder)]
    told = [""] * len(found)
    for fold in range(_FOLDS):
        known = [row for place, row in enumerate(found) if place % _FOLDS != fold]
        letters = fit(known + english)
        model = LanguageModel(letters.languages, letters.rows, LEAST_LEAD)
        for place in range(fold, len(found), _FOLDS):
            told[place] = model.language_of(found[place]["text"])
    return _row(found, told)


def _row(found: list[dict[str, Any]], told: list[str]) -> Row:
    given = [row["lang"] for row in found]
    by_language = (f"{name} {recall(given, told, name):.3f}" for name in sorted(set(given)))
    detail = (
        f"recall: {', '.join(by_language)}",
        f"{told.count(UNKNOWN)} of {len(told)} told as {UNKNOWN}",
    )
    return Row(f"{FILE}.jsonl", "accuracy", accuracy(given, told), GOAL, detail)
