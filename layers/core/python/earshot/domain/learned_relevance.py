"""What a seller's own clicks taught: a few points, more or less, by what a score is made of."""

from collections.abc import Iterable
from hashlib import sha256

from earshot.domain.values import Model, Slug, Utc

MOST_POINTS = 15
CONTRIBUTION = "learned"
_PARTS = 1_000


class Learned(Model):
    """``thousandths`` of a point by the name of a contribution; ``labels`` is how many clicks they
    rest on, ``refused`` how many were passed over because a connection's data must not be learned
    from. Clicks up to ``since`` were forgotten."""

    seller_id: Slug
    thousandths: dict[str, int] = {}
    labels: int = 0
    refused: int = 0
    since: Utc | None = None

    @property
    def version(self) -> str:
        """12 hex digits that stand for what scores depend on."""
        lines = (f"{name}={points}" for name, points in sorted(self.thousandths.items()))
        return sha256("\n".join(lines).encode()).hexdigest()[:12]


def learned_points(learned: Learned, names: Iterable[str]) -> int:
    """What is added to a score that is made of contributions of these names: never more than
    ``MOST_POINTS`` up or down, whatever was clicked."""
    known = learned.thousandths
    total = sum(known.get(name, 0) for name in names)
    rounded = (abs(total) + _PARTS // 2) // _PARTS
    return min(MOST_POINTS, rounded) if total > 0 else -min(MOST_POINTS, rounded)
