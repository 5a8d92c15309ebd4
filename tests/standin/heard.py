"""Who heard of which post, and how: from guards, outbox rows and the mails that SES took."""

import base64
import email
import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.domain.deciding import NOTHING_NEW
from earshot.domain.models import Outcome
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


def by_decisions(aws: StandIn, house: House) -> tuple[Pairs, Pairs]:
    """Who is to hear of which post, by the last decisions on what it is part of; and candidates and
    posts of signals that changed last because a post of theirs was erased, of which nobody is told:
    who hears of the rest depends on what they were before."""
    signals, stories = SignalStore(house.table), StoryStore(house.table)
    rows = aws.dynamodb.tables[house.table.name].rows.all()
    keys = [(pk, sk) for (pk, sk), _ in rows if pk[:8] == "SUBJECT#" and sk[:7] == "SIGNAL#"]
    to_hear: Pairs = set()
    left: Pairs = set()
    for pk, sk in keys:
        signal = signals.get(pk.partition("#")[2], sk.partition("#")[2])
        decided = signals.decision_set(signal.signal_id, signal.revision) if signal else None
        if signal and decided:
            told = {one.seller_id for one in decided.decisions if one.outcome is not Outcome.NOT}
            silent = {one.seller_id for one in decided.decisions if one.reason == NOTHING_NEW}
            posts = [one.identity for one in stories.told_by(signal)] if told or silent else []
            to_hear |= {(name, post) for name in told for post in posts}
            left |= {(name, post) for name in silent for post in posts}
    return to_hear, left


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
    return {
        (pk, sk): {name: plain(value) for name, value in item.items()}
        for (pk, sk), (item, _) in aws.dynamodb.tables[table].rows.all()
        if pk.startswith(("OUTBOX#", "WAITING#")) or sk.startswith("GUARD#")
    }


def plain(value: Any) -> Any:
    """As Python has it; bytes come in base64, as on the wire."""
    if "BS" in value:
        return {base64.b64decode(one) for one in value["BS"]}
    return TypeDeserializer().deserialize(value)
