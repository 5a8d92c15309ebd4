"""How good verdicts are: accuracy by company, order, calibration, abstaining, learning."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from earshot.domain.aboutness import Weights, alias_prior
from earshot.domain.aboutness_features import dot
from earshot.domain.learned_prior import AliasPrior, correction, probability, taught
from earshot_training.aboutness import Seen, inputs

_BINS = 10
_ORDERS = 3
LABELS = (5, 10, 20)
BEFORE_FEEDBACK_COUNTS = 50


@dataclass(frozen=True)
class Judged:
    """The logits of one company's posts, before any label."""

    one: Seen
    logits: tuple[float, ...]
    weights: Weights

    @property
    def right(self) -> float:
        return accuracy(self.logits, self.one.company.about)


def judged(one: Seen, weights: Weights) -> Judged:
    """Each post with the past that it had."""
    logits = (weights.intercept + dot(weights.weights, row) for row in inputs(one, weights))
    return Judged(one, tuple(logits), weights)


def accuracy(logits: Sequence[float], about: Sequence[bool]) -> float:
    return mean((logit > 0) == label for logit, label in zip(logits, about, strict=True))


def auc(scores: Sequence[float], about: Sequence[bool]) -> float | None:
    """Mann and Whitney's statistic; ties count half. None where one kind is missing."""
    positive = sum(about)
    if positive in {0, len(about)}:
        return None
    order = sorted(range(len(scores)), key=scores.__getitem__)
    ranks = [0.0] * len(scores)
    low = 0
    while low < len(order):
        high = low
        while high < len(order) and scores[order[high]] == scores[order[low]]:
            high += 1
        for place in order[low:high]:
            ranks[place] = (low + high + 1) / 2
        low = high
    summed = sum(rank for rank, label in zip(ranks, about, strict=True) if label)
    return (summed - positive * (positive + 1) / 2) / (positive * (len(about) - positive))


def calibration(percents: Sequence[float], about: Sequence[bool]) -> list[tuple[int, float, float]]:
    """Per tenth: posts, mean probability, share about the account."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for percent, label in zip(percents, about, strict=True):
        bins[min(int(percent * _BINS), _BINS - 1)].append((percent, label))
    return [
        (len(found), mean(p for p, _ in found), mean(label for _, label in found))
        for found in bins
        if found
    ]


def calibration_error(percents: Sequence[float], about: Sequence[bool]) -> float:
    return sum(count * abs(said - was) for count, said, was in calibration(percents, about)) / len(
        about
    )


def standard_error(values: Sequence[float]) -> float:
    return stdev(values) / len(values) ** 0.5 if len(values) > 1 else 0.0


def after_labels(results: Sequence[Judged]) -> dict[int, float]:
    """Accuracy on a company's other posts once so many, drawn at random, are labelled."""
    found: dict[int, list[float]] = {count: [] for count in LABELS}
    for result in results:
        for seed in range(_ORDERS):
            prior, order = AliasPrior(result.weights.version), _order(result, seed)
            for place, post in enumerate(order[: LABELS[-1] + 1]):
                if place in found:
                    found[place].append(_rest(result, prior, order[place:]))
                prior = _taught(result, prior, post)
    return {count: mean(values) for count, values in found.items()}


def after_feedback(results: Sequence[Judged]) -> float:
    """The replay of EVAL.md: a seller per account, clicks in a random order; the AUC of the scores
    of the posts after the first 50, averaged over sellers with both kinds."""
    found = []
    for result in results:
        for seed in range(_ORDERS):
            scores, labels, prior = [], [], AliasPrior(result.weights.version)
            for place, post in enumerate(_order(result, seed)):
                if place >= BEFORE_FEEDBACK_COUNTS:
                    scores.append(_corrected(result, prior, post))
                    labels.append(result.one.company.about[post])
                prior = _taught(result, prior, post)
            area = auc(scores, labels)
            found += [] if area is None else [area]
    return mean(found)


def _order(result: Judged, seed: int) -> list[int]:
    order = list(range(len(result.logits)))
    random.Random(seed).shuffle(order)
    return order


def _corrected(result: Judged, prior: AliasPrior, post: int) -> float:
    logit = result.logits[post]
    return logit + correction(prior, logit, result.one.features[post].vector)


def _rest(result: Judged, prior: AliasPrior, posts: Sequence[int]) -> float:
    about = [result.one.company.about[post] for post in posts]
    return accuracy([_corrected(result, prior, post) for post in posts], about)


def _taught(result: Judged, prior: AliasPrior, post: int) -> AliasPrior:
    return taught(
        prior,
        result.logits[post],
        result.one.features[post].vector,
        about=result.one.company.about[post],
        version=result.weights.version,
    )


def percents(result: Judged) -> list[float]:
    return [probability(logit) for logit in result.logits]


def prior_of_alias(result: Judged) -> float:
    """Before any post of the alias was seen."""
    return alias_prior(result.weights, result.one.subject, AliasPrior(result.weights.version))
