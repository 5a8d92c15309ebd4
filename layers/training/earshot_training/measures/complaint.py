"""complaint: is the tweet a complaint? Its texts train nothing; sixteen coefficients are fitted."""

from pathlib import Path

from earshot_training.agreement import macro_f1
from earshot_training.corpus import rows
from earshot_training.row import Row
from earshot_training.told import scores_of, way

FILE = "complaint"
GOAL = 0.78
_FOLDS = 5


def measure(folder: Path, *, semantic: bool) -> Row:
    """The weights in the package."""
    found = rows(folder, FILE)
    scores = scores_of((row["text"] for row in found), semantic=semantic)
    told = [str(int(one["complaint"] > 0)) for one in scores]
    return _row([str(row["complaint"]) for row in found], told, semantic=semantic)


def cross_validated(folder: Path, *, semantic: bool) -> Row:
    """The coefficients fitted on four fifths, scored on the fifth; needs scikit-learn."""
    from earshot_training.blends import complaint_left_out

    found = rows(folder, FILE)
    scores = scores_of((row["text"] for row in found), semantic=semantic)
    given = [bool(row["complaint"]) for row in found]
    told = complaint_left_out(scores, given, _FOLDS)
    return _row(
        [str(int(one)) for one in given], [str(int(one)) for one in told], semantic=semantic
    )


def _row(given: list[str], told: list[str], *, semantic: bool) -> Row:
    value = macro_f1(given, told)
    return Row(f"{FILE}.jsonl", f"macro F1, {way(semantic=semantic)}", value, GOAL)
