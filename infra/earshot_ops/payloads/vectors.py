"""Published signatures, each against the source that has to accept it, or to refuse it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from earshot.errors import SignatureError
from earshot.sources import catalog
from earshot.sources.surface import Question, Reply
from earshot_ops.payloads.proving import FailedError, failing, refused
from earshot_ops.payloads.signing import Signed
from earshot_ops.payloads.tampering import flipped, tampered
from earshot_ops.payloads.trial import connection_of

_HUB = "x-hub-signature"
_HUB_256 = "x-hub-signature-256"
_PLACES = {
    "discourse": ("discourse", "x-discourse-event-signature"),
    "facebook": ("facebook", _HUB_256),
    "facebookpage": ("facebook", _HUB_256),
    "github": ("github", _HUB_256),
    "instagram": ("instagram", _HUB_256),
    "intercom": ("intercom", _HUB),
    "mastodon": ("mastodon", _HUB),
    "messenger": ("messenger", _HUB_256),
    "meta": ("facebook", _HUB_256),
    "slack": ("slack", "x-slack-signature"),
    "standardwebhooks": ("generic", "webhook-signature"),
    "standardwebhooksv1": ("generic", "webhook-signature"),
    "standardwebhooksv1a": ("generic", "webhook-signature"),
    "twitter": ("x", "x-twitter-webhooks-signature"),
    "websub": ("youtube", _HUB),
    "whatsapp": ("whatsapp", _HUB_256),
    "x": ("x", "x-twitter-webhooks-signature"),
    "youtube": ("youtube", _HUB),
}
"""By scheme: whose ``verify`` knows it, and the header that the signature is in."""

_CLOCKS = ("webhook-timestamp", "x-slack-request-timestamp")
_ANY_DAY = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``told`` is what happened to the vector; ``failure`` is empty when that was right."""

    name: str
    told: str = ""
    failure: str = ""
    is_supported: bool = True


def verdicts_of(path: Path) -> Iterator[Verdict]:
    """One for each vector of the file, or one that says why there is none."""
    try:
        with failing("reading"):
            vectors = json.loads(path.read_bytes())
    except FailedError as error:
        yield Verdict(path.name, failure=str(error))
        return
    for number, vector in enumerate(vectors if isinstance(vectors, list) else [vectors]):
        is_object = isinstance(vector, dict)
        yield _verdict(str(vector.get("name", number)) if is_object else str(number), vector)


def _verdict(name: str, vector: Any) -> Verdict:
    try:
        with failing("vector"):
            scheme = re.sub(r"[^a-z0-9]", "", str(vector["scheme"]).lower())
            if scheme == "xcrc" and "x" in catalog.SOURCES:
                return Verdict(name, _try_challenge(vector))
            source, header = _PLACES.get(scheme, ("", ""))
            if source not in catalog.SOURCES:
                return Verdict(name, is_supported=False)
            return Verdict(name, _try_signature(vector, source, header))
    except FailedError as error:
        return Verdict(name, failure=str(error))


def _try_signature(vector: dict[str, Any], source: str, header: str) -> str:
    delivery, now = _delivery(vector, header)
    verify = partial(catalog.webhook(source).verify, secrets=(vector["secret"].encode(),), now=now)
    if not _must_refuse(vector):
        with failing("verify"):
            verify(delivery.headers, delivery.body)
    elif not refused(partial(verify, delivery.headers, delivery.body)):
        raise FailedError("verify: accepted what it must refuse")
    changes = []
    for what, changed in tampered(delivery, with_body=True):
        if not refused(partial(verify, changed.headers, changed.body)):
            raise FailedError(f"verify: accepted with another {what}")
        changes.append(what)
    return _told(vector, changes)


def _delivery(vector: dict[str, Any], header: str) -> tuple[Signed, datetime]:
    """The delivery, and a clock that stands where the vector's does."""
    headers = {name.lower(): str(value) for name, value in vector.get("headers", {}).items()}
    expected = vector["expected"]
    clock = next((headers[name] for name in _CLOCKS if name in headers), None)
    proofs = {"signature": expected} | ({"timestamp": clock} if clock else {})
    told = {**headers, str(vector.get("header", header)).lower(): expected}
    now = datetime.fromtimestamp(int(clock), UTC) if clock else _ANY_DAY
    return Signed(told, vector["body"].encode(), proofs), now


def _try_challenge(vector: dict[str, Any]) -> str:
    """X asks for a token signed by the key that also signs bodies."""
    token, expected = vector["crc_token"], vector["expected"]
    answered = _answered(token, vector["secret"])
    if _must_refuse(vector):
        if answered is not None:
            raise FailedError("handshake: signed what it must not")
        return _told(vector, [])
    if answered != expected:
        raise FailedError("handshake: another answer")
    if _answered(flipped(token), vector["secret"]) == expected:
        raise FailedError("handshake: accepted with another token")
    return _told(vector, ["token"])


def _answered(token: str, secret: str) -> str | None:
    """``None`` for a question that is refused."""
    handshake = catalog.handshake("x")
    connection = connection_of("x", _ANY_DAY)
    question = Question("GET", {"crc_token": token}, {}, connection, (secret.encode(),))
    try:
        reply: Reply | None = handshake(question) if handshake else None
    except (SignatureError, ValueError, KeyError):
        return None
    agrees = reply is not None and reply.agrees
    return str(json.loads(reply.body)["response_token"]) if reply and agrees else None


def _must_refuse(vector: dict[str, Any]) -> bool:
    return str(vector.get("must", "")).upper() in {"REJECT", "REFUSE"}


def _told(vector: dict[str, Any], changes: list[str]) -> str:
    verdict = "refused" if _must_refuse(vector) else "accepted"
    changed = ", ".join(dict.fromkeys(changes))
    return f"{verdict}; refused with another {changed}" if changed else verdict
