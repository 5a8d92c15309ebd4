"""Why a mail comes beside what it tells: what is new, who handed it over, what nobody answered."""

from earshot.domain import mail_wording as wording
from earshot.domain.claims import OFFERED
from earshot.domain.mail_content import MailContent
from earshot.domain.mail_parts import moment, name_of
from earshot.domain.models import AlertKind, Claim, Role
from earshot.domain.untrusted import paragraph

LONGEST_NOTE = 600
LONGEST_RESOLVED = 240


def lead_of(content: MailContent) -> str:
    """One sentence on top; nothing for the first mail of a story."""
    match content.alert.kind:
        case AlertKind.UPDATE:
            return _update(content)
        case AlertKind.HANDOVER:
            return f"{_from(content)} handed this over to you."
        case AlertKind.ESCALATION:
            return _escalation(content)
        case AlertKind.REMINDER:
            return "You asked to be reminded of this now."
    return ""


def resolved_of(content: MailContent) -> str:
    """What happened meanwhile, so that nothing is expected any more: as it was said, or that a
    colleague took it on."""
    claim = content.claim
    if content.resolved or claim is None or _is_about_claim(content) or claim.state == OFFERED:
        return paragraph(content.resolved, LONGEST_RESOLVED)
    if claim.seller_id == content.seller.seller_id:
        return ""
    done = _said_of(claim, content)
    return f"{done} ({moment(claim.claimed_at, content.seller.hours.zone)})."


def note_of(content: MailContent) -> str:
    """What the colleague wrote who handed it over."""
    is_handed = content.alert.kind is AlertKind.HANDOVER and content.claim is not None
    return paragraph(content.claim.note, LONGEST_NOTE) if is_handed and content.claim else ""


def so_far(content: MailContent) -> tuple[str, ...]:
    """What was done before whoever reads this came to it, the earliest first."""
    if not _is_about_claim(content):
        return ()
    zone, claim, told = content.seller.hours.zone, content.claim, content.root.told_at
    lines = []
    if told and content.root.alert_id != content.alert.alert_id:
        lines.append(f"{moment(told, zone)}: you were told of it")
    if claim:
        lines.append(f"{moment(claim.claimed_at, zone)}: {_said_of(claim, content)}")
        if claim.lease_until and claim.lease_until <= content.attention.read_at:
            lines.append(f"{moment(claim.lease_until, zone)}: an answer was expected")
    return tuple(lines)


def why_me(content: MailContent, subject: str, objects: str) -> str:
    if content.alert.kind is AlertKind.HANDOVER:
        return f"{_from(content)} chose you."
    if content.decision.reason == "stands_in" and content.decision.role is Role.DEPUTY:
        return wording.STANDS_IN.format(subject=subject)
    return wording.WHY_ME[content.decision.role].format(subject=subject, objects=objects)


def _is_about_claim(content: MailContent) -> bool:
    return content.alert.kind in {AlertKind.HANDOVER, AlertKind.ESCALATION}


def _said_of(claim: Claim, content: MailContent) -> str:
    said = wording.CLAIM.get(claim.state, wording.CLAIM["claimed"])
    return said.format(who=name_of(claim.seller_id, content.people), giver=_from(content))


def _update(content: MailContent) -> str:
    told = sum(len(story.posts) + story.more for story in content.stories)
    posts = max(told, content.alert.posts)
    stories = len(content.stories) + content.more_stories
    of = f" in {wording.counted(stories, 'story', 'stories')}" if stories > 1 else ""
    return f"New since the last mail: {wording.counted(posts, 'post')}{of}."


def _escalation(content: MailContent) -> str:
    if content.claim is None:
        return "Nobody has answered this yet, though an answer was expected."
    if content.claim.seller_id == content.seller.seller_id:
        return "You took this on, and nothing was heard of it since."
    who = name_of(content.claim.seller_id, content.people)
    return f"{who} took this on, and nothing was heard of it since. It needs somebody."


def _from(content: MailContent) -> str:
    giver = content.claim.from_id if content.claim else None
    return name_of(giver, content.people) if giver else "A colleague"
