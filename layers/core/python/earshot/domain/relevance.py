"""How much one signal matters to one seller: an additive score, each contribution named.

Pure: the same signal, account, role and weights give the same bytes. The weights are configuration
and carry a version, which is stored with every score.
"""

from collections.abc import Iterator

from earshot.domain.models import (
    Account,
    Contribution,
    Intent,
    Model,
    Relevance,
    Role,
    Signal,
    Urgency,
)


class Weights(Model):
    """Points by name; ``threshold`` is the least score that is worth an interruption."""

    version: str = "2026-11"
    threshold: int = 60
    intent: dict[Intent, int] = {
        Intent.PURCHASE: 40,
        Intent.SWITCHING: 40,
        Intent.RECOMMENDATION: 35,
        Intent.COMPLAINT: 25,
        Intent.NEWS: 20,
        Intent.SUPPORT: 10,
        Intent.PRAISE: 5,
        Intent.PROMOTION: 0,
        Intent.OTHER: 0,
    }
    urgency: dict[Urgency, int] = {Urgency.NOW: 15, Urgency.SOON: 10, Urgency.NONE: 0}
    role: dict[Role, int] = {
        Role.OWNER: 25,
        Role.DEPUTY: 20,
        Role.SERVICE: 20,
        Role.DESK: 20,
        Role.TERRITORY: 10,
    }
    owned_by_another: int = -45
    competitor_involved: int = 15
    open_stage: int = 10
    large_account: int = 5
    conversation: int = 5
    open_stages: tuple[str, ...] = ("opportunity", "negotiation", "customer", "renewal")
    large_from_employees: int = 250


def score(
    signal: Signal,
    account: Account | None,
    role: Role,
    *,
    owned: bool,
    weights: Weights,
    versions: dict[str, str],
) -> Relevance:
    """``owned`` says that an owner is among the candidates, who then comes first."""
    parts = (
        *_of_signal(signal, weights),
        *_of_account(account, weights),
        *_of_role(role, owned, weights),
    )
    contributions = tuple(Contribution(name=name, points=points) for name, points in parts)
    total = sum(contribution.points for contribution in contributions)
    return Relevance(
        score=max(0, min(100, total)),
        contributions=contributions,
        versions={**versions, "weights": weights.version},
    )


def _of_signal(signal: Signal, weights: Weights) -> Iterator[tuple[str, int]]:
    yield f"intent_{signal.intent}", weights.intent[signal.intent]
    if points := weights.urgency[signal.urgency]:
        yield f"urgency_{signal.urgency}", points
    if any(entry.startswith("competitor:") for entry in signal.objects):
        yield "competitor_involved", weights.competitor_involved
    if signal.author_count > 1:
        yield "conversation", weights.conversation


def _of_account(account: Account | None, weights: Weights) -> Iterator[tuple[str, int]]:
    if account is None:
        return
    if (account.stage or "").casefold() in weights.open_stages:
        yield "open_stage", weights.open_stage
    if (account.employees or 0) >= weights.large_from_employees:
        yield "large_account", weights.large_account


def _of_role(role: Role, owned: bool, weights: Weights) -> Iterator[tuple[str, int]]:
    yield f"role_{role}", weights.role[role]
    if owned and role is not Role.OWNER:
        yield "owned_by_another", weights.owned_by_another
