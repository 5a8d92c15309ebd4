"""The list of signals that a seller was told of."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from earshot.domain import mail_parts
from earshot.domain import mail_wording as wording
from earshot.domain.claims import CLOSING, DONE, has_run_out
from earshot.domain.mail_page import headline_of
from earshot.domain.models import Claim, Feedback, Model, Seller, Signal
from earshot.domain.pages import Entry, OpenPage, OpenSignal, Section
from earshot.domain.pages_progress import Progress, state_of
from earshot.domain.untrusted import line

_SECTIONS = (
    ("yours", "Waiting for your answer"),
    ("open", "Open"),
    ("others", "Taken by colleagues"),
    ("closed", "Closed"),
)


class Listed(Model):
    """A signal that the seller was told of, with what became of it."""

    told: OpenSignal
    signal: Signal
    claim: Claim | None
    feedback: Feedback | None


def open_page(
    listed: Iterable[Listed], seller: Seller, people: Mapping[str, str], *, now: datetime
) -> OpenPage:
    """What waits for the seller first; in each section the highest score first, then the latest."""
    by_section: dict[str, list[Listed]] = {name: [] for name, _ in _SECTIONS}
    ordered = sorted(listed, key=lambda one: (one.told.score, one.told.told_at), reverse=True)
    for one in ordered:
        by_section[_section(one, seller, now)].append(one)
    return OpenPage(
        sections=tuple(
            Section(
                title=title,
                entries=tuple(_entry(one, seller, people, now=now) for one in by_section[name]),
            )
            for name, title in _SECTIONS
            if by_section[name]
        )
    )


def _entry(one: Listed, seller: Seller, people: Mapping[str, str], *, now: datetime) -> Entry:
    progress = Progress(claim=one.claim, feedback=one.feedback, people=dict(people))
    return Entry(
        address=f"signals/{one.signal.signal_id}",
        subject_name=line(one.signal.subject.name, mail_parts.LONGEST_NAME),
        headline=headline_of(one.signal, []),
        label=wording.label(one.told.score),
        state=state_of(progress, seller, now),
        told=mail_parts.moment(one.told.told_at, seller.hours.zone),
    )


def _section(one: Listed, seller: Seller, now: datetime) -> str:
    claim = one.claim
    if (claim and claim.state == DONE) or (one.feedback and one.feedback.kind in CLOSING):
        return "closed"
    if claim and claim.seller_id == seller.seller_id:
        return "yours"
    return "others" if claim and not has_run_out(claim, now) else "open"
