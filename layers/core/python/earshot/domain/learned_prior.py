"""What is known of one alias of one account before a post is read: how near its earlier posts, not
labelled, were to the account, and what sellers said of some.

Labels update a small logistic model whose offset is the logit without them: online Bayesian
regression by Laplace's approximation with the full covariance (as in Spiegelhalter and Lauritzen
1990), over a constant, that logit itself and the leading dimensions of the post's vector.
"""

from array import array
from base64 import b85decode, b85encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp
from operator import mul

DIMENSIONS = 32
_VARIANCES = (1.0, 0.1, 8.0)
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
    weights: tuple[float, ...] = ()
    covariance: tuple[tuple[float, ...], ...] = ()


NOTHING_KNOWN = AliasPrior()


def observed(prior: AliasPrior, kinship: float, *, version: str) -> AliasPrior:
    """After one more post of the alias. The order of posts makes no difference to what is known."""
    prior = _of_version(prior, version)
    return replace(prior, posts=prior.posts + 1, kinship=prior.kinship + kinship)


def correction(prior: AliasPrior, logit: float, vector: Sequence[float]) -> float:
    """What the labels add to the logit of a post."""
    return sum(map(mul, prior.weights, _inputs(logit, vector))) if prior.labels else 0.0


def taught(
    prior: AliasPrior, logit: float, vector: Sequence[float], *, about: bool, version: str
) -> AliasPrior:
    """After a seller said whether a post of this logit and vector was about the account."""
    prior = _of_version(prior, version)
    inputs = _inputs(logit, vector)
    weights = prior.weights or (0.0,) * len(inputs)
    covariance = prior.covariance or _first_covariance(len(inputs))
    spread = [sum(map(mul, row, inputs)) for row in covariance]
    variance = sum(map(mul, spread, inputs))
    offset = logit + sum(map(mul, weights, inputs))
    step = _step(offset, variance, float(about))
    sure = probability(offset + variance * step)
    shrink = sure * (1 - sure) / (1 + sure * (1 - sure) * variance)
    return replace(
        prior,
        labels=prior.labels + 1,
        weights=tuple(w + step * s for w, s in zip(weights, spread, strict=True)),
        covariance=tuple(
            tuple(c - shrink * one * other for c, other in zip(row, spread, strict=True))
            for row, one in zip(covariance, spread, strict=True)
        ),
    )


def probability(logit: float) -> float:
    return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))


def _of_version(prior: AliasPrior, version: str) -> AliasPrior:
    return prior if prior.version == version else AliasPrior(version)


def _inputs(logit: float, vector: Sequence[float]) -> tuple[float, ...]:
    return (1.0, logit * _LOGIT_SCALE, *vector[:DIMENSIONS])


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
    numbers = array("f", (prior.kinship, *prior.weights, *triangle))
    packed = b85encode(numbers.tobytes()).decode("ascii")
    return f"{prior.version} {prior.posts} {prior.labels} {len(prior.weights)} {packed}"


def prior_from(text: str) -> AliasPrior:
    """The prior that wrote ``text``; ValueError for anything else."""
    version, posts, labels, size, packed = text.split(" ")
    numbers = array("f", b85decode(packed))
    count = int(size)
    if len(numbers) != 1 + count + count * (count + 1) // 2:
        raise ValueError("not a prior")
    weights, triangle = tuple(numbers[1 : 1 + count]), numbers[1 + count :]
    covariance = tuple(
        tuple(
            triangle[max(row, column) * (max(row, column) + 1) // 2 + min(row, column)]
            for column in range(count)
        )
        for row in range(count)
    )
    return AliasPrior(version, int(posts), numbers[0], int(labels), weights, covariance)
