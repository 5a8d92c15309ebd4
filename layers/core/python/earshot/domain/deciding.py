"""For each candidate of a signal: alert, digest, or not, and why.

What the seller heard before is no part of it: a decision says what they are to hear of, and telling
them remembers what they heard (docs/decisions/0015)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from earshot.domain.attention import attend
from earshot.domain.availability import is_away
from earshot.domain.models import (
    Account,
    Candidate,
    Decision,
    DecisionSet,
    Intent,
    Outcome,
    Relevance,
    Role,
    Seller,
    Signal,
    Urgency,
)
from earshot.domain.muting import muting
from earshot.domain.preferences import as_preferred
from earshot.domain.relevance import Scores, Weights

# So many may be interrupted by one signal; others read of it in their digest.
MOST_ALERTS = 40
NOTHING_NEW = "nothing_new"
REBUILT = "rebuilt"
SILENT = frozenset((NOTHING_NEW, REBUILT))

_OTHERS = frozenset((Role.DEPUTY, Role.DESK, Role.TERRITORY))
_ROLE_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(slots=True)
class _Verdict:
    """What a candidate is to hear, as far as it is decided."""

    candidate: Candidate
    relevance: Relevance
    outcome: Outcome
    reason: str
    is_muted: bool = False

    @property
    def seller(self) -> Seller:
        return as_preferred(self.candidate.seller, self.candidate.preferences)

    def becomes(self, outcome: Outcome, reason: str) -> None:
        self.outcome, self.reason = outcome, reason


def best_roles(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Each seller once, with the closest role, in the order of role and seller id."""
    ranked = sorted(candidates, key=lambda c: (_ROLE_RANK[c.role], c.seller.seller_id))
    first: dict[str, Candidate] = {}
    for candidate in ranked:
        first.setdefault(candidate.seller.seller_id, candidate)
    return tuple(first.values())


def decide(
    signal: Signal,
    account: Account | None,
    candidates: Collection[Candidate],
    *,
    now: datetime,
    weights: Weights,
    versions: dict[str, str],
) -> DecisionSet:
    """Decisions in the order of ``best_roles``. ``now`` is read for attention only: what was muted
    until when, who is away, and when a mail may go."""
    ranked = best_roles(candidates)
    owned = any(candidate.role is Role.OWNER for candidate in ranked)
    scores = Scores(signal, account, owned=owned, weights=weights, versions=versions)
    verdicts = [_verdict(candidate, scores.of(candidate), weights) for candidate in ranked]
    _respect_wishes(signal, verdicts, now)
    _leave_to_service(signal, verdicts)
    _stand_in(verdicts, signal.urgency, now)
    _leave_to_owner(verdicts, signal.urgency, now)
    _bound(verdicts)
    return DecisionSet(
        signal_id=signal.signal_id,
        revision=signal.revision,
        decisions=tuple(_decision(verdict, signal.urgency, now) for verdict in verdicts),
    )


def silenced(decided: DecisionSet, reason: str = NOTHING_NEW) -> DecisionSet:
    """The same, but nobody hears of it: no post of it is new."""
    silent = {"outcome": Outcome.NOT, "reason": reason, "attention": None}
    return decided.model_copy(
        update={
            "decisions": tuple(
                one if one.outcome is Outcome.NOT else one.model_copy(update=silent)
                for one in decided.decisions
            )
        }
    )


def _verdict(candidate: Candidate, relevance: Relevance, weights: Weights) -> _Verdict:
    if relevance.score >= weights.alert_from:
        return _Verdict(candidate, relevance, Outcome.ALERT, "worth_an_alert")
    if relevance.score >= weights.digest_from:
        return _Verdict(candidate, relevance, Outcome.DIGEST, "below_alert")
    return _Verdict(candidate, relevance, Outcome.NOT, "below_digest")


