"""What a seller's feedback teaches, computed from all of it: so a changed click changes what was
learned, and learning twice changes nothing.

Logistic regression by AdaGrad (Duchi, Hazan and Singer 2011), a click at a time in the order they
were given, over the names of what the score was made of. The score without its learned part is the
offset: clicks that agree with it teach little.
"""

from collections.abc import Iterable
from datetime import datetime
from math import sqrt

from earshot.domain.learned_prior import probability
from earshot.domain.learned_relevance import CONTRIBUTION, Learned
from earshot.domain.models import Feedback, FeedbackKind
from earshot.domain.values import Identifier, Model

MOST_CLICKS = 500
"""The latest; what is older no longer counts."""

_EVEN_SCORE = 60
_POINTS_PER_LOGIT = 15
_STEP = 0.1
_MOST_THOUSANDTHS = 20_000

_ACTED_ON = frozenset(
    (FeedbackKind.USEFUL, FeedbackKind.CLAIMED, FeedbackKind.WON, FeedbackKind.LOST)
)
_RIGHT_BUT_NOT_WANTED = frozenset(("", "not_for_me", "no_business"))


class Taught(Model):
    """Of a signal that a seller spoke about: ``connections`` are source and connection of its
    posts, together; ``settled`` when nothing is left that the seller's word on its company could
    teach the alias, which happens once."""

    signal_id: Identifier
    connections: tuple[str, ...]
    settled: bool = False


def is_wanted(feedback: Feedback) -> bool | None:
    """Whether it says that such signals are worth the seller's time; ``None`` where it says nothing
    of that: a wrong company is a fault of matching, and news may be good and late."""
    if feedback.kind in _ACTED_ON:
        return True
    if feedback.kind is FeedbackKind.NOT_RELEVANT and feedback.why in _RIGHT_BUT_NOT_WANTED:
        return False
    return None


def is_about(feedback: Feedback) -> bool | None:
    """Whether it says that the post was about the company it was held to be about."""
    if feedback.kind in _ACTED_ON:
        return True
    if feedback.kind is FeedbackKind.NOT_RELEVANT and feedback.why == "wrong_company":
        return False
    return None


def latest(clicks: Iterable[Feedback], since: datetime | None) -> list[Feedback]:
    """Those that teach anything at all: the latest ``MOST_CLICKS`` after ``since``, in the order
    they were given."""
    telling = (one for one in clicks if is_wanted(one) is not None or is_about(one) is not None)
    fresh = (one for one in telling if since is None or one.given_at > since)
    return sorted(fresh, key=lambda one: (one.given_at, one.signal_id))[-MOST_CLICKS:]


def learn(
    seller_id: str, clicks: Iterable[Feedback], *, refused: int = 0, since: datetime | None = None
) -> Learned:
    """From these clicks in the order they were given. ``refused`` others were passed over because
    of where their posts came from."""
    told = [one for one in latest(clicks, since) if is_wanted(one) is not None]
    weights: dict[str, float] = {}
    slopes: dict[str, float] = {}
    for one in told:
        _take(one, weights, slopes)
    thousandths = {name: _thousandths(weight) for name, weight in sorted(weights.items())}
    return Learned(
        seller_id=seller_id,
        thousandths={name: value for name, value in thousandths.items() if value},
        labels=len(told),
        refused=refused,
        since=since,
    )


def _take(one: Feedback, weights: dict[str, float], slopes: dict[str, float]) -> None:
    parts = {part.name: part.points for part in one.contributions if part.name != CONTRIBUTION}
    score = max(0, min(100, sum(parts.values())))
    offset = (score - _EVEN_SCORE) / _POINTS_PER_LOGIT
    expected = probability(offset + sum(weights.get(name, 0.0) for name in parts))
    missed = float(bool(is_wanted(one))) - expected
    for name in parts:
        slopes[name] = slopes.get(name, 1.0) + missed * missed
        weights[name] = weights.get(name, 0.0) + _STEP * missed / sqrt(slopes[name])


def _thousandths(weight: float) -> int:
    value = round(weight * _POINTS_PER_LOGIT * 1_000)
    return max(-_MOST_THOUSANDTHS, min(_MOST_THOUSANDTHS, value))
