"""What one seller is to hear of one signal, and the rows that it makes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from earshot.aws import keys
from earshot.aws.guard_store import Guard
from earshot.domain.models import Alert, AlertKind, AlertState, Decision, Signal, Waiting
from earshot.domain.posts import PostId


@dataclass(frozen=True)
class News:
    """One seller's decision on a signal, and the posts of it that it is about."""

    signal: Signal
    decision: Decision
    posts: Sequence[PostId]
    revision: int
    delivery_id: str | None
    play_id: str | None
    now: datetime

    @property
    def seller_id(self) -> str:
        return self.decision.seller_id

    @property
    def due_at(self) -> datetime:
        attention = self.decision.attention
        return (attention.due_at if attention else None) or self.now

    def guard(self, *, alert_id: str = "", waiting: str = "") -> Guard:
        subject_id, signal_id = self.signal.key
        return Guard(
            seller_id=self.seller_id,
            subject_id=subject_id,
            signal_id=signal_id,
            alert_id=alert_id,
            waiting=waiting,
            since=self.now,
        )

    def waiting(self, post: PostId, reason: str) -> Waiting:
        subject_id, signal_id = self.signal.key
        source, native_id = post
        return Waiting(
            seller_id=self.seller_id,
            subject_id=subject_id,
            signal_id=signal_id,
            source=source,
            native_id=native_id,
            score=self.decision.relevance.score,
            reason=reason,
            since=self.now,
        )

    def alert(
        self,
        posts: Sequence[PostId],
        *,
        root_id: str,
        not_before: datetime | None,
        instead_of: Guard | None = None,
    ) -> Alert:
        """``instead_of``: what was to tell of the first of the posts, in vain."""
        subject_id, signal_id = self.signal.key
        again = (f"{instead_of.alert_id} {instead_of.since}",) if instead_of else ()
        identity = (self.seller_id, signal_id, str(self.revision), *min(posts), *again)
        return Alert(
            alert_id=keys.digest(*identity),
            kind=AlertKind.UPDATE if root_id else AlertKind.ALERT,
            signal_id=signal_id,
            subject_id=subject_id,
            seller_id=self.seller_id,
            revision=self.revision,
            delivery_id=self.delivery_id,
            state=AlertState.PENDING,
            due_at=max(self.due_at, not_before or self.due_at),
            score=self.decision.relevance.score,
            intent=self.signal.intent,
            posts=len(posts),
            signal_ids=frozenset({self.signal.key}),
            root_id=root_id,
            play_id=self.play_id,
            made_at=self.now,
        )
