"""Who heard of which post, and how: from guards, outbox rows and the mails that SES took."""

import base64
import email
import hashlib
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.domain.deciding import NOTHING_NEW
from earshot.domain.models import Decision, Outcome
from tests.house import House
from tests.standin.stand_in import StandIn

Post = tuple[str, str]
Pairs = set[tuple[str, Post]]
Item = dict[str, Any]

_LINK = re.compile(r"https://forum\.example/t/(\d+)")


@dataclass
class Heard:
    """``ways`` tells by seller and post what told it, an alert, an update or a digest; ``waits``
    what is not told yet. ``mails`` counts mails by alert id, ``resends`` how often nobody knew
    whether one was sent, ``twice`` what is told by more than one digest. ``sent`` is when who
    was mailed what kind."""

    ways: dict[tuple[str, Post], str] = field(default_factory=dict)
    waits: set[tuple[str, Post]] = field(default_factory=set)
    mails: Counter[str] = field(default_factory=Counter)
    resends: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    twice: int = 0
    sent: list[tuple[datetime, str, str]] = field(default_factory=list)


def heard(aws: StandIn, table: str) -> Heard:
    rows = _rows(aws, table)
    outbox = {pk.partition("#")[2]: row for (pk, _), row in rows.items() if pk[:7] == "OUTBOX#"}
    found = Heard()
    found.mails.update(mail.tags["alert_id"] for mail in aws.ses.mails)
    found.resends.update({name: int(row.get("resends", 0)) for name, row in outbox.items()})
    found.states.update(str(row["state"]) for row in outbox.values())
    found.sent = sorted(
        (datetime.fromisoformat(row["told_at"]), str(row["seller_id"]), str(row["kind"]))
        for row in outbox.values()
        if row["state"] == "SENT"
    )
    digests = _digests(outbox)
    sent = (row for row in outbox.values() if row.get("kind") == "digest")
    frozen = sum(len(row.get("frozen", ())) for row in sent if row["state"] == "SENT")
    found.twice = frozen - sum(map(len, digests.values()))
    for (pk, sk), guard in rows.items():
        if not sk.startswith("GUARD#"):
            continue
        _, source, native_id = pk.split("#", 2)
        seller_id = sk.partition("#")[2]
        one = seller_id, (source, native_id)
        way = _way(guard, seller_id, outbox, rows, digests=digests)
        if way:
            found.ways[one] = way
        else:
            found.waits.add(one)
    return found


def read(aws: StandIn) -> Pairs:
    """By seller, the posts of `tests.house.entry` whose links stand in a mail."""
    return {
        (mail.to[0].partition("@")[0], ("generic", f"p{number}"))
        for mail in aws.ses.mails
        for number in _LINK.findall(_text(mail.raw))
    }


def _text(raw: bytes) -> str:
    parts: Any = email.message_from_bytes(raw).get_payload()
    return str(parts[0].get_payload(decode=True).decode())


def to_hear(house: House) -> Pairs:
    """Who is to hear of which post, by the last decisions on what it is part of."""
    return _pairs(house, lambda decision: decision.outcome is not Outcome.NOT)


def left_by_erasures(house: House) -> Pairs:
    """Candidates and posts of signals that changed last because a post of theirs was erased, of
    which nobody is told: who hears of the rest depends on what they were before."""
    return _pairs(house, lambda decision: decision.reason == NOTHING_NEW)


def _pairs(house: House, is_wanted: Callable[[Decision], bool]) -> Pairs:
    signals, stories = SignalStore(house.table), StoryStore(house.table)
    keys = ((str(row["pk"]), str(row["sk"])) for row in house.rows())
    subjects = {pk.partition("#")[2] for pk, sk in keys if sk.startswith("SIGNAL#")}
    pairs: Pairs = set()
    for signal in (one for subject_id in subjects for one in signals.of_subject(subject_id)):
        decided = signals.decision_set(signal.signal_id, signal.revision)
        decisions = decided.decisions if decided else ()
        told = [one.seller_id for one in decisions if is_wanted(one)]
        posts = stories.posts_of(signal) if told else ()
        pairs |= {(name, (post.source, post.native_id)) for name in told for post in posts}
    return pairs


def _way(
    guard: Item,
    seller_id: str,
    outbox: dict[str, Item],
    rows: dict[Post, Item],
    *,
    digests: dict[str, set[bytes]],
) -> str:
    """Empty while it is not told. What waited and is gone was told by the digest that froze it."""
    alert = outbox.get(guard.get("alert_id", ""))
    if alert and alert["state"] == "SENT":
        return str(alert.get("kind", "alert"))
    waiting = f"ALERT#{alert['alert_id']}" if alert else guard.get("waiting", "")
    if (f"WAITING#{seller_id}", waiting) in rows or (alert and alert["state"] != "DIGESTED"):
        return ""
    return "digest" if short_hash(waiting) in digests.get(seller_id, ()) else ""


def short_hash(sort_key: str) -> bytes:
    """As a digest's row names what it tells."""
    return hashlib.sha256(sort_key.encode()).digest()[:8]


def _digests(outbox: dict[str, Item]) -> dict[str, set[bytes]]:
    """By seller, what the digests that were sent told."""
    told: dict[str, set[bytes]] = {}
    for row in outbox.values():
        if row.get("kind") == "digest" and row["state"] == "SENT":
            told.setdefault(str(row["seller_id"]), set()).update(row.get("frozen", ()))
    return told


def _rows(aws: StandIn, table: str) -> dict[Post, Item]:
    wanted = ("OUTBOX#", "POST#", "WAITING#")
    return {
        (item["pk"]["S"], item["sk"]["S"]): {name: plain(value) for name, value in item.items()}
        for _, (item, _) in aws.dynamodb.tables[table].rows.all()
        if item["pk"]["S"].startswith(wanted)
    }


def plain(value: Any) -> Any:
    """As Python has it; bytes come in base64, as on the wire."""
    if "BS" in value:
        return {base64.b64decode(one) for one in value["BS"]}
    return TypeDeserializer().deserialize(value)
