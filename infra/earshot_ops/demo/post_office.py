"""Sign deliveries as the platforms do, and post them."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import urllib3

from earshot.sources import standard_webhooks

_HTTP = urllib3.PoolManager(timeout=30.0, retries=False)


@dataclass(frozen=True)
class Envelope:
    """One signed delivery; sent twice it is the same delivery."""

    connection: str
    headers: Mapping[str, str]
    body: bytes


def github(connection: str, secret: bytes, payload: Mapping[str, Any], *, event: str) -> Envelope:
    """As GitHub signs: HMAC-SHA-256 over the body."""
    body = json.dumps(payload).encode()
    mac = hmac.new(secret, body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": event,
        "X-Hub-Signature-256": f"sha256={mac}",
    }
    return Envelope(f"github/{connection}", headers, body)


def generic(
    connection: str, secret: bytes, payload: Mapping[str, Any], *, identity: str
) -> Envelope:
    """As Standard Webhooks 1.0 signs."""
    body = json.dumps(payload).encode()
    signed = standard_webhooks.signed(identity, body, secret=secret, now=datetime.now(UTC))
    headers = {"Content-Type": "application/json", **signed}
    return Envelope(f"generic/{connection}", headers, body)


def forged(envelope: Envelope) -> Envelope:
    """The same signature under other words."""
    return Envelope(envelope.connection, envelope.headers, envelope.body.replace(b"e", b"3"))


def post(api_url: str, envelope: Envelope) -> int:
    """The status that came back."""
    url = f"{api_url.rstrip('/')}/hooks/{envelope.connection}"
    answer = _HTTP.request("POST", url, body=envelope.body, headers=dict(envelope.headers))
    return int(answer.status)
