"""What became of a post: the answer to why somebody heard of it, or did not."""

from enum import StrEnum

from earshot.domain.decisions import (
    Alert,
    AlertKind,
    AlertState,
    Claim,
    Decision,
    Feedback,
    Outcome,
    Role,
    Waiting,
)
from earshot.domain.signals import Evidence, Mention, PostHead, Signal, Understanding
from earshot.domain.values import Identifier, Model

OUTCOMES = {
    "names_account": "it is about an account of ours",
    "prospect": "its author wants something and names what we listen for",
    "names_nobody": "it names nobody and nothing on the watchlist",
    "no_buying_intent": "it names an entry of the watchlist but wants nothing that is a sale",
}


class Heard(Model):
    """As part of which signal, and by what. ``alert`` is the outbox row that tells of the post,
    whatever became of it. What is for a digest is ``waiting`` until it is told; ``digest`` is the
    one that tells it, as far as that is known already, or still."""

    subject_id: Identifier
    signal_id: Identifier
    alert: Alert | None = None
    waiting: Waiting | None = None
    digest: Alert | None = None
    in_digest: bool = False


class Fate(StrEnum):
    """What came of one post for one candidate."""

    ALERTED = "alerted"
    UPDATED = "updated"
    DUE = "due"
    FAILED = "failed"
    CANCELLED = "cancelled"
    WAITS = "waits"
    DIGESTED = "digested"
    ELSEWHERE = "elsewhere"
    NOT_YET = "not_yet"
    NOT_TOLD = "not_told"


class SellerWhy(Model):
    """What one candidate was decided to hear, how they heard of the post (not at all, when
    ``heard`` is ``None``; ``elsewhere``: as part of another signal), and what they said of it.
    ``is_expanding``: the rows that tell them are being made."""

    decision: Decision
    heard: Heard | None = None
    elsewhere: bool = False
    is_expanding: bool = False
    feedback: Feedback | None = None

    @property
    def alert(self) -> Alert | None:
        return self.heard.alert if self.heard and not self.elsewhere else None

    @property
    def fate(self) -> Fate:
        if self.heard is None:
            is_to_hear = self.decision.outcome is not Outcome.NOT
            return Fate.NOT_YET if is_to_hear and self.is_expanding else Fate.NOT_TOLD
        if self.elsewhere:
            return Fate.ELSEWHERE
        if self.heard.in_digest:
            return Fate.WAITS if self.heard.waiting else Fate.DIGESTED
        return _fate_of(self.heard.alert)


class SignalWhy(Model):
    """``evidence`` is what the post itself gave to the signal; none once it left it. ``asked`` are
    the routes that candidates were looked for on, ``present`` the role of whoever is on one of them
    now, and ``no_candidates`` who was never on any."""

    signal: Signal
    evidence: tuple[Evidence, ...]
    sellers: tuple[SellerWhy, ...]
    asked: tuple[str, ...]
    present: dict[str, Role]
    no_candidates: tuple[str, ...]
    claim: Claim | None


class Why(Model):
    """``signals`` is empty when the post concerned nobody; ``explanation`` says the outcome in
    words. ``raw_keys`` are the deliveries that brought it. What it is about and means is there as
    long as a story holds the post."""

    head: PostHead
    explanation: str
    raw_keys: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    understanding: Understanding | None = None
    signals: tuple[SignalWhy, ...]


def _fate_of(alert: Alert | None) -> Fate:
    """The row of an alert is gone after more than a year, and told long before."""
    if alert is None or alert.state is AlertState.SENT:
        is_update = alert is not None and alert.kind is AlertKind.UPDATE
        return Fate.UPDATED if is_update else Fate.ALERTED
    ended = {AlertState.FAILED: Fate.FAILED, AlertState.CANCELLED: Fate.CANCELLED}
    return ended.get(alert.state, Fate.DUE)
