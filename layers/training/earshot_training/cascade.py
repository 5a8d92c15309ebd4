"""Fits both judges of domain/cascade.py, the second one on what the first leaves unsure,
and the judge of words alone.

python -m earshot_training.cascade DATA_FOLDER TARGET.json
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path

from earshot.domain.aboutness import Weights
from earshot.domain.cascade import is_unsure
from earshot.domain.learned_prior import probability
from earshot_training.aboutness import Seen, all_seen, fit, logits_of


@dataclass(frozen=True)
class Pair:
    """A company as each judge sees it."""

    first: Seen
    second: Seen


def all_pairs(folder: Path) -> list[Pair]:
    return [
        Pair(*seen)
        for seen in zip(all_seen(folder, "static"), all_seen(folder, "semantic"), strict=True)
    ]


def fit_both(training: Sequence[Pair]) -> tuple[Weights, Weights]:
    first = fit([pair.first for pair in training], "static")
    reached = (only(pair.second, sent_on(logits_of(pair.first, first))) for pair in training)
    return first, fit([one for one in reached if one.features], "semantic")


def sent_on(logits: Sequence[float]) -> list[bool]:
    return [is_unsure(round(100 * probability(logit))) for logit in logits]


def only(one: Seen, chosen: Sequence[bool]) -> Seen:
    """As if the other posts had never come."""
    company = replace(
        one.company,
        texts=tuple(compress(one.company.texts, chosen)),
        about=tuple(compress(one.company.about, chosen)),
    )
    return replace(one, company=company, features=tuple(compress(one.features, chosen)))


def main(folder: Path, target: Path) -> None:
    first, second = fit_both(all_pairs(folder))
    surface = fit(all_seen(folder, "surface"), "surface")
    fitted = {"surface": surface, "static": first, "semantic": second}
    numbers = {way: weights.model_dump(mode="json") for way, weights in fitted.items()}
    target.write_text(json.dumps(numbers, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
