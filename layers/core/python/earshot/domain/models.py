"""The words of the house, one frozen model for each.

Scores are integers 0 to 100 and datetimes are timezone-aware; whoever stores one stores it in UTC.
Unknown fields are refused: these are our own values, never somebody else's payload.
"""

from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from earshot.domain.zones import check_zone


class Model(BaseModel):
    # Built on first use: no Lambda needs all of them, and a cold start would wait for each.
    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )


def _to_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


Identifier = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
Utc = Annotated[AwareDatetime, AfterValidator(_to_utc)]
Score = Annotated[int, Field(ge=0, le=100)]
Zone = Annotated[str, AfterValidator(check_zone)]
EmailAddress = Annotated[str, StringConstraints(pattern=r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+$")]


class DataClass(StrEnum):
    """What we may keep of a source."""

    OWNED = "owned"
    COPIED = "copied"
    BORROWED = "borrowed"
    DISPLAYED = "displayed"


class Purpose(StrEnum):
    """Learning and reports refuse data that is only operational."""

    OPERATIONAL = "operational"
    ANALYTIC = "analytic"


class Intent(StrEnum):
    """What a post says."""

    PURCHASE = "purchase"
    RECOMMENDATION = "recommendation"
    SWITCHING = "switching"
    COMPLAINT = "complaint"
    SUPPORT = "support"
    PRAISE = "praise"
    NEWS = "news"
    PROMOTION = "promotion"
    OTHER = "other"


class Urgency(StrEnum):
    NOW = "now"
    SOON = "soon"
    NONE = "none"


class Connection(Model):
    """One configured instance of a source; its secrets live in Secrets Manager."""

    source: Slug
    connection_id: Slug
    data_class: DataClass
    purpose: Purpose = Purpose.OPERATIONAL
    url: str | None = None
    cursor: dict[str, str] = {}
    created_at: Utc


class Delivery(Model):
    """One webhook request or one page of a poll, archived as received."""

    source: Slug
    connection_id: Slug
    delivery_id: Identifier
    raw_key: Identifier
    received_at: Utc


class Author(Model):
    author_id: Identifier
    handle: str | None = None
    name: str | None = None
    profile_url: str | None = None
    followers: int | None = None
    location: str | None = None


class Post(Model):
    """One thing somebody said, known by source, native id and version.

    ``version`` sorts as text by the source's own clock; ``text`` is as sent, ``plain`` without
    markup; ``thread_id`` is the native id of the thread's root (the post's own at the root).
    """

    source: Slug
    native_id: Identifier
    version: Identifier
    kind: Slug
    permalink: str | None = None
    author: Author
    text: str
    plain: str
    language: str | None = None
    posted_at: Utc
    edited_at: Utc | None = None
    received_at: Utc
    thread_id: Identifier
    parent_id: str | None = None
    counts: dict[str, int] = {}
    mentions: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    data_class: DataClass
    expires_at: Utc | None = None
    raw_key: Identifier


class Deletion(Model):
    """The platform says that a post is gone."""

    source: Slug
    native_id: Identifier
    version: Identifier
    deleted_at: Utc


class Ignored(Model):
    """A payload, or a part of one, that holds no post: counted by ``reason``, never an error."""

    reason: Slug


class Account(Model):
    """A company in the seller's CRM, with the static business data."""

    account_id: Identifier
    name: Identifier
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    industry: str | None = None
    employees: int | None = None
    revenue: int | None = None
    phone: str | None = None
    stage: str | None = None
    territory: str | None = None
    owner: str | None = None
    deputies: tuple[str, ...] = ()


class Contact(Model):
    """A person in the seller's CRM."""

    contact_id: Identifier
    account_id: str | None = None
    name: Identifier
    email: EmailAddress | None = None
    phone: str | None = None
    title: str | None = None
    handles: tuple[str, ...] = ()


class EntryKind(StrEnum):
    ACCOUNT = "account"
    BRAND = "brand"
    COMPETITOR = "competitor"
    TOPIC = "topic"


class WatchlistEntry(Model):
    """One name that we listen for; ``entry_id`` is ``kind:id``."""

    entry_id: Identifier
    kind: EntryKind
    name: Identifier
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()


class EvidenceKind(StrEnum):
    DOMAIN = "domain"
    HANDLE = "handle"
    ALIAS = "alias"
    AUTHOR = "author"
    CUE = "cue"


class Evidence(Model):
    """What a claim rests on. ``start`` and ``end`` are offsets in ``Post.plain``, or both -1 when
    the evidence lies in another field (a link, the author)."""

    kind: EvidenceKind
    value: str
    start: int = -1
    end: int = -1


class Mention(Model):
    """A post together with one watchlist entry that it is really about."""

    entry_id: Identifier
    kind: EntryKind
    name: Identifier
    evidence: tuple[Evidence, ...]


class Understanding(Model):
    """What a post means for a sale, and by which version of the rules."""

    intent: Intent
    urgency: Urgency
    evidence: tuple[Evidence, ...]
    model_version: str


class Subject(Model):
    """Whom a signal is about: an account of ours, or the author as a prospect."""

    subject_id: Identifier
    account_id: str | None = None
    name: Identifier

    @property
    def is_prospect(self) -> bool:
        return self.account_id is None


class SignalPost(Model):
    """A post inside a signal: what grouping, relevance and the mail need of it."""

    source: Slug
    native_id: Identifier
    version: Identifier
    kind: Slug
    permalink: str | None = None
    author: Author
    quote: str
    posted_at: Utc
    thread_id: Identifier
    objects: tuple[str, ...]
    intent: Intent
    urgency: Urgency
    evidence: tuple[Evidence, ...]
    data_class: DataClass
    expires_at: Utc | None = None


class Signal(Model):
    """One story with one subject; a fixed size, its posts are rows of their own.

    ``objects`` are watchlist entry ids (competitor, own brand, topic); ``revision`` counts the
    changes and is what optimistic locking compares.
    """

    signal_id: Identifier
    subject: Subject
    objects: tuple[str, ...]
    intent: Intent
    urgency: Urgency
    post_count: int
    author_count: int
    first_posted_at: Utc
    last_posted_at: Utc
    revision: int


class WorkingHours(Model):
    """When a seller may be interrupted: ``start`` up to, not including, ``end``, local time.

    ``days`` are ISO weekdays, Monday 1 to Sunday 7. ``start`` equal to ``end`` is a whole day; an
    ``end`` before ``start`` runs past midnight and belongs to the day it started on.
    """

    zone: Zone = "UTC"
    start: time = time(8)
    end: time = time(18)
    days: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1)] = (
        *range(1, 6),
    )


