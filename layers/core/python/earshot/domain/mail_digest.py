"""What the templates show of a digest: plain text, not yet escaped."""

from earshot.domain import mail_parts
from earshot.domain import mail_wording as wording
from earshot.domain.deliveries import ConnectionState
from earshot.domain.digest import (
    Digest,
    DigestGroup,
    DigestItem,
    OpenItem,
    Resolved,
)
from earshot.domain.mail_page import headline_of
from earshot.domain.mail_parts import LONGEST_NAME, Footer, Quote
from earshot.domain.models import Model
from earshot.domain.rhythm import Health, health_of
from earshot.domain.untrusted import line
from earshot.domain.values import Utc

LONGEST_QUOTE = 240
LONGEST_ERROR = 160
CONNECTIONS_SHOWN = 30

_UNWELL = {
    Health.SILENT: ", which is unusually long ago",
    Health.BROKEN: "; it is broken",
}


class ItemPart(Model):
    name: str
    headline: str
    label: str
    goes_on: bool
    reason: str
    quote: Quote | None
    more_posts: int
    link: str


class GroupPart(Model):
    name: str
    facts: str
    items: tuple[ItemPart, ...]


class OpenPart(Model):
    name: str
    headline: str
    told: str
    expected: str
    is_late: bool
    claimed_by: str
    link: str


class ResolvedPart(Model):
    name: str
    said: str
    link: str


class ConnectionPart(Model):
    name: str
    delivered: str
    failed: str


class DigestPage(Model):
    title: str
    preheader: str
    day: str
    seller_name: str
    observed: bool
    summary: str
    since: str
    groups: tuple[GroupPart, ...]
    more_items: str
    open: tuple[OpenPart, ...]
    open_more: str
    resolved: tuple[ResolvedPart, ...]
    gone: str
    connections: tuple[ConnectionPart, ...]
    more_connections: int
    footer: Footer


def digest_page(digest: Digest, most: int) -> DigestPage:
    """``most`` is how many stories are shown of each part; the others are counted."""
    groups, left = _groups(digest, most)
    waiting = len(digest.open[most:]) + digest.open_more
    more, zone = left + digest.more_items, digest.seller.hours.zone
    day, summary = f"{digest.day:%A %d %B %Y}", _summary(digest)
    return DigestPage(
        title=f"Earshot today, {day}",
        preheader=summary,
        day=day,
        seller_name=line(digest.seller.name, LONGEST_NAME),
        observed=digest.observer is not None,
        summary=summary,
        since=mail_parts.moment(digest.since, zone) if digest.since else "",
        groups=groups,
        more_items=wording.counted(more, "more story", "more stories") if more else "",
        open=tuple(_open(item, digest) for item in digest.open[:most]),
        open_more=wording.counted(waiting, "more story", "more stories") if waiting else "",
        resolved=tuple(map(_resolved, digest.resolved[:most])),
        gone=_gone(digest.gone),
        connections=tuple(
            _connection(one, digest.made_at, zone) for one in digest.connections[:CONNECTIONS_SHOWN]
        ),
        more_connections=len(digest.connections[CONNECTIONS_SHOWN:]),
        footer=mail_parts.footer_of(digest.links),
    )


def _summary(digest: Digest) -> str:
    new = sum(len(group.items) for group in digest.groups) + digest.more_items
    waiting = len(digest.open) + digest.open_more
    parts = [
        f"{wording.counted(new, 'story', 'stories')} for you" if new else "Nothing new for you"
    ]
    if waiting:
        parts.append(f"{waiting:,} {'waits' if waiting == 1 else 'wait'} for an answer")
    if digest.resolved:
        parts.append(f"{len(digest.resolved):,} taken care of")
    return f"{', '.join(parts)}."


def _groups(digest: Digest, most: int) -> tuple[tuple[GroupPart, ...], int]:
    """The best ``most`` stories in their groups, and how many were left out."""
    shown, left = [], 0
    for group in digest.groups:
        items = group.items[:most]
        most -= len(items)
        left += len(group.items) - len(items)
        if items:
            shown.append(_group(group, items, digest))
    return tuple(shown), left


def _group(group: DigestGroup, items: tuple[DigestItem, ...], digest: Digest) -> GroupPart:
    facts = dict(mail_parts.facts_of(group.account, {})) if group.account else {}
    told = (facts.get(label) for label in ("Industry", "Stage", "Employees"))
    suffixes = ("", "", " employees")
    known = (f"{value}{suffix}" for value, suffix in zip(told, suffixes, strict=True) if value)
    return GroupPart(
        name=line(group.name, LONGEST_NAME) or "Others",
        facts=" · ".join(known),
        items=tuple(_item(item, digest) for item in items),
    )


def _item(item: DigestItem, digest: Digest) -> ItemPart:
    now, zone = digest.made_at, digest.seller.hours.zone
    newest = mail_parts.newest_first(item.posts)
    evidence = mail_parts.evidence_of(newest, now)
    quoted = [mail_parts.quote_of(post, LONGEST_QUOTE, now=now, zone=zone) for post in newest[:1]]
    return ItemPart(
        name=mail_parts.subject_name(item.signal),
        headline=headline_of(item.signal, evidence),
        label=wording.label(item.score),
        goes_on=item.is_known,
        reason=wording.digest_reason(item.reason),
        quote=quoted[0] if quoted else None,
        more_posts=len(newest[1:]) + item.more,
        link=mail_parts.web_link(item.link),
    )


def _open(item: OpenItem, digest: Digest) -> OpenPart:
    zone = digest.seller.hours.zone
    return OpenPart(
        name=mail_parts.subject_name(item.signal),
        headline=wording.HEADLINE[item.signal.intent],
        told=mail_parts.moment(item.told_at, zone),
        expected=mail_parts.moment(item.expected_by, zone) if item.expected_by else "",
        is_late=item.expected_by is not None and item.expected_by < digest.made_at,
        claimed_by=_claimed_by(item.claimed_by, digest),
        link=mail_parts.web_link(item.link),
    )


def _claimed_by(name: str | None, digest: Digest) -> str:
    if not name:
        return ""
    return "You took it on" if name == digest.seller.name else f"{line(name, LONGEST_NAME)} has it"


def _resolved(item: Resolved) -> ResolvedPart:
    return ResolvedPart(
        name=mail_parts.subject_name(item.signal),
        said=line(item.said, 2 * LONGEST_NAME),
        link=mail_parts.web_link(item.link),
    )


def _gone(number: int) -> str:
    if not number:
        return ""
    said = wording.counted(number, "story", "stories")
    was, its = ("was", "its") if number == 1 else ("were", "their")
    return f"{said} that waited here {was} deleted at {its} source."


def _connection(state: ConnectionState, now: Utc, zone: str) -> ConnectionPart:
    """An error that a later delivery followed is told as one that is over."""
    last, failed_at = state.last_delivery_at, state.last_error_at
    failed = line(state.last_error or "", LONGEST_ERROR)
    if failed and failed_at:
        over = ", delivered since" if last and last > failed_at else ""
        failed = f"{failed} ({mail_parts.moment(failed_at, zone)}{over})"
    delivered = f"last delivery {mail_parts.moment(last, zone)}" if last else "no delivery yet"
    delivered += _UNWELL.get(health_of(state, now), "")
    return ConnectionPart(
        name=f"{state.source} {state.connection_id}",
        delivered=delivered,
        failed=failed,
    )
