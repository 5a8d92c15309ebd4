"""The replay of EVAL.md: a seller per account, clicks in a random order; how well scores order the
posts after the first 50, with and without what was learned of the posts before each."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean

from earshot_training.judged import Judged, auc, order_of

ORDERS = 5
BEFORE_IT_COUNTS = 50
ENOUGH_OF_EACH = 20


@dataclass(frozen=True)
class Replay:
    """One seller in one order. ``is_enough``: so many posts of each kind came after the first
    ``BEFORE_IT_COUNTS`` that the order within them means something."""

    seller: str
    learned: float
    unlearned: float
    is_enough: bool


@dataclass(frozen=True)
class Feedback:
    """Averaged over sellers with both kinds, and the seller for whom learning did least, averaged
    over the orders."""

    learned: float
    unlearned: float
    worst: str
    difference: float

    def __str__(self) -> str:
        return (
            f"feedback replayed in {ORDERS} orders: AUC after {BEFORE_IT_COUNTS} labels "
            f"{self.learned:.3f} (goal .80), unlearned {self.unlearned:.3f}; "
            f"worst seller {self.difference:+.3f}, {self.worst} (goal -.01)"
        )


def feedback(results: Sequence[Judged]) -> Feedback:
    found = [
        replay
        for result in results
        for seed in range(ORDERS)
        if (replay := replayed(result, seed)) is not None
    ]
    gains: dict[str, list[float]] = defaultdict(list)
    for one in found:
        if one.is_enough:
            gains[one.seller].append(one.learned - one.unlearned)
    difference, worst = min((mean(some), seller) for seller, some in gains.items())
    return Feedback(
        learned=mean(one.learned for one in found),
        unlearned=mean(one.unlearned for one in found),
        worst=worst,
        difference=difference,
    )


def replayed(result: Judged, seed: int) -> Replay | None:
    """``None`` where one kind is missing after the first ``BEFORE_IT_COUNTS``."""
    steps = list(_steps(result, seed))[BEFORE_IT_COUNTS:]
    learned, unlearned, about = zip(*steps, strict=True)
    with_it, without = auc(learned, about), auc(unlearned, about)
    if with_it is None or without is None:
        return None
    fewer = min(sum(about), len(about) - sum(about))
    return Replay(result.company.name, with_it, without, fewer >= ENOUGH_OF_EACH)


def _steps(result: Judged, seed: int) -> Iterator[tuple[float, float, bool]]:
    """Each post as it was judged before its own label, with what the labels before it taught and
    without."""
    priors = result.untaught
    for post in order_of(result, seed):
        learned, unlearned = result.corrected(post, priors), result.corrected(post, result.untaught)
        yield learned, unlearned, result.company.about[post]
        priors = result.taught(post, priors)