class Seller(Model):
    """A person who gets alerts. ``desks`` are watchlist entry ids; ``urgent_anytime`` is the
    seller's own rule that urgent things may interrupt outside the hours."""

    seller_id: Slug
    name: Identifier
    email: EmailAddress
    territories: tuple[str, ...] = ()
    desks: tuple[str, ...] = ()
    hours: WorkingHours = WorkingHours()
    urgent_anytime: bool = False


class Desk(Model):
    """A named list of sellers for a competitor, product or topic."""

    entry_id: Identifier
    seller_ids: tuple[Slug, ...]


class Role(StrEnum):
    """Why a signal is in a seller's scope; the first that holds, in this order."""

    OWNER = "owner"
    DEPUTY = "deputy"
    DESK = "desk"
    TERRITORY = "territory"


class Candidate(Model):
    """A seller for whom a signal is in scope."""

    seller: Seller
    role: Role


class Contribution(Model):
    name: Slug
    points: int


class Relevance(Model):
    """A score with what it is made of and the versions it was made from; replays to the same
    bytes."""

    score: Score
    contributions: tuple[Contribution, ...]
    versions: dict[str, str]


class Attention(Model):
    """What the day allowed: the clock reading used and when a mail may go."""

    read_at: Utc
    due_at: Utc | None = None
    reason: Slug


class Outcome(StrEnum):
    ALERT = "alert"
    DIGEST = "digest"
    NOT = "not"


class Decision(Model):
    """For one signal and one candidate: alert now, digest, or not, with the reasons."""

    seller_id: Slug
    role: Role
    outcome: Outcome
    reason: Slug
    relevance: Relevance
    attention: Attention | None = None


class DecisionSet(Model):
    """All decisions of one signal revision."""

    signal_id: Identifier
    revision: int
    decisions: tuple[Decision, ...]


class AlertState(StrEnum):
    PENDING = "PENDING"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class Alert(Model):
    """A decision on its way through a channel: one outbox row. It holds identities only; what the
    mail says is read when it is rendered. ``delivery_id`` is what caused it, for the logs."""

    alert_id: Identifier
    signal_id: Identifier
    subject_id: Identifier
    seller_id: Slug
    revision: int
    delivery_id: str | None = None
    state: AlertState
    due_at: Utc | None = None
    attempt: int = 0
    lease_until: Utc | None = None
    message_id: str | None = None
    resends: int = 0
    failure: str | None = None


class FeedbackKind(StrEnum):
    OPENED = "opened"
    USEFUL = "useful"
    NOT_RELEVANT = "not_relevant"
    CLAIMED = "claimed"
    WON = "won"


class Feedback(Model):
    """What the seller did with an alert."""

    alert_id: Identifier
    seller_id: Slug
    kind: FeedbackKind
    given_at: Utc


class PostHead(Model):
    """What is known of a post's newest version without its words: where it went and why.

    ``subject_ids`` are those of every version so far, ``current_ids`` those of the newest;
    ``nearest`` is the entry that came closest when it concerned nobody.
    """

    source: Slug
    native_id: Identifier
    version: Identifier
    author_id: Identifier
    permalink: str | None = None
    posted_at: Utc
    outcome: Slug
    intent: Intent
    current_ids: tuple[str, ...] = ()
    subject_ids: frozenset[str] = frozenset()
    nearest: str | None = None
    watchlist_version: str
    model_version: str
    raw_key: str
