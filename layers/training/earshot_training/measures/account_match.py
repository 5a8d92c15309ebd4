"""account_match: is the post, found by an alias, about the account?"""

import random
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from statistics import mean

from earshot.meanings import weights
from earshot_training.aboutness import UNSURE, Seen, all_seen, fit
from earshot_training.judged import (
    Judged,
    after_feedback,
    after_labels,
    auc,
    calibration_error,
    judged,
    percents,
    standard_error,
)
from earshot_training.row import Row

FILE = "account_match.jsonl"
GOAL = 0.87
_FOLDS = 4
_REPEATS = 3


def measure(folder: Path, *, semantic: bool) -> Row:
    """The weights in the package; each post judged with the unlabelled posts before it."""
    way = "semantic" if semantic else "static"
    return row_of([judged(one, weights(way)) for one in all_seen(folder, way)], way)


def cross_validated(folder: Path, *, semantic: bool) -> Row:
    """Fitted here, a quarter of the companies left out at once, three times over."""
    way = "semantic" if semantic else "static"
    return row_of(list(left_out(all_seen(folder, way), way)), way)


def left_out(found: Sequence[Seen], way: str) -> Iterator[Judged]:
    for seed in range(_REPEATS):
        order = list(found)
        random.Random(seed).shuffle(order)
        for fold in range(_FOLDS):
            testing = order[fold::_FOLDS]
            fitted = fit([one for one in order if one not in testing], way)
            yield from (judged(one, fitted) for one in testing)


def row_of(results: Sequence[Judged], way: str) -> Row:
    right = [result.right for result in results]
    said = list(chain.from_iterable(map(percents, results)))
    about = list(chain.from_iterable(result.one.company.about for result in results))
    companies = len({result.one.company.name for result in results})
    areas = [auc(result.logits, result.one.company.about) for result in results]
    labelled = after_labels(results)
    error = standard_error(right) * (len(right) / companies) ** 0.5
    within = mean(area for area in areas if area is not None)
    after = ", ".join(f"{value:.3f}" for value in labelled.values())
    return Row(
        file=FILE,
        measure=f"accuracy averaged over {companies} companies, {way}",
        value=mean(right),
        goal=GOAL,
        detail=(
            f"standard error {error:.3f}; AUC {auc(said, about) or 0:.3f}, within {within:.3f}",
            _decided(said, about),
            f"calibration error {calibration_error(said, about):.3f} (goal .05)",
            f"after 5, 10, 20 labels {after} (goal .91)",
            f"feedback replayed: AUC after 50 labels {after_feedback(results):.3f} (goal .80)",
        ),
    )


def _decided(said: Sequence[float], about: Sequence[bool]) -> str:
    decided = [
        (percent > 0.5) == label
        for percent, label in zip(said, about, strict=True)
        if not UNSURE[0] < round(100 * percent) < UNSURE[1]
    ]
    return (
        f"decides on {len(decided) / len(about):.2f} (goal .75), "
        f"right in {mean(decided):.3f} of them (goal .93)"
    )
