"""How well labels that were told agree with labels that were given."""

from collections.abc import Sequence
from statistics import mean


def macro_f1(given: Sequence[str], told: Sequence[str]) -> float:
    """Over the labels that were given."""
    return mean(f1(given, told, label) for label in sorted(set(given)))


def f1(given: Sequence[str], told: Sequence[str], label: str) -> float:
    both = sum(one == other == label for one, other in zip(given, told, strict=True))
    either = sum(one == label for one in given) + sum(one == label for one in told)
    return 2 * both / either if either else 0.0


def macro_recall(given: Sequence[str], told: Sequence[str]) -> float:
    return mean(recall(given, told, label) for label in sorted(set(given)))


def recall(given: Sequence[str], told: Sequence[str], label: str) -> float:
    of_label = [other for one, other in zip(given, told, strict=True) if one == label]
    return sum(other == label for other in of_label) / len(of_label)


def accuracy(given: Sequence[str], told: Sequence[str]) -> float:
    return mean(one == other for one, other in zip(given, told, strict=True))


def precision_at_top(scores: Sequence[float], hits: Sequence[bool], share: float) -> float:
    """Of the given share of all that scores highest."""
    ranked = sorted(range(len(scores)), key=lambda place: -scores[place])
    top = ranked[: max(1, int(len(ranked) * share))]
    return mean(hits[place] for place in top)
