"""Published vectors and our own around them."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from earshot.errors import SignatureError
from earshot.sources import generic, github, standard_webhooks

VECTORS = Path(__file__).parents[4] / "shared/data/signature-vectors.json"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = b"whsec_" + base64.b64encode(b"a-secret-of-ours")


def vectors(scheme: str) -> list[Any]:
    if not VECTORS.exists():
        reason = "published vectors are not part of the project"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]
    known = json.loads(VECTORS.read_text())
    return [pytest.param(v, id=v["name"]) for v in known if v["scheme"] == scheme]


@pytest.mark.parametrize("vector", vectors("github"))
def test_github_s_published_vector(vector: dict[str, str]) -> None:
    headers = {vector["header"].lower(): vector["expected"]}
    body, secrets = vector["body"].encode(), (b"another", vector["secret"].encode())
    github.verify(headers, body, secrets=secrets, now=NOW)
    with pytest.raises(SignatureError):
        github.verify(headers, body + b" ", secrets=secrets, now=NOW)


@pytest.mark.parametrize("vector", vectors("standardwebhooks"))
def test_standard_webhooks_published_vectors(vector: dict[str, Any]) -> None:
    headers = {**vector["headers"], "webhook-signature": vector["expected"]}
    now = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    body, secrets = vector["body"].encode(), (vector["secret"].encode(),)
    if vector.get("must") == "REJECT":
        with pytest.raises(SignatureError):
            generic.verify(headers, body, secrets=secrets, now=now)
    else:
        generic.verify(headers, body, secrets=secrets, now=now)


def test_github_needs_the_signature_of_a_live_secret() -> None:
    signature = hmac.new(b"old", b"body", hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": f"sha256={signature}"}
    github.verify(headers, b"body", secrets=(b"new", b"old"), now=NOW)
    for wrong in ({}, {"x-hub-signature-256": signature}, {"x-hub-signature-256": "sha256="}):
        with pytest.raises(SignatureError):
            github.verify(wrong, b"body", secrets=(b"old",), now=NOW)
    with pytest.raises(SignatureError):
        github.verify(headers, b"body", secrets=(), now=NOW)


def signed(moment: datetime, body: bytes = b"{}") -> dict[str, str]:
    clock = str(int(moment.timestamp()))
    mac = hmac.new(b"a-secret-of-ours", f"m1.{clock}.".encode() + body, hashlib.sha256)
    signature = base64.b64encode(mac.digest()).decode()
    return {
        "webhook-id": "m1",
        "webhook-timestamp": clock,
        "webhook-signature": f"v1a,b2s= v1,%%% v1,b2s= v1,{signature}",
    }


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_clock_within_five_minutes_is_accepted_and_one_of_several_is_enough(
    seconds: int,
) -> None:
    headers = signed(NOW + timedelta(seconds=seconds))
    standard_webhooks.verify(headers, b"{}", secrets=(b"whsec_AAAA", SECRET), now=NOW)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_clock_beyond_five_minutes_is_refused_either_way(seconds: int) -> None:
    headers = signed(NOW + timedelta(seconds=seconds))
    with pytest.raises(SignatureError, match="timestamp"):
        standard_webhooks.verify(headers, b"{}", secrets=(SECRET,), now=NOW)


def test_the_identity_and_the_clock_are_signed_too() -> None:
    for name, value in (("webhook-id", "m2"), ("webhook-timestamp", str(int(NOW.timestamp()) + 1))):
        with pytest.raises(SignatureError):
            standard_webhooks.verify(
                {**signed(NOW), name: value}, b"{}", secrets=(SECRET,), now=NOW
            )
