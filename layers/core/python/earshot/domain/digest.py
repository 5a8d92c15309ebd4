"""What one digest tells a seller: what came in, what waits for an answer, what others took care of,
and whether the sources still deliver."""

from datetime import date

from earshot.domain.business import Account, Seller
from earshot.domain.decisions import Alert
from earshot.domain.links import ActionLinks
from earshot.domain.signals import Signal, SignalPost
from earshot.domain.values import EmailAddress, Model, Score, Slug, Utc


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


class ConnectionState(Model):
    """When a connection last delivered, and why it last failed; ``None`` where it never did."""

    source: Slug
    connection_id: Slug
    last_delivery_at: Utc | None = None
    last_error: str | None = None
    last_error_at: Utc | None = None


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