def _leave_to_service(signal: Signal, verdicts: Sequence[_Verdict]) -> None:
    """What asks for support is answered by those who give it; the others read of it."""
    if signal.intent is not Intent.SUPPORT:
        return
    alerted = [one for one in verdicts if one.outcome is Outcome.ALERT]
    if any(one.candidate.role is Role.SERVICE for one in alerted):
        for one in alerted:
            if one.candidate.role is not Role.SERVICE:
                one.becomes(Outcome.DIGEST, "left_to_service")


def _respect_wishes(signal: Signal, verdicts: Iterable[_Verdict], now: datetime) -> None:
    for one in verdicts:
        wishes = one.candidate.preferences
        if wishes is None:
            continue
        if muted := muting(wishes, signal, one.relevance, now=now):
            one.is_muted = True
            if one.outcome is not Outcome.NOT:
                one.becomes(Outcome.NOT, f"muted_{muted.kind}")
        elif one.outcome is Outcome.ALERT and not wishes.instant:
            one.becomes(Outcome.DIGEST, "unsubscribed")


def _stand_in(verdicts: Sequence[_Verdict], urgency: Urgency, now: datetime) -> None:
    """Where an owner is away, a deputy who is there is alerted in their place: whoever would be
    alerted anyway, else the first. Without one the owner's alert waits until they are back."""
    owners = [
        one for one in verdicts if one.outcome is Outcome.ALERT and one.candidate.role is Role.OWNER
    ]
    away = [one for one in owners if is_away(one.seller, urgency, now)]
    if not away:
        return
    deputies = (one for one in verdicts if _takes_alerts(one))
    present = [one for one in deputies if not is_away(one.seller, urgency, now)]
    if not present:
        return
    if all(one.outcome is not Outcome.ALERT for one in present):
        present[0].becomes(Outcome.ALERT, "stands_in")
    for one in away:
        one.becomes(Outcome.DIGEST, "stands_back")


def _leave_to_owner(verdicts: Sequence[_Verdict], urgency: Urgency, now: datetime) -> None:
    """What interrupts an owner who is there, or who stands in for one, need not interrupt a deputy,
    a desk and a territory as well. Service has a work of its own."""
    alerted = [one for one in verdicts if one.outcome is Outcome.ALERT]
    if any(_is_in_charge(one, urgency, now) for one in alerted):
        for one in alerted:
            if one.candidate.role in _OTHERS and one.reason != "stands_in":
                one.becomes(Outcome.DIGEST, "left_to_owner")


def _is_in_charge(one: _Verdict, urgency: Urgency, now: datetime) -> bool:
    is_owner = one.candidate.role is Role.OWNER and not is_away(one.seller, urgency, now)
    return is_owner or one.reason == "stands_in"


def _takes_alerts(one: _Verdict) -> bool:
    """A deputy who did not mute this and wants to be interrupted at all."""
    wishes = one.candidate.preferences
    is_deputy = one.candidate.role is Role.DEPUTY
    return is_deputy and not one.is_muted and (wishes is None or wishes.instant)


def _bound(verdicts: Iterable[_Verdict]) -> None:
    """The ``MOST_ALERTS`` highest scores are alerted; who stands in for an owner goes first."""
    alerts = [one for one in verdicts if one.outcome is Outcome.ALERT]
    alerts.sort(
        key=lambda one: (
            one.reason != "stands_in",
            -one.relevance.score,
            one.candidate.seller.seller_id,
        )
    )
    for one in alerts[MOST_ALERTS:]:
        one.becomes(Outcome.DIGEST, "beyond_the_most_alerts")


def _decision(one: _Verdict, urgency: Urgency, now: datetime) -> Decision:
    attention = attend(one.seller, urgency, now) if one.outcome is Outcome.ALERT else None
    return Decision(
        seller_id=one.candidate.seller.seller_id,
        role=one.candidate.role,
        outcome=one.outcome,
        reason=one.reason,
        relevance=one.relevance,
        attention=attention,
    )
