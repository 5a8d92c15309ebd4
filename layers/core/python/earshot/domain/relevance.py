"""How much one signal matters to one seller: an additive score, each contribution named.

Pure: the same signal, account, candidate and weights give the same bytes, and no clock is read. The
weights are configuration and carry a version, which is stored with every score.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from earshot.domain.learned_relevance import CONTRIBUTION, Learned, learned_points
from earshot.domain.models import (
    Account,
    Candidate,
    Contribution,
    Degree,
    Event,
    Intent,
    Model,
    Relevance,
    Role,
    Score,
    Signal,
    Standing,
    Urgency,
)

Parts = Iterator[tuple[str, int]]


class Weights(Model):
    """Points by name. A score of ``alert_from`` is worth an interruption, one of ``digest_from`` a
    line in the digest. What is left out counts nothing."""

    version: str = "2026-12"
    alert_from: Score = 60
    digest_from: Score = 35
    intent: dict[Intent, int] = {
        Intent.PURCHASE: 40,
        Intent.SWITCHING: 40,
        Intent.RECOMMENDATION: 35,
        Intent.COMPLAINT: 25,
        Intent.NEWS: 10,
        Intent.SUPPORT: 10,
        Intent.PRAISE: -5,
        Intent.PROMOTION: -60,
        Intent.OTHER: -60,
    }
    event: dict[Event, int] = {
        Event.FUNDING: 10,
        Event.ACQUISITION: 10,
        Event.LEADERSHIP: 10,
        Event.EXPANSION: 10,
    }
    urgency: dict[Urgency, int] = {Urgency.NOW: 15, Urgency.SOON: 10}
    degree: dict[Degree, int] = {Degree.ASKING: 10, Degree.CONVERSATION: 5, Degree.SKEWED: 5}
    standing: dict[Standing, int] = {
        Standing.CUSTOMER: 5,
        Standing.PROSPECT: 5,
        Standing.COMPETITOR: -120,
        Standing.OWN: -120,
    }
    role: dict[Role, int] = {
        Role.OWNER: 25,
        Role.DEPUTY: 20,
        Role.SERVICE: 20,
        Role.DESK: 20,
        Role.TERRITORY: 10,
    }
    competitor_involved: int = 15
    conversation: int = 5
    young_story: int = 5
    young_days: int = 2
    open_stage: int = 10
    large_account: int = 5
    valuable_account: int = 5
    favoured_industry: int = 5
    open_stages: tuple[str, ...] = ("opportunity", "negotiation", "customer", "renewal")
    large_from_employees: int = 250
    valuable_from_revenue: int = 50_000_000
    favoured_industries: tuple[str, ...] = ()
    service_matter: int = 35
    owned_by_another: int = -45
    sells_the_product: int = 10


class Scores:
    """Scores of one signal for its candidates. What they share is added up once; candidates that
    differ in nothing that counts share one ``Relevance``."""

    def __init__(
        self,
        signal: Signal,
        account: Account | None,
        *,
        owned: bool,
        weights: Weights,
        versions: Mapping[str, str],
    ) -> None:
        """``owned`` says that an owner is among the candidates, who then comes first."""
        self._weights = weights
        self._owned = owned
        self._versions = {**versions, "weights": weights.version}
        self._objects = frozenset(signal.objects)
        self._shared = _named((*_of_signal(signal, weights), *_of_account(account, weights)))
        self._known: dict[tuple[Role, bool], Relevance] = {}

    def of(self, candidate: Candidate) -> Relevance:
        key = candidate.role, not self._objects.isdisjoint(candidate.seller.products)
        relevance = self._known.get(key)
        if relevance is None:
            own = _named(_of_role(*key, owned=self._owned, weights=self._weights))
            relevance = self._known[key] = _summed((*self._shared, *own), self._versions)
        learned = candidate.learned
        return self._taught(relevance, learned) if learned and learned.labels else relevance

    def _taught(self, relevance: Relevance, learned: Learned) -> Relevance:
        points = learned_points(learned, (one.name for one in relevance.contributions))
        own = (Contribution(name=CONTRIBUTION, points=points),) if points else ()
        versions = {**self._versions, "learned": learned.version}
        return _summed((*relevance.contributions, *own), versions)


def _summed(contributions: tuple[Contribution, ...], versions: dict[str, str]) -> Relevance:
    total = sum(one.points for one in contributions)
    return Relevance(score=max(0, min(100, total)), contributions=contributions, versions=versions)


def _named(parts: Iterable[tuple[str, int]]) -> tuple[Contribution, ...]:
    """All that count, and the intent always."""
    return tuple(
        Contribution(name=name, points=points)
        for name, points in parts
        if points or name.startswith("intent_")
    )


def _of_signal(signal: Signal, weights: Weights) -> Parts:
    yield f"intent_{signal.intent}", weights.intent.get(signal.intent, 0)
    yield f"urgency_{signal.urgency}", weights.urgency.get(signal.urgency, 0)
    yield f"degree_{signal.degree}", weights.degree.get(signal.degree, 0)
    yield f"standing_{signal.standing}", weights.standing.get(signal.standing, 0)
    if signal.event and signal.intent is Intent.NEWS:
        yield f"event_{signal.event}", weights.event.get(signal.event, 0)
    if any(entry.startswith("competitor:") for entry in signal.objects):
        yield "competitor_involved", weights.competitor_involved
    if signal.author_count > 1:
        yield "conversation", weights.conversation
    if signal.last_posted_at - signal.first_posted_at <= timedelta(days=weights.young_days):
        yield "young_story", weights.young_story


def _of_account(account: Account | None, weights: Weights) -> Parts:
    if account is None:
        return
    if (account.stage or "").strip().casefold() in weights.open_stages:
        yield "open_stage", weights.open_stage
    if (account.employees or 0) >= weights.large_from_employees:
        yield "large_account", weights.large_account
    if (account.revenue or 0) >= weights.valuable_from_revenue:
        yield "valuable_account", weights.valuable_account
    industries = {name.casefold() for name in weights.favoured_industries}
    if (account.industry or "").strip().casefold() in industries:
        yield "favoured_industry", weights.favoured_industry


def _of_role(role: Role, sells: bool, *, owned: bool, weights: Weights) -> Parts:
    yield f"role_{role}", weights.role.get(role, 0)
    if role is Role.SERVICE:
        yield "service_matter", weights.service_matter
    elif owned and role is not Role.OWNER:
        yield "owned_by_another", weights.owned_by_another
    if sells:
        yield "sells_the_product", weights.sells_the_product
