"""How a signal stands, in a sentence or two."""

from datetime import datetime

from earshot.domain import mail_parts
from earshot.domain.claims import CLAIMED, CLOSING, DONE, OFFERED, has_run_out
from earshot.domain.models import Claim, Feedback, FeedbackKind, Model, Seller

_SAID = {
    FeedbackKind.USEFUL: "You said it was useful.",
    FeedbackKind.NOT_RELEVANT: "You said it was not relevant.",
    FeedbackKind.WON: "You won it.",
    FeedbackKind.LOST: "You lost it.",
}


class Progress(Model):
    """Who has a signal and what the seller said. ``people`` are names by id."""

    claim: Claim | None = None
    feedback: Feedback | None = None
    people: dict[str, str] = {}


def state_of(progress: Progress, seller: Seller, now: datetime) -> str:
    """A sentence, and another one for what the seller said."""
    said = _SAID.get(progress.feedback.kind, "") if progress.feedback else ""
    if progress.claim is None and progress.feedback and progress.feedback.kind in CLOSING:
        return said
    return f"{_claimed(progress, seller, now)} {said}".strip()


def _claimed(progress: Progress, seller: Seller, now: datetime) -> str:
    claim = progress.claim
    if claim is None:
        return "Nobody has taken it yet."
    is_own = claim.seller_id == seller.seller_id
    who = "You" if is_own else mail_parts.name_of(claim.seller_id, progress.people)
    giver = mail_parts.name_of(claim.from_id or "", progress.people)
    told = {
        CLAIMED: f"{who} took it.",
        OFFERED: f"{giver} handed it over to you; you have not accepted yet."
        if is_own
        else f"{giver} handed it over to {who}, who has not accepted yet.",
        DONE: f"{who} closed it.",
    }[claim.state]
    return f"{told} The time for it ran out." if has_run_out(claim, now) else told
