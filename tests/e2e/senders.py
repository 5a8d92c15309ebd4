"""Platforms that post to us, signed as `make check-payloads` signs for them."""

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from earshot_ops.demo.post_office import Envelope
from earshot_ops.payloads import signing
from tests.e2e.sayings import Saying

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Body:
    """What is posted, before it is signed."""

    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


Tell = Callable[[Saying], Body]


@dataclass(frozen=True)
class Platform:
    """``secret`` is what the operator types; empty where `earshot connect` makes it. ``tells`` also
    tells of an edit, where the platform does; ``forgets`` tells that the author is to be erased, in
    a form without a signature of its own where Meta asks for it. ``accepted`` is what the platform
    wants to be answered."""

    source: str
    tells: Tell
    native_id: Callable[[Saying], str]
    secret: str = ""
    deletes: Tell | None = None
    forgets: Tell | None = None
    edits: bool = True
    accepted: int = 202


def of_json(payload: Any, **headers: str) -> Body:
    """``X_Event`` stands for a header ``X-Event``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Body(json.dumps(payload).encode(), {"Content-Type": "application/json", **named})


def of_xml(text: str) -> Body:
    return Body(text.encode(), {"Content-Type": "application/atom+xml"})


def sealed(source: str, connection: str, secret: bytes, *, body: Body) -> Envelope:
    """Sent twice it is the same delivery."""
    place = f"{source}/{connection}"
    if body.headers.get("Content-Type") == FORM:
        return Envelope(place, body.headers, _signed_request(body, secret))
    made = signing.signed(source, body.content, secret, now=datetime.now(UTC))
    return Envelope(place, {**body.headers, **made.headers}, made.body)


def asked_to_erase(user_id: str) -> Body:
    """By which Meta says that a person wants to be erased."""
    now = int(datetime.now(UTC).timestamp())
    told = {"user_id": user_id, "algorithm": "HMAC-SHA256", "issued_at": now}
    return Body(json.dumps(told).encode(), {"Content-Type": FORM})


def _signed_request(body: Body, secret: bytes) -> bytes:
    """The encoded signature, a dot, and the encoded JSON that it is of."""
    payload = _encoded(body.content)
    mac = _encoded(hmac.digest(secret, payload, "sha256"))
    return urlencode({"signed_request": mac + b"." + payload}).encode()


def _encoded(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")
