"""The heartbeat: a post of our own, every five minutes, that goes the way of any other up to a mail
to SES's mailbox simulator, and so shows that the way is open.

Its connection and its reader are named here and in `heartbeat_reader` and lie in no table, so that
no list, digest or report can show them; each heartbeat is a post by another author, so that it is a
story of its own (docs/decisions/0037).
"""

import json
from datetime import UTC, datetime, timedelta

from earshot.domain.deliveries import Connection, DataClass

NAME = "earshot-heartbeat"
"""Of the connection and of the reader; no other may be called so."""
SOURCE = "generic"
EVERY = timedelta(minutes=5)
COMPANY = "EarshotHeartbeat"
"""What the posts name, and nobody else."""

# Too short to be compared with other words (`repeats.LEAST_WORDS`), so no two are one story.
_TEXT = f"Leaving {COMPANY}, any alternatives?"
_FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def connection() -> Connection:
    """Borrowed, so that the raw object goes once its mail went, after 48 hours at the latest."""
    return Connection(
        source=SOURCE, connection_id=NAME, data_class=DataClass.BORROWED, created_at=_FIRST
    )


def is_connection(source: str, connection_id: str) -> bool:
    return (source, connection_id) == (SOURCE, NAME)


def is_reader(seller_id: str) -> bool:
    """Whether what this seller hears of are heartbeats, and nothing else."""
    return seller_id == NAME


def slot_of(moment: datetime) -> datetime:
    """The beginning of the five minutes: one heartbeat belongs to them, however often it is
    sent."""
    seconds = int(EVERY.total_seconds())
    return datetime.fromtimestamp(int(moment.timestamp()) // seconds * seconds, UTC)


def post_id(slot: datetime) -> str:
    """Of the post, and of its author."""
    return f"{NAME}-{slot:%Y-%m-%dT%H:%MZ}"


def body(slot: datetime) -> bytes:
    """The delivery, byte for byte the same within a slot."""
    identity = post_id(slot)
    post = {
        "id": identity,
        "author": {"id": identity},
        "text": _TEXT,
        "posted_at": slot.isoformat(),
    }
    return json.dumps({"posts": [post]}).encode()
