"""purchase: does the tweet tell of a wish to buy? Trained on these texts, beside the examples."""

from pathlib import Path

from earshot_training.agreement import macro_f1
from earshot_training.corpus import rows
from earshot_training.row import Row
from earshot_training.told import scores_of, way

FILE = "purchase"
GOAL = 0.80
FOLDS = 10


def measure(folder: Path, *, semantic: bool) -> Row:
    """The weights in the package."""
    found = rows(folder, FILE)
    scores = scores_of((row["text"] for row in found), semantic=semantic)
    told = [one["purchase"] > 0 for one in scores]
    return _row([bool(row["purchase"]) for row in found], told, semantic=semantic)


def cross_validated(folder: Path, *, semantic: bool) -> Row:
    """Fitted on nine tenths, scored on the tenth; needs scikit-learn."""
    from earshot_training.left_out import purchase

    given, told = purchase(folder, FOLDS, semantic=semantic)
    return _row(given, told, semantic=semantic)


def _row(given: list[bool], told: list[bool], *, semantic: bool) -> Row:
    value = macro_f1([str(one) for one in given], [str(one) for one in told])
    return Row(f"{FILE}.jsonl", f"macro F1, {way(semantic=semantic)}", value, GOAL)
