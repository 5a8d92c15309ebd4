"""What the templates show of a mail about a signal: plain text, not yet escaped."""

from earshot.domain import mail_lead, mail_parts
from earshot.domain import mail_wording as wording
from earshot.domain.answer_time import expected_by
from earshot.domain.links import ActionLinks
from earshot.domain.mail_content import MailContent, PlayShown, Story
from earshot.domain.mail_parts import LONGEST_NAME, Action, Footer, Quote
from earshot.domain.mail_subject import label_of
from earshot.domain.models import AlertKind, Event, Evidence, Intent, Model, Signal, SignalPost
from earshot.domain.untrusted import line, paragraph

LONGEST_QUOTE, LONGEST_OTHER_QUOTE = 450, 240
LONGEST_PLAY, HEAVIEST_PLAY = 2_000, 16_000
OBJECTS_SHOWN, EVIDENCE_SHOWN, CONTRIBUTIONS_SHOWN = 5, 8, 20


class OtherStory(Model):
    """A further story of the same mail, with its newest post."""

    headline: str
    quote: Quote | None
    more_posts: int


class PlayPart(Model):
    """``html`` is the team's own and is not escaped; without it, ``text`` is shown."""

    title: str
    text: str
    html: str


class Page(Model):
    """``preheader`` is what a list of mails shows beside the subject."""

    title: str
    preheader: str
    kind: AlertKind
    headline: str
    label: str
    seller_name: str
    observed: bool
    resolved: str
    lead: str
    note: str
    so_far: tuple[str, ...]
    subject_name: str
    is_prospect: bool
    quotes: tuple[Quote, ...]
    more_posts: int
    others: tuple[OtherStory, ...]
    more_stories: int
    why_me: str
    why_now: str
    next_step: str
    play: PlayPart | None
    answer_by: str
    actions: tuple[tuple[Action, ...], ...]
    signal_link: str
    footer: Footer
    facts: tuple[tuple[str, str], ...]
    score: int
    contributions: tuple[tuple[str, str], ...]
    evidence: tuple[tuple[str, str], ...]


def page_of(content: MailContent, most: int) -> Page:
    """``most`` is how many posts are shown; the others are counted."""
    story, now = content.stories[0], content.attention.read_at
    signal = story.signal
    newest = mail_parts.newest_first(story.posts)
    evidence = mail_parts.evidence_of(newest, now)
    name = mail_parts.subject_name(signal)
    objects = _objects(signal, evidence)
    others = content.stories[1:most]
    headline, lead = headline_of(signal, evidence), mail_lead.lead_of(content)
    answer_by = "" if content.resolved else _answer_by(content)
    expected = f"Answer by {answer_by}." if answer_by else "Nothing is expected of you."
    return Page(
        title=f"{name}: {headline}",
        preheader=f"{lead or wording.NEXT_STEP[signal.intent]} {expected}",
        kind=content.alert.kind,
        headline=headline,
        label=label_of(content),
        seller_name=line(content.seller.name, LONGEST_NAME),
        observed=content.observer is not None,
        resolved=paragraph(content.resolved, 3 * LONGEST_NAME),
        lead=lead,
        note=mail_lead.note_of(content),
        so_far=mail_lead.so_far(content),
        subject_name=name,
        is_prospect=signal.subject.is_prospect,
        quotes=tuple(_quote(post, content) for post in newest[:most]),
        more_posts=max(0, len(newest) - most) + story.more,
        others=tuple(_other(other, content) for other in others),
        more_stories=len(content.stories) - 1 - len(others) + content.more_stories,
        why_me=mail_lead.why_me(content, name, objects or "this"),
        why_now=_why_now(content),
        next_step=wording.NEXT_STEP[signal.intent],
        play=_play(content.play, most) if content.play else None,
        answer_by=answer_by,
        actions=_actions(content.links, content.alert.kind) if content.links else (),
        signal_link=mail_parts.web_link(content.links.signal) if content.links else "",
        footer=mail_parts.footer_of(content.links),
        facts=mail_parts.facts_of(content.account, content.people) if content.account else (),
        score=content.decision.relevance.score,
        contributions=_contributions(content),
        evidence=tuple(dict.fromkeys(map(_evidence, evidence)))[:EVIDENCE_SHOWN],
    )


def headline_of(signal: Signal, evidence: list[Evidence]) -> str:
    """What happened, with what it is about: ``talks of switching (RivalCRM)``."""
    event = signal.event or Event.OTHER
    said = wording.HEADLINE[signal.intent]
    if signal.intent is Intent.NEWS:
        said = wording.NEWS.get(event, said)
    objects = _objects(signal, evidence)
    return f"{said} ({objects})" if objects else said


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


def _actions(links: ActionLinks, kind: AlertKind) -> tuple[tuple[Action, ...], ...]:
    take = "I accept" if kind is AlertKind.HANDOVER else "I take it"
    rows = (
        ((take, links.claim), ("Hand over", links.hand_over), ("Later", links.snooze)),
        (("Useful", links.useful), ("Not relevant", links.not_relevant), ("Mute", links.mute)),
    )
    shown = (
        tuple(Action(said=said, url=url) for said, url in row if mail_parts.web_link(url))
        for row in rows
    )
    return tuple(row for row in shown if row)


def _play(play: PlayShown, most: int) -> PlayPart:
    weight = len(play.html.encode(errors="replace"))
    return PlayPart(
        title=line(play.title, LONGEST_NAME),
        text=paragraph(play.text, LONGEST_PLAY if most > 1 else LONGEST_QUOTE),
        html=play.html if weight <= HEAVIEST_PLAY and most > 1 else "",
    )


def _contributions(content: MailContent) -> tuple[tuple[str, str], ...]:
    return tuple(
        (wording.contribution_label(part.name), f"{part.points:+d}")
        for part in content.decision.relevance.contributions[:CONTRIBUTIONS_SHOWN]
    )


def _evidence(found: Evidence) -> tuple[str, str]:
    return wording.EVIDENCE[found.kind], line(found.value, LONGEST_NAME)
