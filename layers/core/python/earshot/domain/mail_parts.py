"""What mails have in common: quotes, links, moments, buttons. Plain text, not yet escaped."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from earshot.domain.links import ActionLinks
from earshot.domain.models import (
    Account,
    DataClass,
    Evidence,
    EvidenceKind,
    Model,
    Signal,
    SignalPost,
)
from earshot.domain.untrusted import host_of, line, paragraph

LONGEST_NAME = 80
# No shorter form of a host is shown: it would hide where the link leads.
LONGEST_HOST = 100


class Link(Model):
    url: str
    host: str


class Quote(Model):
    """``text`` is empty where the words may not be shown, or not any more."""

    who: str
    when: str
    source: str
    text: str
    link: Link | None


class Action(Model):
    said: str
    url: str


class Footer(Model):
    """Empty where there is no link."""

    open_signals: str = ""
    preferences: str = ""
    unsubscribe: str = ""


def link_of(url: str | None) -> Link | None:
    host = host_of(url)
    return Link(url=url, host=host) if url and host and len(host) <= LONGEST_HOST else None


def web_link(url: str) -> str:
    """The URL if it may be linked, else nothing."""
    found = link_of(url)
    return found.url if found else ""


def moment(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%a %d %b %Y, %H:%M %Z}"


def subject_name(signal: Signal, longest: int = LONGEST_NAME) -> str:
    """What is left of a name that cannot be shown is not nothing."""
    return line(signal.subject.name, longest) or "Somebody"


def name_of(seller_id: str, people: Mapping[str, str]) -> str:
    return line(people.get(seller_id, seller_id), LONGEST_NAME)


def is_hidden(post: SignalPost, now: datetime) -> bool:
    """Whether the words of the post may not be shown, or not any more."""
    expired = post.expires_at is not None and post.expires_at <= now
    return expired or post.data_class is DataClass.DISPLAYED


def quote_of(post: SignalPost, longest: int, *, now: datetime, zone: str) -> Quote:
    """Words that may not be shown leave their link."""
    author = post.author.name or post.author.handle or post.author.email or "somebody unknown"
    handle = f" (@{post.author.handle})" if post.author.name and post.author.handle else ""
    return Quote(
        who=line(f"{author}{handle}", LONGEST_NAME),
        when=moment(post.posted_at, zone),
        source=post.source,
        text="" if is_hidden(post, now) else paragraph(post.quote, longest),
        link=link_of(post.permalink),
    )


def newest_first(posts: tuple[SignalPost, ...]) -> list[SignalPost]:
    return sorted(posts, key=lambda post: (post.posted_at, post.native_id), reverse=True)


def evidence_of(posts: list[SignalPost], now: datetime) -> list[Evidence]:
    """Without cues from posts whose words may not be shown: a cue is some of these words."""
    return [
        found
        for post in posts
        for found in post.evidence
        if found.kind is not EvidenceKind.CUE or not is_hidden(post, now)
    ]


def object_name(entry_id: str, evidence: list[Evidence]) -> str:
    """As it was written in a post, if it was, else the identity of the watchlist entry."""
    identity = entry_id.partition(":")[2] or entry_id
    written = (found.value for found in evidence if _letters(found.value) == _letters(identity))
    return line(next(written, identity), LONGEST_NAME)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text[: 2 * LONGEST_NAME].casefold()))


def facts_of(account: Account, people: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The account's card, without what nobody knows."""
    found = (
        ("Account", account.name),
        ("Industry", account.industry),
        ("Country", account.country),
        ("Employees", _number(account.employees)),
        ("Revenue", _number(account.revenue)),
        ("Stage", account.stage),
        ("Territory", account.territory),
        ("Owner", account.owner and people.get(account.owner, account.owner)),
        ("Phone", account.phone),
        ("Website", next(iter(account.domains), None)),
    )
    return tuple((label, line(value, LONGEST_NAME)) for label, value in found if value)


def _number(value: int | None) -> str | None:
    return None if value is None else f"{value:,}"


def footer_of(links: ActionLinks | None) -> Footer:
    if links is None:
        return Footer()
    return Footer(
        open_signals=web_link(links.open_signals),
        preferences=web_link(links.preferences),
        unsubscribe=web_link(links.unsubscribe),
    )
