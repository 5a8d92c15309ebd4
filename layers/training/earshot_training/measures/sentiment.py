"""sentiment: negative, neutral or positive."""

from pathlib import Path

from earshot_training.agreement import macro_recall, recall
from earshot_training.corpus import rows
from earshot_training.row import Row
from earshot_training.told import likeliest, scores_of, way

FILE = "sentiment"
GOAL = 0.69
FOLDS = 5
# The semantic layer takes minutes for so many: every tenth is measured with it.
SEMANTIC_STEP = 10


def measure(folder: Path, *, semantic: bool) -> Row:
    """The weights in the package."""
    found = rows(folder, FILE)[:: SEMANTIC_STEP if semantic else 1]
    scores = scores_of((row["text"] for row in found), semantic=semantic)
    told = [likeliest("sentiment", one) for one in scores]
    return _row([row["sentiment"] for row in found], told, semantic=semantic)


def cross_validated(folder: Path, *, semantic: bool) -> Row:
    """Fitted on four fifths, scored on the fifth; needs scikit-learn."""
    from earshot_training.left_out import sentiment

    given, told = sentiment(folder, FOLDS, semantic=semantic)
    return _row(given, told, semantic=semantic)


def _row(given: list[str], told: list[str], *, semantic: bool) -> Row:
    detail = ", ".join(f"{name} {recall(given, told, name):.3f}" for name in sorted(set(given)))
    measure_name = f"macro recall, {way(semantic=semantic)}"
    value = macro_recall(given, told)
    return Row(f"{FILE}.jsonl", measure_name, value, GOAL, (f"{len(given)} posts: {detail}",))
