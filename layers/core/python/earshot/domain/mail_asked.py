"""What a mail asks of its reader, and what is known that helps: plain text, not yet escaped."""

from earshot.domain import mail_lead, mail_parts
from earshot.domain import mail_wording as wording
from earshot.domain.links import ActionLinks
from earshot.domain.mail_content import MailContent, PlayShown
from earshot.domain.mail_parts import LONGEST_NAME, Action
from earshot.domain.models import AlertKind, Evidence, Model
from earshot.domain.untrusted import line, paragraph

LONGEST_PLAY, SHORT_PLAY, HEAVIEST_PLAY = 2_000, 450, 16_000
EVIDENCE_SHOWN, CONTRIBUTIONS_SHOWN = 8, 20

Rows = tuple[tuple[str, str], ...]


class PlayPart(Model):
    """``html`` is the team's own and is not escaped; without it, ``text`` is shown."""

    title: str
    text: str
    html: str


class Asked(Model):
    next_step: str
    actions: tuple[tuple[Action, ...], ...]
    signal_link: str
    play: PlayPart | None


class Known(Model):
    so_far: tuple[str, ...]
    facts: Rows
    score: int
    contributions: Rows
    evidence: Rows


def asked_of(content: MailContent, *, in_short: bool) -> Asked:
    links = content.links
    return Asked(
        next_step=wording.NEXT_STEP[content.stories[0].signal.intent],
        actions=_actions(links, content.alert.kind) if links else (),
        signal_link=mail_parts.web_link(links.signal) if links else "",
        play=_play(content.play, in_short=in_short) if content.play else None,
    )


def known_to(content: MailContent, evidence: list[Evidence]) -> Known:
    people = {content.seller.seller_id: content.seller.name, **content.people}
    relevance = content.decision.relevance
    return Known(
        so_far=mail_lead.so_far(content),
        facts=mail_parts.facts_of(content.account, people) if content.account else (),
        score=relevance.score,
        contributions=tuple(
            (wording.contribution_label(part.name), f"{part.points:+d}")
            for part in relevance.contributions[:CONTRIBUTIONS_SHOWN]
        ),
        evidence=tuple(dict.fromkeys(map(_evidence, evidence)))[:EVIDENCE_SHOWN],
    )


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


def _play(play: PlayShown, *, in_short: bool) -> PlayPart:
    is_light = len(play.html.encode(errors="replace")) <= HEAVIEST_PLAY
    return PlayPart(
        title=line(play.title, LONGEST_NAME),
        text=paragraph(play.text, SHORT_PLAY if in_short else LONGEST_PLAY),
        html=play.html if is_light and not in_short else "",
    )


def _evidence(found: Evidence) -> tuple[str, str]:
    return wording.EVIDENCE[found.kind], line(found.value, LONGEST_NAME)
