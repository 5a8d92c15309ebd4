"""What is known of one alias of one account before a post is read: how near its earlier posts, not
labelled, were to the account, and what sellers said of some.

Labels update a small logistic model whose offset is the logit without them: online Bayesian
regression by Laplace's approximation with the full covariance (as in Spiegelhalter and Lauritzen
1990), over a constant, that logit itself and the leading dimensions of the post's vector. The last
two are taken from their mean over the labelled posts, so that what is learned has two parts. The
**level** moves all posts of the alias alike, and stays after ``LEVEL_LABELS`` of them: verdicts of
different days compare. The **order** tells them apart; it takes labels of both kinds, and counts
more the more there are of the rarer one.
"""

from array import array
from base64 import b85decode, b85encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import exp
from operator import mul, sub

DIMENSIONS = 32
LEVEL_LABELS = 40
_RARER_LABELS = 5
_VARIANCES = (2.0, 0.1, 8.0)
_LOGIT_SCALE = 0.5
_NEWTON_STEPS = 12


@dataclass(frozen=True)
class AliasPrior:
    """Of a fixed size, however many posts it has seen; it belongs to one version of the model,
    and another version takes it for nothing known."""

    version: str = ""
    posts: int = 0
    kinship: float = 0.0
    labels: int = 0
    positives: int = 0
    level: float = 0.0
    centre: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    covariance: tuple[tuple[float, ...], ...] = ()


NOTHING_KNOWN = AliasPrior()


def observed(prior: AliasPrior, kinship: float, *, version: str) -> AliasPrior:
    """After one more post of the alias. The order of posts makes no difference to what is known."""
    prior = _of_version(prior, version)
    return replace(prior, posts=prior.posts + 1, kinship=prior.kinship + kinship)


def correction(prior: AliasPrior, logit: float, vector: Sequence[float]) -> float:
    """What the labels add to the logit of a post."""
    if not prior.labels:
        return 0.0
    rarer = min(prior.positives, prior.labels - prior.positives)
    centred = _centred(_inputs(logit, vector), prior.centre)
    order = sum(map(mul, prior.weights[1:], centred), 0.0)
    return prior.level + order * rarer / (rarer + _RARER_LABELS)


def taught(
    prior: AliasPrior, logit: float, vector: Sequence[float], *, about: bool, version: str
) -> AliasPrior:
    """After a seller said whether a post of this logit and vector was about the account."""
    prior = _of_version(prior, version)
    labels, inputs = prior.labels + 1, _inputs(logit, vector)
    centre = prior.centre or (0.0,) * len(inputs)
    centre = tuple(c + (i - c) / labels for c, i in zip(centre, inputs, strict=True))
    inputs = (1.0, *_centred(inputs, centre))
    weights, covariance = _updated(prior, logit, inputs, about=about)
    return replace(
        prior,
        labels=labels,
        positives=prior.positives + about,
        level=weights[0] if labels <= LEVEL_LABELS else prior.level,
        centre=centre,
        weights=weights,
        covariance=covariance,
    )


def _updated(
    prior: AliasPrior, logit: float, inputs: Sequence[float], *, about: bool
) -> tuple[tuple[float, ...], tuple[tuple[float, ...], ...]]:
    """Weights and their covariance after one more label."""
    weights = prior.weights or (0.0,) * len(inputs)
    covariance = prior.covariance or _first_covariance(len(inputs))
    spread = [sum(map(mul, row, inputs)) for row in covariance]
    variance = sum(map(mul, spread, inputs))
    offset = logit + sum(map(mul, weights, inputs))
    step = _step(offset, variance, float(about))
    sure = probability(offset + variance * step)
    shrink = sure * (1 - sure) / (1 + sure * (1 - sure) * variance)
    return (
        tuple(w + step * s for w, s in zip(weights, spread, strict=True)),
        tuple(
            tuple(c - shrink * one * other for c, other in zip(row, spread, strict=True))
            for row, one in zip(covariance, spread, strict=True)
        ),
    )


def probability(logit: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))


def _of_version(prior: AliasPrior, version: str) -> AliasPrior:
    return prior if prior.version == version else AliasPrior(version)


def _inputs(logit: float, vector: Sequence[float]) -> tuple[float, ...]:
    return (logit * _LOGIT_SCALE, *vector[:DIMENSIONS])


def _centred(inputs: tuple[float, ...], centre: tuple[float, ...]) -> Iterator[float]:
    return map(sub, inputs, centre)


def _first_covariance(size: int) -> tuple[tuple[float, ...], ...]:
    variances = (*_VARIANCES[:2], *(_VARIANCES[2] for _ in range(size - 2)))
    return tuple(
        tuple(variances[row] if row == column else 0.0 for column in range(size))
        for row in range(size)
    )


def _step(offset: float, variance: float, label: float) -> float:
    """The one unknown of the new maximum: ``step = label - probability(offset + variance*step)``,
    by Newton's method."""
    step = 0.0
    for _ in range(_NEWTON_STEPS):
        sure = probability(offset + variance * step)
        step -= (step - label + sure) / (1 + variance * sure * (1 - sure))
    return step


def text_of(prior: AliasPrior) -> str:
    """What DynamoDB stores, some 3 KB at most: single precision, the covariance's triangle."""
    triangle = [value for row, line in enumerate(prior.covariance) for value in line[: row + 1]]
    known = (prior.positives, prior.level, *prior.centre) if prior.labels else ()
    numbers = array("f", (prior.kinship, *known, *prior.weights, *triangle))
    packed = b85encode(numbers.tobytes()).decode("ascii")
    return f"{prior.version} {prior.posts} {prior.labels} {len(prior.weights)} {packed}"


def prior_from(text: str) -> AliasPrior:
    """The prior that wrote ``text``; ValueError for anything else."""
    version, posts, labels, size, packed = text.split(" ")
    numbers, count = array("f", b85decode(packed)), int(size)
    prior = AliasPrior(version, int(posts), numbers[0])
    if len(numbers) == 1 and count == 0:
        return prior
    if len(numbers) != 2 + 2 * count + count * (count + 1) // 2:
        raise ValueError("not a prior")
    weights, triangle = numbers[2 + count : 2 + 2 * count], numbers[2 + 2 * count :]
    return replace(
        prior,
        labels=int(labels),
        positives=round(numbers[1]),
        level=numbers[2],
        centre=tuple(numbers[3 : 2 + count]),
        weights=tuple(weights),
        covariance=_square(triangle, count),
    )


def _square(triangle: Sequence[float], count: int) -> tuple[tuple[float, ...], ...]:
    return tuple(
        tuple(
            triangle[max(row, column) * (max(row, column) + 1) // 2 + min(row, column)]
            for column in range(count)
        )
        for row in range(count)
    )
