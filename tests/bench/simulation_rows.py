"""The rows that each step writes and reads, with the keys of the product, and what they cost.

``tests/integration/test_simulation.py`` holds the writes against those of the real flows. A write
costs a unit per KB, twice that in a transaction, where a check costs as much as a write:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

from earshot.aws import keys
from earshot.domain.stories import signal_id
from tests.bench.simulation_world import SOURCE, Arrival, Said, moment

TOMBSTONE_SECRET = b"simulated"
STRAND_POST_KB = 1.2
SIGNAL_KB = 2
DECISIONS_KB = 3
SELLERS_READ = 5
"""Candidates of a signal, median; three rows each, of which one lies in SELLERS."""


class Row(NamedTuple):
    pk: str
    units: float


def received(arrival: Arrival) -> Row:
    key = keys.receipts(SOURCE, f"c{arrival.connection}", moment(arrival.at))
    return Row(key, 1)


def expiring(arrival: Arrival) -> Row:
    key = keys.expiry(f"{arrival.number:x}", moment(arrival.at), f"raw/{arrival.number:x}")
    return Row(key["pk"], 1)


def noted() -> Row:
    """That a connection delivered."""
    return Row(keys.connections(), 1)


def understood(said: Said, permalink: str) -> Iterator[Row]:
    """The index by which erasure finds the post, and its head; what an ambiguous name counted."""
    post = keys.post(SOURCE, said.native_id)
    yield Row(keys.author(SOURCE, said.author_id), 1)
    yield Row(keys.permalink(permalink)["pk"], 1)
    yield Row(post, 1)
    yield Row(post, 1)
    if said.alias is not None:
        yield Row(keys.alias(f"account:{said.alias}", f"account{said.alias}")["pk"], 1)


def joined(said: Said, *, is_new: bool) -> Iterator[Row]:
    """The post onto its strand; with a new strand of words its anchors, and that it was looked
    around from."""
    strand = _strand(said)
    yield from _checks(said)
    yield Row(strand, 2 * ceil(STRAND_POST_KB))
    yield Row(strand, 2)
    if is_new and said.sketch:
        for anchor in said.sketch.anchors:
            yield Row(keys.anchor(anchor, "")["pk"], 2)
        yield Row(strand, 1)


def decided(said: Said, alert_id: str) -> Iterator[Row]:
    """The signal, its decisions, and the row that stands for all who are to hear."""
    yield from _checks(said)
    yield Row(_strand(said), 2)
    yield Row(keys.subject(said.subject_id), 2 * SIGNAL_KB)
    yield Row(keys.signal_rows(_signal(said)), 2 * DECISIONS_KB)
    yield from inserted(alert_id)


def inserted(alert_id: str) -> Iterator[Row]:
    yield Row(keys.outbox(alert_id)["pk"], 2)
    yield Row(keys.due_shard(alert_id), 1)


def removed(alert_id: str) -> Iterator[Row]:
    yield Row(keys.outbox(alert_id)["pk"], 1)
    yield Row(keys.due_shard(alert_id), 1)


def told(said: Said, seller: str, alert_id: str | None) -> Iterator[Row]:
    """One seller: an alert of its own, or what waits for the digest."""
    post = keys.post(SOURCE, said.native_id)
    yield Row(post, 2)
    yield Row(post, 2)
    yield Row(keys.signal_rows(_signal(said)), 2)
    if alert_id:
        yield from inserted(alert_id)
        yield Row(keys.thread(seller, said.subject_id)["pk"], 2)
    else:
        yield Row(keys.waiting(seller), 2)


def mailed(seller: str, alert_id: str, at: float) -> Iterator[Row]:
    """Rate, day, claim, settlement, the list of open signals; then SES's two events."""
    outbox, shard = keys.outbox(alert_id)["pk"], keys.due_shard(alert_id)
    day = moment(at)
    yield Row(keys.mail_rate()["pk"], 1)
    yield Row(keys.day(seller, f"{day:%Y-%m-%d}")["pk"], 1)
    yield Row(outbox, 5)
    yield Row(shard, 3)
    yield Row(keys.opened(seller), 1)
    yield Row(keys.mail_figures(f"{day:%Y-%m-%d}")["pk"], 2)


def begun(seller: str, alert_id: str) -> Iterator[Row]:
    """A digest, with the pointer to it."""
    yield from inserted(alert_id)
    yield Row(keys.last_digest(seller)["pk"], 2)


def cleared(seller: str, rows: int) -> Row:
    return Row(keys.waiting(seller), rows)


def read_to_decide(said: Said, posts: int) -> Iterator[Row]:
    """Consistent, a unit per 4 KB: the strand with all of its posts, before and after; the account,
    who may be a candidate, and what is known of them."""
    yield Row(_strand(said), 3 + ceil(posts * STRAND_POST_KB / 4))
    yield Row(keys.subject(said.subject_id), 2)
    yield Row(keys.account(str(said.account))["pk"], 4)
    yield Row(keys.route("account", str(said.account)), 1)
    yield Row(keys.route("desk", f"competitor:{said.account % 20}"), 1)
    yield Row(keys.sellers(), SELLERS_READ)
    for anchor in said.sketch.anchors if said.sketch else ():
        yield Row(keys.anchor(anchor, "")["pk"], 1)


def _strand(said: Said) -> str:
    return keys.strand(said.strand_id or "")["pk"]


def _signal(said: Said) -> str:
    return signal_id(said.subject_id, SOURCE, said.strand_id or "")


def _checks(said: Said) -> Iterator[Row]:
    """Of the head, and of the tombstones of post and author."""
    yield Row(keys.post(SOURCE, said.native_id), 2)
    for kind, identity in (("post", said.native_id), ("author", said.author_id)):
        yield Row(keys.tombstone(TOMBSTONE_SECRET, kind, SOURCE, identity)["pk"], 2)
