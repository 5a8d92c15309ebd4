"""How good verdicts are: accuracy by company, order, calibration, abstaining, learning."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from earshot.domain.aboutness import Weights
from earshot.domain.aboutness_features import Vector
from earshot.domain.learned_prior import AliasPrior, correction, probability, taught
from earshot_training.aboutness import Seen, logits_of
from earshot_training.cascade import Pair, sent_on
from earshot_training.labelled_posts import Company

_BINS = 10
_ORDERS = 3
LABELS = (5, 10, 20)


Priors = tuple[AliasPrior, ...]


@dataclass(frozen=True)
class Judge:
    """What one judge says of each post of a company, before any label."""

    version: str
    logits: Sequence[float]
    vectors: Sequence[Vector]

    def corrected(self, post: int, prior: AliasPrior) -> float:
        logit = self.logits[post]
        return logit + correction(prior, logit, self.vectors[post])

    def taught(self, post: int, prior: AliasPrior, *, about: bool) -> AliasPrior:
        return taught(
            prior, self.logits[post], self.vectors[post], about=about, version=self.version
        )


@dataclass(frozen=True)
class Judged:
    """A company's posts. Of two judges the second is asked where the first is unsure, and
    always once there are labels."""

    company: Company
    judges: tuple[Judge, ...]

    @property
    def untaught(self) -> Priors:
        return tuple(AliasPrior(judge.version) for judge in self.judges)

    @property
    def logits(self) -> list[float]:
        return [self.corrected(post, self.untaught) for post in range(len(self.company.about))]

    @property
    def right(self) -> float:
        return accuracy(self.logits, self.company.about)

    def corrected(self, post: int, priors: Priors) -> float:
        first = self.judges[0].corrected(post, priors[0])
        if len(self.judges) > 1 and (priors[1].labels or sent_on([first])[0]):
            return self.judges[1].corrected(post, priors[1])
        return first

    def taught(self, post: int, priors: Priors) -> Priors:
        about = self.company.about[post]
        pairs = zip(self.judges, priors, strict=True)
        return tuple(judge.taught(post, prior, about=about) for judge, prior in pairs)


def judged(one: Seen, weights: Weights) -> Judged:
    """Each post with the past that it had."""
    return Judged(one.company, (_judge(one, weights, logits_of(one, weights)),))


def judged_in_a_row(pair: Pair, weights: tuple[Weights, Weights]) -> Judged:
    """The second judge's past is of the posts that reached it."""
    first = logits_of(pair.first, weights[0])
    second = logits_of(pair.second, weights[1], sent_on(first))
    judges = _judge(pair.first, weights[0], first), _judge(pair.second, weights[1], second)
    return Judged(pair.first.company, judges)


def _judge(one: Seen, weights: Weights, logits: Sequence[float]) -> Judge:
    return Judge(weights.version, logits, [post.vector for post in one.features])


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


def after_labels(results: Sequence[Judged]) -> dict[int, list[float]]:
    """Accuracy on a company's other posts once so many, drawn at random, are labelled; averaged
    over companies, once per order."""
    found: dict[int, list[float]] = {count: [] for count in LABELS}
    for seed in range(_ORDERS):
        rests = [_learning(result, seed) for result in results]
        for count in LABELS:
            found[count].append(mean(rest[count] for rest in rests))
    return found


def _learning(result: Judged, seed: int) -> dict[int, float]:
    priors, order = result.untaught, order_of(result, seed)
    rest = {}
    for place, post in enumerate(order[: LABELS[-1] + 1]):
        if place in LABELS:
            rest[place] = _rest(result, priors, order[place:])
        priors = result.taught(post, priors)
    return rest


def order_of(result: Judged, seed: int) -> list[int]:
    order = list(range(len(result.company.about)))
    random.Random(seed).shuffle(order)
    return order


def _rest(result: Judged, priors: Priors, posts: Sequence[int]) -> float:
    about = [result.company.about[post] for post in posts]
    return accuracy([result.corrected(post, priors) for post in posts], about)


def percents(result: Judged) -> list[float]:
    return [probability(logit) for logit in result.logits]


def share_sent_on(results: Sequence[Judged]) -> float:
    sent = [there for result in results for there in sent_on(result.judges[0].logits)]
    return sum(sent) / len(sent)
