"""Whom heartbeats are about, who hears of them, and when one arrived."""

from datetime import datetime, time, timedelta

from earshot.domain import heartbeat
from earshot.domain.models import (
    Alert,
    Candidate,
    EntryKind,
    Model,
    Role,
    Seller,
    Signal,
    Utc,
    WatchlistEntry,
    WorkingHours,
)
from earshot.domain.subjects import prospect_subject_id

WORTH = timedelta(hours=1)
"""So late a mail shows nothing any more and is not sent: none pile up while mail is paused."""

ENTRY = WatchlistEntry(
    entry_id=f"{EntryKind.COMPETITOR}:{heartbeat.NAME}",
    kind=EntryKind.COMPETITOR,
    name=heartbeat.COMPANY,
)
# The simulator takes every mail, also in the sandbox, and counts for no quota and no reputation:
# https://docs.aws.amazon.com/ses/latest/dg/send-an-email-from-console.html
SELLER = Seller(
    seller_id=heartbeat.NAME,
    name="Heartbeat",
    email="success@simulator.amazonses.com",
    hours=WorkingHours(start=time(0), end=time(0), days=(1, 2, 3, 4, 5, 6, 7)),
)
CANDIDATE = Candidate(seller=SELLER, role=Role.DESK)


class Arrival(Model):
    """The heartbeat of this slot came through to the event of its mail."""

    slot: Utc
    arrived_at: Utc

    @property
    def seconds(self) -> int:
        return int((self.arrived_at - self.slot).total_seconds())


def subject_id(slot: datetime) -> str:
    return prospect_subject_id(heartbeat.SOURCE, heartbeat.post_id(slot))


def is_heartbeat(signal: Signal) -> bool:
    """Whether its author is the heartbeat of the moment at which it was posted."""
    return signal.subject.subject_id == subject_id(signal.first_posted_at)


def slot_of(alert: Alert, now: datetime) -> datetime | None:
    """The slot of the heartbeat that this alert tells of, as long as it is worth anything; ``None``
    for the alert of a seller."""
    if not heartbeat.is_reader(alert.seller_id):
        return None
    slot = heartbeat.slot_of(now)
    while now - slot <= WORTH:
        if subject_id(slot) == alert.subject_id:
            return slot
        slot -= heartbeat.EVERY
    return None
