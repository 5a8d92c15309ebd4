"""What one digest tells a seller: what came in, what waits for an answer, what others took care of,
and whether the sources still deliver."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from earshot.domain.answer_time import expected_by
from earshot.domain.business import Account, Seller
from earshot.domain.claims import CLOSING, DONE, is_with_another
from earshot.domain.decisions import Alert, Claim, Feedback, Waiting
from earshot.domain.deliveries import ConnectionState
from earshot.domain.links import ActionLinks
from earshot.domain.pages import OpenSignal
from earshot.domain.posts import PostId
from earshot.domain.signals import Signal, SignalPost, Urgency
from earshot.domain.values import EmailAddress, Model, Score, Slug, Utc

POSTS_SHOWN = 3
WAITS_FOR = timedelta(days=14)
"""What nobody answered for longer is no news any more."""
PROSPECTS = "Prospects"

_PRESSING = tuple(Urgency)

SignalKey = tuple[str, str]


class DigestItem(Model):
    """One story with what is new of it for the seller: ``posts``, the newest first, three at most,
    and ``more`` besides. ``is_known``: the seller was told of the story before, so that it went on.
    ``reason`` is that of the decision with the highest ``score``."""

    signal: Signal
    posts: tuple[SignalPost, ...]
    more: int = 0
    score: Score
    reason: Slug
    is_known: bool = False
    link: str = ""


class DigestGroup(Model):
    """The stories of one account, the best first; ``account`` is ``None`` for the group of all
    prospects, and where an account is no longer known."""

    name: str
    account: Account | None = None
    items: tuple[DigestItem, ...]


class OpenItem(Model):
    """A story that the seller was told of before and that waits for an answer. ``claimed_by`` is
    the name of who takes care of it, the seller included."""

    signal: Signal
    told_at: Utc
    expected_by: Utc | None = None
    claimed_by: str | None = None
    link: str = ""


class Resolved(Model):
    """A story that needs nothing from the seller any more; ``said`` is a plain sentence without a
    full stop, such as ``Ben Ek takes care of it``."""

    signal: Signal
    said: str
    link: str = ""


class Digest(Model):
    """All that a mail of one local ``day`` says; every list may be empty, the mail never is.

    ``since`` is when the digest before it was told, ``None`` for the first. ``groups`` hold the
    best stories, ``more_items`` says how many lesser ones the seller's list of open signals holds
    besides. ``gone`` counts stories that waited and were deleted where they were posted.
    ``open_more`` counts open stories beyond those shown. With an ``observer`` the mail goes there
    instead of to the seller.
    """

    alert: Alert
    seller: Seller
    day: date
    made_at: Utc
    since: Utc | None = None
    groups: tuple[DigestGroup, ...] = ()
    more_items: int = 0
    gone: int = 0
    resolved: tuple[Resolved, ...] = ()
    open: tuple[OpenItem, ...] = ()
    open_more: int = 0
    connections: tuple[ConnectionState, ...] = ()
    observer: EmailAddress | None = None
    links: ActionLinks | None = None


@dataclass
class Pile:
    """All that waits of one signal: single posts, and what alerts were to tell of it."""

    key: SignalKey
    score: int = -1
    reason: str = ""
    posts: set[PostId] = field(default_factory=set)
    alert_ids: set[str] = field(default_factory=set)

    def put(self, waiting: Waiting) -> None:
        if waiting.alert_id:
            self.alert_ids.add(waiting.alert_id)
        else:
            self.posts.add((waiting.source, waiting.native_id))
        self.score, self.reason = max((self.score, self.reason), (waiting.score, waiting.reason))

    def put_pile(self, other: "Pile") -> None:
        """What waits of a signal that proved to be the same story."""
        self.posts |= other.posts
        self.alert_ids |= other.alert_ids
        self.score, self.reason = max((self.score, self.reason), (other.score, other.reason))

    @property
    def size(self) -> int:
        return len(self.posts) + len(self.alert_ids)


def piles(waiting: Iterable[Waiting], alerts: Mapping[str, Alert]) -> list[Pile]:
    """By signal, the highest score first. An alert is on the pile of each signal that it was to
    tell of; ``alerts`` holds those that are still known."""
    found: dict[SignalKey, Pile] = {}
    for one in waiting:
        alert = alerts.get(one.alert_id)
        own = {(one.subject_id, one.signal_id)}
        for key in sorted(own | alert.signal_ids if alert else own):
            found.setdefault(key, Pile(key)).put(one)
    return sorted(found.values(), key=lambda pile: (-pile.score, pile.key))


def ranked(items: Iterable[DigestItem]) -> list[DigestItem]:
    """By score, then by urgency, then the latest first."""
    return sorted(
        items,
        key=lambda item: (
            -item.score,
            _PRESSING.index(item.signal.urgency),
            -item.signal.last_posted_at.timestamp(),
            item.signal.signal_id,
        ),
    )


def grouped(
    items: Iterable[DigestItem], accounts: Mapping[str, Account]
) -> tuple[DigestGroup, ...]:
    """By account, each group at the rank of its first item; prospects are one group."""
    groups: dict[str, list[DigestItem]] = {}
    for item in items:
        groups.setdefault(item.signal.subject.account_id or "", []).append(item)
    return tuple(
        DigestGroup(
            name=members[0].signal.subject.name if account_id else PROSPECTS,
            account=accounts.get(account_id),
            items=tuple(members),
        )
        for account_id, members in groups.items()
    )


def is_taken(claim: Claim | None, seller_id: str) -> bool:
    """Whether somebody else takes care of it, or it is done."""
    is_done = claim is not None and claim.state == DONE
    return is_done or is_with_another(claim, seller_id)


def said_of(claim: Claim, seller_id: str, names: Mapping[str, str]) -> str:
    """``names`` are those of sellers, by id."""
    who = "You" if claim.seller_id == seller_id else names.get(claim.seller_id, "A colleague")
    if claim.state == DONE:
        return f"{who} settled it"
    return f"{who} takes care of it"


def waits(claim: Claim | None, answer: Feedback | None, seller_id: str) -> bool:
    """Whether a signal that the seller was told of still waits for their answer."""
    return not is_taken(claim, seller_id) and (answer is None or answer.kind not in CLOSING)


def open_item(
    told: OpenSignal, signal: Signal, seller: Seller, *, claim: Claim | None, link: str = ""
) -> OpenItem:
    return OpenItem(
        signal=signal,
        told_at=told.told_at,
        expected_by=expected_by(signal.urgency, seller.hours, told.told_at),
        claimed_by=seller.name if claim and claim.seller_id == seller.seller_id else None,
        link=link,
    )
