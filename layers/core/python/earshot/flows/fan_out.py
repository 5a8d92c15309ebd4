"""The row of the outbox that stands for all who are to hear of one revision of a signal."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from earshot.aws import keys
from earshot.domain.grouping import joined
from earshot.domain.models import Alert, AlertKind, AlertState, DecisionSet, Outcome, Signal
from earshot.domain.posts import PostId

FIRST_LOOK = timedelta(minutes=1)
"""After so long the sweep expands a row that was left behind."""
FAN_OUT_SELLER = "everybody"


@dataclass(frozen=True)
class Cause:
    """The version of a post that came. Without a cause (an erasure) nobody is alerted, and neither
    where it was ``replayed``, for good if ``rebuilt``."""

    source: str
    native_id: str
    version: str
    author_id: str
    delivery_id: str
    replayed: bool = False
    rebuilt: bool = False


def fan_out_id(signal: Signal) -> str:
    """Of the row that is there until everybody who is to hear of this revision has something."""
    subject_id = signal.subject.subject_id
    return keys.digest("fan_out", signal.signal_id, subject_id, str(signal.revision))


def fan_out_of(
    signal: Signal,
    decided: DecisionSet,
    *,
    cause: Cause | None,
    post: PostId | None,
    before: Signal | None,
    now: datetime,
) -> Alert | None:
    """Of ``post`` alone where nothing else is new to the signal, which its mark tells."""
    if all(decision.outcome is Outcome.NOT for decision in decided.decisions):
        return None
    marks = {before.posts_mark, joined(before.posts_mark, post)} if before and post else set()
    subject_id = signal.subject.subject_id
    return Alert(
        alert_id=fan_out_id(signal),
        kind=AlertKind.FAN_OUT,
        signal_id=signal.signal_id,
        subject_id=subject_id,
        seller_id=FAN_OUT_SELLER,
        revision=signal.revision,
        delivery_id=cause.delivery_id if cause else None,
        state=AlertState.PENDING,
        due_at=now + FIRST_LOOK,
        made_at=now,
        post=post if signal.posts_mark in marks else None,
    )
