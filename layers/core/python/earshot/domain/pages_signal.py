"""A signal with its evidence, how it stands, and what may be done about it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from earshot.domain import mail_parts
from earshot.domain import mail_wording as wording
from earshot.domain.actions import ActionKind
from earshot.domain.answer_time import expected_by
from earshot.domain.claims import DONE, OFFERED
from earshot.domain.mail_page import headline_of
from earshot.domain.models import (
    Claim,
    Decision,
    Evidence,
    Outcome,
    Role,
    Seller,
    Signal,
    SignalPost,
)
from earshot.domain.pages import Pairs, SignalPage
from earshot.domain.pages_matter import Matter
from earshot.domain.pages_progress import Progress, state_of
from earshot.domain.plays import Play
from earshot.domain.untrusted import line, paragraph

LONGEST_NAME = mail_parts.LONGEST_NAME
LONGEST_QUOTE = 1_000
POSTS_SHOWN, EVIDENCE_SHOWN = 10, 12

_WHY_ME_NONE = "A colleague brought you in, or you are in scope for it no more."


def signal_page(
    matter: Matter,
    progress: Progress,
    posts: Sequence[SignalPost],
    *,
    play: Play | None,
    now: datetime,
) -> SignalPage:
    """``posts`` are with those words only that may be shown."""
    signal, seller = matter.signal, matter.seller
    newest = mail_parts.newest_first(tuple(posts))
    evidence = mail_parts.evidence_of(newest, now)
    claim = progress.claim
    return SignalPage(
        subject_name=line(signal.subject.name, LONGEST_NAME),
        headline=headline_of(signal, evidence),
        label=wording.label(matter.score),
        state=state_of(progress, seller, now),
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
        facts=mail_parts.facts_of(matter.account, progress.people) if matter.account else (),
        score=matter.score,
        contributions=_contributions(matter.decision),
        evidence=_shown(evidence),
    )


def _contributions(decision: Decision | None) -> Pairs:
    parts = decision.relevance.contributions if decision else ()
    return tuple((wording.contribution_label(part.name), f"{part.points:+d}") for part in parts)


def _shown(evidence: Iterable[Evidence]) -> Pairs:
    named = (
        (wording.EVIDENCE[one.kind], line(one.value, LONGEST_NAME)) for one in evidence if one.value
    )
    return tuple(dict.fromkeys(named))[:EVIDENCE_SHOWN]


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
