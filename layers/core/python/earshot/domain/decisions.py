"""Who hears of a signal and why, and what came of it."""

from enum import StrEnum

from earshot.domain.business import Seller
from earshot.domain.values import Identifier, Model, Score, Slug, Utc


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
