"""What the templates show of a mail about a signal: plain text, not yet escaped."""

from earshot.domain import mail_lead, mail_parts
from earshot.domain import mail_wording as wording
from earshot.domain.answer_time import expected_by
from earshot.domain.mail_asked import Asked, Known, asked_of, known_to
from earshot.domain.mail_content import MailContent, Story
from earshot.domain.mail_parts import LONGEST_NAME, Footer, Quote
from earshot.domain.mail_subject import label_of
from earshot.domain.models import (
    AlertKind,
    Event,
    Evidence,
    Intent,
    Model,
    Signal,
    SignalPost,
)
from earshot.domain.untrusted import line

LONGEST_QUOTE, LONGEST_OTHER_QUOTE = 450, 240
OBJECTS_SHOWN = 5


class OtherStory(Model):
    """A further story of the same mail, with its newest post."""

    headline: str
    quote: Quote | None
    more_posts: int


class Head(Model):
    """Who, what, why me, why now, by when: read in five seconds. ``answer_by`` is empty where
    nothing is expected any more."""

    label: str
    subject_name: str
    is_prospect: bool
    headline: str
    resolved: str
    lead: str
    note: str
    why_me: str
    why_now: str
    answer_by: str


class Said(Model):
    quotes: tuple[Quote, ...]
    more_posts: int
    others: tuple[OtherStory, ...]
    more_stories: int


class Page(Model):
    """``preheader`` is what a list of mails shows beside the subject."""

    title: str
    preheader: str
    kind: AlertKind
    seller_name: str
    observed: bool
    head: Head
    said: Said
    asked: Asked
    known: Known
    footer: Footer


def page_of(content: MailContent, most: int) -> Page:
    """``most`` is how many posts are shown; the others are counted."""
    newest = mail_parts.newest_first(content.stories[0].posts)
    evidence = mail_parts.evidence_of(newest, content.attention.read_at)
    head = _head(content, evidence)
    asked = asked_of(content, in_short=most == 1)
    expected = f"Answer by {head.answer_by}." if head.answer_by else "Nothing is expected of you."
    return Page(
        title=f"{head.subject_name}: {head.headline}",
        preheader=f"{head.lead or asked.next_step} {expected}",
        kind=content.alert.kind,
        seller_name=line(content.seller.name, LONGEST_NAME),
        observed=content.observer is not None,
        head=head,
        said=_said(content, newest, most=most),
        asked=asked,
        known=known_to(content, evidence),
        footer=mail_parts.footer_of(content.links),
    )


def headline_of(signal: Signal, evidence: list[Evidence]) -> str:
    """What happened, with what it is about: ``talks of switching (RivalCRM)``."""
    event = signal.event or Event.OTHER
    said = wording.HEADLINE[signal.intent]
    if signal.intent is Intent.NEWS:
        said = wording.NEWS.get(event, said)
    objects = _objects(signal, evidence)
    return f"{said} ({objects})" if objects else said


def _head(content: MailContent, evidence: list[Evidence]) -> Head:
    signal = content.stories[0].signal
    name, resolved = mail_parts.subject_name(signal), mail_lead.resolved_of(content)
    return Head(
        label=label_of(content),
        subject_name=name,
        is_prospect=signal.subject.is_prospect,
        headline=headline_of(signal, evidence),
        resolved=resolved,
        lead=mail_lead.lead_of(content),
        note=mail_lead.note_of(content),
        why_me=mail_lead.why_me(content, name, _objects(signal, evidence) or "this"),
        why_now=_why_now(content),
        answer_by="" if resolved else _answer_by(content),
    )


def _said(content: MailContent, newest: list[SignalPost], *, most: int) -> Said:
    others = content.stories[1:most]
    return Said(
        quotes=tuple(_quote(post, content) for post in newest[:most]),
        more_posts=max(0, len(newest) - most) + content.stories[0].more,
        others=tuple(_other(other, content) for other in others),
        more_stories=len(content.stories) - 1 - len(others) + content.more_stories,
    )


def _objects(signal: Signal, evidence: list[Evidence]) -> str:
    shown = signal.objects[:OBJECTS_SHOWN]
    return ", ".join(mail_parts.object_name(entry, evidence) for entry in shown)


def _quote(post: SignalPost, content: MailContent, longest: int = LONGEST_QUOTE) -> Quote:
    now, zone = content.attention.read_at, content.seller.hours.zone
    return mail_parts.quote_of(post, longest, now=now, zone=zone)


def _other(story: Story, content: MailContent) -> OtherStory:
    newest = mail_parts.newest_first(story.posts)
    evidence = mail_parts.evidence_of(newest, content.attention.read_at)
    return OtherStory(
        headline=headline_of(story.signal, evidence),
        quote=_quote(newest[0], content, LONGEST_OTHER_QUOTE) if newest else None,
        more_posts=max(0, len(newest) - 1) + story.more,
    )


def _why_now(content: MailContent) -> str:
    reason = content.attention.reason
    why_now = wording.WHY_NOW.get(reason, reason.replace("_", " "))
    return f"{wording.PRESSING[content.stories[0].signal.urgency]}, and {why_now}."


def _answer_by(content: MailContent) -> str:
    hours, now = content.seller.hours, content.attention.read_at
    expected = expected_by(content.stories[0].signal.urgency, hours, now)
    lease = content.claim.lease_until if content.claim else None
    if content.alert.kind is AlertKind.HANDOVER and lease and lease > now:
        expected = lease
    return mail_parts.moment(expected, hours.zone)
