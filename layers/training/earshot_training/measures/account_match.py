"""account_match: is the post, found by an alias, about the account?"""

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from statistics import mean
from typing import TypeVar

from earshot.meanings import weights
from earshot_training.aboutness import UNSURE, all_seen, fit
from earshot_training.cascade import all_pairs, fit_both
from earshot_training.judged import (
    Judged,
    after_labels,
    auc,
    calibration_error,
    judged,
    judged_in_a_row,
    percents,
    share_sent_on,
    standard_error,
)
from earshot_training.replayed import feedback
from earshot_training.row import Row

FILE = "account_match.jsonl"
GOAL = 0.87
STATIC, CASCADE = "static vectors", "static vectors, then semantic"
One = TypeVar("One")
Fitted = TypeVar("Fitted")
_FOLDS = 4
_REPEATS = 3


def measure(folder: Path, *, semantic: bool) -> Row:
    """The weights in the package; each post judged with the unlabelled posts before it."""
    if semantic:
        both = weights("static"), weights("semantic")
        return row_of([judged_in_a_row(pair, both) for pair in all_pairs(folder)], CASCADE)
    return row_of([judged(one, weights("static")) for one in all_seen(folder, "static")], STATIC)


def cross_validated(folder: Path, *, semantic: bool) -> Row:
    """Fitted here, a quarter of the companies left out at once, three times over."""
    if semantic:
        pairs = all_pairs(folder)
        return row_of(list(left_out(pairs, fit=fit_both, judge=judged_in_a_row)), CASCADE)
    seen = all_seen(folder, "static")
    return row_of(list(left_out(seen, fit=lambda some: fit(some, "static"), judge=judged)), STATIC)


def left_out(
    found: Sequence[One],
    *,
    fit: Callable[[Sequence[One]], Fitted],
    judge: Callable[[One, Fitted], Judged],
) -> Iterator[Judged]:
    for seed in range(_REPEATS):
        order = list(found)
        random.Random(seed).shuffle(order)
        for fold in range(_FOLDS):
            testing = order[fold::_FOLDS]
            fitted = fit([one for one in order if all(one is not other for other in testing)])
            yield from (judge(one, fitted) for one in testing)


def row_of(results: Sequence[Judged], way: str) -> Row:
    right = [result.right for result in results]
    said = list(chain.from_iterable(map(percents, results)))
    about = list(chain.from_iterable(result.company.about for result in results))
    companies = len({result.company.name for result in results})
    areas = [auc(result.logits, result.company.about) for result in results]
    labelled = after_labels(results)
    error = standard_error(right) * (len(right) / companies) ** 0.5
    within = mean(area for area in areas if area is not None)
    after = ", ".join(f"{mean(orders):.3f}" for orders in labelled.values())
    spread = max(map(standard_error, labelled.values()))
    return Row(
        file=FILE,
        measure=f"accuracy averaged over {companies} companies, {way}",
        value=mean(right),
        goal=GOAL,
        detail=(
            *([f"sent on {share_sent_on(results):.2f}"] if len(results[0].judges) > 1 else []),
            f"standard error {error:.3f}; AUC {auc(said, about) or 0:.3f}, within {within:.3f}",
            _decided(said, about),
            f"calibration error {calibration_error(said, about):.3f} (goal .05)",
            f"after 5, 10, 20 labels {after}, standard error over orders {spread:.3f} (goal .91)",
            str(feedback(results)),
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
