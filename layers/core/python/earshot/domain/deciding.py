"""For each candidate of a signal: alert, or not, and why."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from earshot.domain.attention import attend
from earshot.domain.models import (
    Account,
    Candidate,
    Decision,
    DecisionSet,
    Model,
    Outcome,
    Role,
    Signal,
)
from earshot.domain.relevance import Weights, score

# One transaction holds 100 items: an outbox row and a guard for each alert, and a dozen others.
MOST_ALERTS = 40

_ROLE_RANK = tuple(Role)


class Heard(Model):
    """Whom the story has already reached: sellers with an alert of this signal, and sellers who
    were alerted to one of its posts under another subject."""

    of_signal: frozenset[str] = frozenset()
    of_post: frozenset[str] = frozenset()


def best_roles(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Each seller once, with the closest role, in the order of role and seller id."""
    ranked = sorted(candidates, key=lambda c: (_ROLE_RANK.index(c.role), c.seller.seller_id))
    first: dict[str, Candidate] = {}
    for candidate in ranked:
        first.setdefault(candidate.seller.seller_id, candidate)
    return tuple(first.values())


def decide(
    signal: Signal,
    account: Account | None,
    candidates: Collection[Candidate],
    *,
    heard: Heard,
    now: datetime,
    weights: Weights,
    versions: dict[str, str],
) -> DecisionSet:
    """Decisions in the order of ``best_roles``. ``now`` is read for attention only."""
    ranked = best_roles(candidates)
    owned = any(candidate.role is Role.OWNER for candidate in ranked)
    decisions = []
    for candidate in ranked:
        relevance = score(
            signal, account, candidate.role, owned=owned, weights=weights, versions=versions
        )
        loud = relevance.score >= weights.threshold
        reason = _reason_for_silence(candidate, heard) if loud else "below_threshold"
        attention = None if reason else attend(candidate.seller, signal.urgency, now)
        decisions.append(
            Decision(
                seller_id=candidate.seller.seller_id,
                role=candidate.role,
                outcome=Outcome.NOT if reason else Outcome.ALERT,
                reason=reason or "worth_an_alert",
                relevance=relevance,
                attention=attention,
            )
        )
    return DecisionSet(
        signal_id=signal.signal_id, revision=signal.revision, decisions=_bounded(decisions)
    )


def silenced(decided: DecisionSet, reason: str) -> DecisionSet:
    """The same, but nobody is alerted: ``reason`` says why."""
    silent = {"outcome": Outcome.NOT, "reason": reason, "attention": None}
    return decided.model_copy(
        update={
            "decisions": tuple(
                one.model_copy(update=silent) if one.outcome is Outcome.ALERT else one
                for one in decided.decisions
            )
        }
    )


def _bounded(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The ``MOST_ALERTS`` highest scores are alerted; the others are not, and say so. They may be
    when the story goes on."""
    alerts = [decision for decision in decisions if decision.outcome is Outcome.ALERT]
    alerts.sort(key=lambda decision: (-decision.relevance.score, decision.seller_id))
    late = {decision.seller_id for decision in alerts[MOST_ALERTS:]}
    silent = {"outcome": Outcome.NOT, "reason": "beyond_the_most_alerts", "attention": None}
    return tuple(
        one.model_copy(update=silent) if one.seller_id in late else one for one in decisions
    )


def _reason_for_silence(candidate: Candidate, heard: Heard) -> str | None:
    if candidate.seller.seller_id in heard.of_signal:
        return "already_alerted"
    if candidate.seller.seller_id in heard.of_post:
        return "heard_of_the_post"
    return None
