"""Who takes care of a signal, for how long, and what follows when nobody does."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from earshot.domain.models import Claim, FeedbackKind, Model, Slug, Utc
from earshot.domain.untrusted import paragraph

LONGEST_NOTE = 500
CLAIMED, OFFERED, DONE = "claimed", "offered", "done"
CLOSING = frozenset((FeedbackKind.NOT_RELEVANT, FeedbackKind.WON, FeedbackKind.LOST))
"""After such feedback a signal waits for nothing of whoever gave it."""


class ClaimRefusal(StrEnum):
    """Why somebody may not have it."""

    TAKEN = "taken"
    DONE = "done"
    SELF = "self"


class Wish(Model):
    """Who wants to take care of what, and by when they are to show it."""

    subject_id: str
    signal_id: str
    seller_id: Slug
    lease_until: Utc


def still_stands(claim: Claim | None, version: int) -> bool:
    """Whether the claim is as it was when this version was written, and was not taken care of."""
    return claim is not None and claim.version == version and claim.state != DONE


def is_with_another(claim: Claim | None, seller_id: str) -> bool:
    """Whether a colleague of the seller took it on, or closed it."""
    return claim is not None and claim.state != OFFERED and claim.seller_id != seller_id


def take(current: Claim | None, wish: Wish, now: datetime) -> Claim | ClaimRefusal:
    """The first one has it. Whoever has it already has a new lease; whoever was offered it accepts;
    once the lease ran out, anybody may."""
    if refusal := _refusal(current, wish.seller_id, now):
        return refusal
    return _next(current, wish, CLAIMED, now=now)


def offer(
    current: Claim | None, wish: Wish, giver_id: str, *, note: str, now: datetime
) -> Claim | ClaimRefusal:
    """The giver hands it over to whom the wish names, if they might take it themself."""
    if giver_id == wish.seller_id:
        return ClaimRefusal.SELF
    if refusal := _refusal(current, giver_id, now):
        return refusal
    offered = _next(current, wish, OFFERED, now=now)
    note = paragraph(note, LONGEST_NOTE)
    return offered.model_copy(update={"from_id": giver_id, "note": note})


def finish(current: Claim | None, wish: Wish, now: datetime) -> Claim | ClaimRefusal:
    """Nothing more is to be done, says who has it. They may say so again."""
    if current and current.state == DONE and current.seller_id == wish.seller_id:
        return current
    if refusal := _refusal(current, wish.seller_id, now):
        return refusal
    return _next(current, wish, DONE, now=now).model_copy(update={"lease_until": None})


def escalates_to(claim: Claim, others: Iterable[str]) -> str | None:
    """Who hears of it when the lease runs out: who handed it over, else the first of the others;
    never whoever let it run out."""
    order = (claim.from_id, *others) if claim.state == OFFERED else others
    return next((one for one in order if one and one != claim.seller_id), None)


def has_run_out(claim: Claim, now: datetime) -> bool:
    return claim.lease_until is not None and claim.lease_until <= now


def _refusal(current: Claim | None, seller_id: str, now: datetime) -> ClaimRefusal | None:
    if current is None:
        return None
    if current.state == DONE:
        return ClaimRefusal.DONE
    handed_over_by_them = current.state == OFFERED and current.from_id == seller_id
    if current.seller_id == seller_id or handed_over_by_them or has_run_out(current, now):
        return None
    return ClaimRefusal.TAKEN


def _next(current: Claim | None, wish: Wish, state: str, *, now: datetime) -> Claim:
    """Who took over and with which words stays with whoever accepts."""
    keeps = current is not None and current.seller_id == wish.seller_id
    return Claim(
        signal_id=wish.signal_id,
        subject_id=wish.subject_id,
        seller_id=wish.seller_id,
        from_id=current.from_id if current and keeps else None,
        state=state,
        note=current.note if current and keeps else "",
        claimed_at=now,
        lease_until=wish.lease_until,
        version=current.version + 1 if current else 1,
    )
