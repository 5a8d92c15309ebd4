"""What an alert says by mail: who, what, why me, why now, and what to do."""

from functools import cache
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from earshot.domain import mail_wording as wording
from earshot.domain.mail_content import Mail, MailContent, PlayShown, Story
from earshot.domain.models import (
    Account,
    DataClass,
    Evidence,
    Model,
    SignalPost,
)
from earshot.domain.untrusted import host_of, line, paragraph

__all__ = ["Mail", "MailContent", "PlayShown", "Story", "compose"]

LONGEST_SUBJECT = 69
LONGEST_QUOTE = 450
LONGEST_NAME = 80
POSTS_SHOWN = 5
EVIDENCE_SHOWN = 8


class Link(Model):
    url: str
    host: str


class Quote(Model):
    who: str
    when: str
    source: str
    text: str
    link: Link | None


class Page(Model):
    """What the templates show: plain text, not yet escaped."""

    headline: str
    label: str
    seller_name: str
    observed: bool
    subject_name: str
    is_prospect: bool
    quotes: tuple[Quote, ...]
    more_posts: int
    why_me: str
    why_now: str
    next_step: str
    answer_time: str
    facts: tuple[tuple[str, str], ...]
    score: int
    contributions: tuple[tuple[str, str], ...]
    evidence: tuple[tuple[str, str], ...]


def compose(content: MailContent) -> Mail:
    """The same content gives the same mail. Nothing of it loads from elsewhere."""
    page = page_of(content)
    return Mail(
        to=content.observer or content.seller.email,
        subject=_subject(page),
        text=_environment().get_template("alert.txt").render(page=page),
        html=_environment().get_template("alert.html").render(page=page),
        thread_id=content.root.alert_id,
        one_click=content.links.one_click if content.links else "",
    )


def page_of(content: MailContent) -> Page:
    signal, decision = content.stories[0].signal, content.decision
    newest = sorted(
        content.stories[0].posts, key=lambda post: (post.posted_at, post.native_id), reverse=True
    )
    evidence = [found for post in newest for found in post.evidence]
    name = line(signal.subject.name, LONGEST_NAME)
    objects = ", ".join(_object_name(entry, evidence) for entry in signal.objects[:5])
    why_now = wording.WHY_NOW.get(content.attention.reason, content.attention.reason)
    headline = wording.HEADLINE[signal.intent]
    return Page(
        headline=f"{headline} ({objects})" if objects else headline,
        label=wording.label(decision.relevance.score, signal.urgency),
        seller_name=line(content.seller.name, LONGEST_NAME),
        observed=content.observer is not None,
        subject_name=name,
        is_prospect=signal.subject.is_prospect,
        quotes=tuple(_quote(post, content) for post in newest[:POSTS_SHOWN]),
        more_posts=max(0, len(newest) - POSTS_SHOWN),
        why_me=wording.WHY_ME[decision.role].format(subject=name, objects=objects or "this"),
        why_now=f"{wording.PRESSING[signal.urgency]}, and {why_now}.",
        next_step=wording.NEXT_STEP[signal.intent],
        answer_time=wording.ANSWER_TIME[signal.urgency],
        facts=_facts(content.account) if content.account else (),
        score=decision.relevance.score,
        contributions=tuple(
            (wording.contribution_label(part.name), f"{part.points:+d}")
            for part in decision.relevance.contributions
        ),
        evidence=tuple(dict.fromkeys(map(_evidence, evidence)))[:EVIDENCE_SHOWN],
    )


def _subject(page: Page) -> str:
    """What does not fit is taken from the name first, never from what happened."""
    label = f"[Observing] [{page.label}]" if page.observed else f"[{page.label}]"
    happened = page.headline.partition(" (")[0]
    room = LONGEST_SUBJECT - len(f"{label} : {happened}")
    return f"{label} {line(page.subject_name, room)}: {happened}"


def _quote(post: SignalPost, content: MailContent) -> Quote:
    """Words that may not be shown, or not any more, leave their link."""
    author = post.author.name or post.author.handle or "somebody unknown"
    handle = f" (@{post.author.handle})" if post.author.name and post.author.handle else ""
    expired = post.expires_at is not None and post.expires_at <= content.attention.read_at
    hidden = expired or post.data_class is DataClass.DISPLAYED
    posted_at = post.posted_at.astimezone(ZoneInfo(content.seller.hours.zone))
    host = host_of(post.permalink)
    return Quote(
        who=line(f"{author}{handle}", LONGEST_NAME),
        when=f"{posted_at:%a %d %b %Y, %H:%M %Z}",
        source=post.source,
        text="" if hidden else paragraph(post.quote, LONGEST_QUOTE),
        link=Link(url=post.permalink, host=host) if post.permalink and host else None,
    )


def _facts(account: Account) -> tuple[tuple[str, str], ...]:
    found = (
        ("Account", account.name),
        ("Industry", account.industry),
        ("Employees", None if account.employees is None else f"{account.employees:,}"),
        ("Stage", account.stage),
        ("Owner", account.owner),
    )
    return tuple((label, line(value, LONGEST_NAME)) for label, value in found if value)


def _evidence(found: Evidence) -> tuple[str, str]:
    return found.kind.value, line(found.value, LONGEST_NAME)


def _object_name(entry_id: str, evidence: list[Evidence]) -> str:
    """As it was written in a post, if it was, else the identity of the watchlist entry."""
    identity = entry_id.partition(":")[2] or entry_id
    written = (found.value for found in evidence if _letters(found.value) == _letters(identity))
    return line(next(written, identity), LONGEST_NAME)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("earshot", "mail"),
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
