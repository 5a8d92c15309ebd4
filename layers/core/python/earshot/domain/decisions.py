"""Who hears of a signal and why, and what came of it."""

from datetime import date, datetime
from enum import StrEnum

from earshot.domain.business import Seller
from earshot.domain.learned_relevance import Learned
from earshot.domain.preferences import Preferences
from earshot.domain.signals import Intent
from earshot.domain.values import Identifier, Model, Score, Slug, Utc


class Role(StrEnum):
    """Why a signal is in a seller's scope; the first that holds, in this order."""

    OWNER = "owner"
    DEPUTY = "deputy"
    SERVICE = "service"
    DESK = "desk"
    TERRITORY = "territory"


class Candidate(Model):
    """A seller for whom a signal is in scope, with what they chose and what their clicks taught."""

    seller: Seller
    role: Role
    preferences: Preferences | None = None
    learned: Learned | None = None


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
    """``DIGESTED`` is final: what the row was to tell waits in the seller's digest."""

    PENDING = "PENDING"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    DIGESTED = "DIGESTED"


class AlertKind(StrEnum):
    """What an outbox row brings. ``FAN_OUT`` brings no mail: it stands for all who are to hear of
    one revision of a signal, until each of them has a row or something waiting."""

    ALERT = "alert"
    UPDATE = "update"
    DIGEST = "digest"
    HANDOVER = "handover"
    ESCALATION = "escalation"
    REMINDER = "reminder"
    FAN_OUT = "fan_out"


class Alert(Model):
    """A decision on its way through a channel: one outbox row. It holds identities only; what the
    mail says is read when it is rendered. ``delivery_id`` is what caused it, for the logs.

    ``signal_ids`` are subject and signal of what it tells, the first one's beside them; empty for a
    digest. ``posts`` counts what joined it, ``moved`` what is told otherwise since. ``root_id`` is
    the alert that began the thread, itself when empty; ``intent`` and ``score`` are those of the
    first decision, so that the subject line of a thread stays. ``told_at`` is when it ended as SENT
    or DIGESTED. ``day`` is a digest's local date, ``previous_id`` the digest before it.
    ``claim_version`` is which claim an escalation or a hand-over is about. ``post`` is the one that
    a fan-out brings; without it, all of the signal's.
    """

    alert_id: Identifier
    kind: AlertKind = AlertKind.ALERT
    signal_id: str = ""
    subject_id: str = ""
    seller_id: Slug
    revision: int = 0
    delivery_id: str | None = None
    state: AlertState
    due_at: Utc | None = None
    attempt: int = 0
    lease_until: Utc | None = None
    message_id: str | None = None
    resends: int = 0
    failure: str | None = None
    score: Score = 0
    intent: Intent | None = None
    posts: int = 0
    moved: int = 0
    signal_ids: frozenset[tuple[str, str]] = frozenset()
    root_id: str = ""
    made_at: Utc | None = None
    told_at: Utc | None = None
    play_id: str | None = None
    day: date | None = None
    previous_id: str | None = None
    claim_version: int = 0
    post: tuple[str, str] | None = None

    @property
    def may_be_sent(self) -> bool:
        """Whether the mail service may have it already: somebody tries, or never heard how a try
        ended."""
        is_open = self.state is AlertState.SENDING or self.lease_until is not None
        return is_open or self.resends > 0

    def is_tried(self, now: datetime) -> bool:
        """Somebody tries, and whatever was tried before was refused: by the end of the lease it is
        known whether the mail service has it."""
        is_leased = self.lease_until is not None and self.lease_until > now
        return is_leased and self.state is AlertState.SENDING and self.resends == 0


class Waiting(Model):
    """What waits for the seller's next digest: one post, or all that an alert (``alert_id``) was to
    tell when the day's budget was spent."""

    seller_id: Slug
    subject_id: Identifier
    signal_id: Identifier
    source: str = ""
    native_id: str = ""
    alert_id: str = ""
    score: Score
    reason: Slug
    since: Utc


class Claim(Model):
    """Who takes care of a signal. ``state`` is ``claimed`` by, ``offered`` to (a hand-over not yet
    accepted) or ``done`` by ``seller_id``; ``from_id`` is who handed it over. When ``lease_until``
    passes without a sign of work, it escalates. ``version`` counts the changes."""

    signal_id: Identifier
    subject_id: Identifier
    seller_id: Slug
    from_id: str | None = None
    state: Slug
    note: str = ""
    claimed_at: Utc
    lease_until: Utc | None = None
    version: int


class FeedbackKind(StrEnum):
    OPENED = "opened"
    USEFUL = "useful"
    NOT_RELEVANT = "not_relevant"
    CLAIMED = "claimed"
    WON = "won"
    LOST = "lost"


class Feedback(Model):
    """What the seller did with a signal that they were told of; the last one counts.

    ``why`` goes with not relevant: ``wrong_company``, ``not_for_me``, ``no_business`` or
    ``known_already``. ``contributions`` and ``score`` are those that the seller's alert was decided
    by, for learning; ``play_id`` is the play that was attached.
    """

    signal_id: Identifier
    subject_id: Identifier
    alert_id: Identifier
    seller_id: Slug
    kind: FeedbackKind
    why: str = ""
    given_at: Utc
    score: Score = 0
    contributions: tuple[Contribution, ...] = ()
    play_id: str | None = None
