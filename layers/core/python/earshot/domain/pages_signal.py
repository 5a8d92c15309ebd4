"""A signal with its evidence, and how it stands; one by one, and in the list."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from earshot.domain import mail_parts
from earshot.domain import mail_wording as wording
from earshot.domain.actions import ActionKind
from earshot.domain.answer_time import expected_by
from earshot.domain.claims import CLAIMED, DONE, OFFERED, has_run_out
from earshot.domain.mail_page import headline_of
from earshot.domain.models import (
    Claim,
    Feedback,
    FeedbackKind,
    Model,
    Outcome,
    Role,
    Seller,
    Signal,
    SignalPost,
)
from earshot.domain.pages import Entry, OpenPage, OpenSignal, Pairs, Section, SignalPage
from earshot.domain.pages_matter import Matter
from earshot.domain.plays import Play
from earshot.domain.untrusted import line, paragraph

LONGEST_NAME = mail_parts.LONGEST_NAME
LONGEST_QUOTE = 1_000
POSTS_SHOWN, EVIDENCE_SHOWN = 10, 12

_CLOSED = frozenset({FeedbackKind.NOT_RELEVANT, FeedbackKind.WON, FeedbackKind.LOST})
_SAID = {
    FeedbackKind.USEFUL: "You said it was useful.",
    FeedbackKind.NOT_RELEVANT: "You said it was not relevant.",
    FeedbackKind.WON: "You won it.",
    FeedbackKind.LOST: "You lost it.",
}
_SECTIONS = (
    ("yours", "Waiting for your answer"),
    ("open", "Open"),
    ("others", "Taken by colleagues"),
    ("closed", "Closed"),
)
_WHY_ME_NONE = "A colleague brought you in, or you are in scope for it no more."


class Listed(Model):
    """A signal that the seller was told of, with what became of it."""

    told: OpenSignal
    signal: Signal
    claim: Claim | None
    feedback: Feedback | None


class Standing(Model):
    """How a signal stands: who has it and what the seller said. ``people`` are names by id."""

    claim: Claim | None = None
    feedback: Feedback | None = None
    people: dict[str, str] = {}


def signal_page(
    matter: Matter,
    standing: Standing,
    posts: Sequence[SignalPost],
    *,
    play: Play | None,
    now: datetime,
) -> SignalPage:
    """``posts`` are with those words only that may be shown."""
    signal, seller, decision = matter.signal, matter.seller, matter.decision
    newest = mail_parts.newest_first(tuple(posts))
    evidence = mail_parts.evidence_of(newest, now)
    claim = standing.claim
    return SignalPage(
        subject_name=line(signal.subject.name, LONGEST_NAME),
        headline=headline_of(signal, evidence),
        label=wording.label(matter.score),
        state=state_of(standing, seller, now),
        note=claim.note if claim and claim.seller_id == seller.seller_id else "",
        answer_by=_answer_by(matter, claim, now),
        is_prospect=signal.subject.is_prospect,
        actions=_actions(signal, claim, seller),
        quotes=tuple(
            mail_parts.quote_of(post, LONGEST_QUOTE, now=now, zone=seller.hours.zone)
            for post in newest[:POSTS_SHOWN]
        ),
        more_posts=max(0, len(newest) - POSTS_SHOWN),
        play_title=line(play.title, 120) if play else "",
        play_text=paragraph(play.text, 4_000) if play else "",
        next_step=wording.NEXT_STEP[signal.intent],
        why_me=_why_me(matter),
        facts=mail_parts.facts_of(matter.account, standing.people) if matter.account else (),
        score=matter.score,
        contributions=tuple(
            (wording.contribution_label(part.name), f"{part.points:+d}")
            for part in (decision.relevance.contributions if decision else ())
        ),
        evidence=tuple(
            dict.fromkeys(
                (wording.EVIDENCE[one.kind], line(one.value, LONGEST_NAME))
                for one in evidence
                if one.value
            )
        )[:EVIDENCE_SHOWN],
    )


def state_of(standing: Standing, seller: Seller, now: datetime) -> str:
    """A sentence, and another one for what the seller said."""
    said = _SAID.get(standing.feedback.kind, "") if standing.feedback else ""
    if standing.claim is None and standing.feedback and standing.feedback.kind in _CLOSED:
        return said
    return f"{_claimed(standing, seller, now)} {said}".strip()


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
    standing = Standing(claim=one.claim, feedback=one.feedback, people=dict(people))
    return Entry(
        address=f"signals/{one.signal.signal_id}",
        subject_name=line(one.signal.subject.name, LONGEST_NAME),
        headline=headline_of(one.signal, []),
        label=wording.label(one.told.score),
        state=state_of(standing, seller, now),
        told=mail_parts.moment(one.told.told_at, seller.hours.zone),
    )


def _section(one: Listed, seller: Seller, now: datetime) -> str:
    claim = one.claim
    if (claim and claim.state == DONE) or (one.feedback and one.feedback.kind in _CLOSED):
        return "closed"
    if claim and claim.seller_id == seller.seller_id:
        return "yours"
    return "others" if claim and not has_run_out(claim, now) else "open"


def _claimed(standing: Standing, seller: Seller, now: datetime) -> str:
    claim = standing.claim
    if claim is None:
        return "Nobody has taken it yet."
    is_own = claim.seller_id == seller.seller_id
    who = "You" if is_own else mail_parts.name_of(claim.seller_id, standing.people)
    giver = mail_parts.name_of(claim.from_id or "", standing.people)
    told = {
        CLAIMED: f"{who} took it.",
        OFFERED: f"{giver} handed it over to you; you have not accepted yet."
        if is_own
        else f"{giver} handed it over to {who}, who has not accepted yet.",
        DONE: f"{who} closed it.",
    }[claim.state]
    return f"{told} The time for it ran out." if has_run_out(claim, now) else told


def _answer_by(matter: Matter, claim: Claim | None, now: datetime) -> str:
    """The lease of whoever has it; nothing once it is closed."""
    if claim and (claim.state == DONE or claim.lease_until is None):
        return ""
    hours = matter.seller.hours
    by = claim.lease_until if claim else None
    return mail_parts.moment(by or expected_by(matter.signal.urgency, hours, now), hours.zone)


def _actions(signal: Signal, claim: Claim | None, seller: Seller) -> Pairs:
    own = claim is not None and claim.seller_id == seller.seller_id
    take = "I take it"
    if claim and own:
        take = "I accept" if claim.state == OFFERED else "I am still on it"
    found = [
        (take, ActionKind.CLAIM),
        ("Hand over", ActionKind.HAND_OVER),
        ("Close it", ActionKind.FINISH),
        ("Later", ActionKind.SNOOZE),
    ]
    if claim and claim.state == DONE:
        found = [("Change how it ended", ActionKind.FINISH)] if own else []
    found += [
        ("Useful", ActionKind.USEFUL),
        ("Not relevant", ActionKind.NOT_RELEVANT),
        ("Mute", ActionKind.MUTE),
    ]
    return tuple((words, f"signals/{signal.signal_id}/{action}") for words, action in found)


def _why_me(matter: Matter) -> str:
    decision = matter.decision
    if decision is None or decision.outcome is Outcome.NOT:
        return _WHY_ME_NONE
    evidence = list(matter.evidence)
    objects = ", ".join(mail_parts.object_name(one, evidence) for one in matter.signal.objects[:5])
    name = line(matter.signal.subject.name, LONGEST_NAME)
    role = decision.role if decision.role in wording.WHY_ME else Role.TERRITORY
    return wording.WHY_ME[role].format(subject=name, objects=objects or "this")
