"""Published vectors and our own around them."""

import base64
import hashlib
import hmac
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from nacl.signing import SigningKey

from earshot.errors import SignatureError
from earshot.sources import generic, github, standard_webhooks

VECTORS = Path(__file__).parents[4] / "shared/data/signature-vectors.json"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = SigningKey(b"a private key of 32 bytes, ours.")
PUBLIC = b"whpk_" + base64.b64encode(bytes(KEY.verify_key))
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


def signed_with_a_key(moment: datetime = NOW, body: bytes = b"{}") -> dict[str, str]:
    clock = str(int(moment.timestamp()))
    signature = KEY.sign(f"m1.{clock}.".encode() + body).signature
    return {
        "webhook-id": "m1",
        "webhook-timestamp": clock,
        "webhook-signature": f"v1a,b2s= v1a,{base64.b64encode(signature).decode()}",
    }


def test_a_public_key_verifies_what_was_signed_with_the_private_one() -> None:
    other = b"whpk_" + base64.b64encode(bytes(SigningKey.generate().verify_key))
    good: tuple[tuple[bytes, ...], ...] = ((PUBLIC,), (SECRET, PUBLIC), (other, b"%", PUBLIC))
    for secrets in good:
        standard_webhooks.verify(signed_with_a_key(), b"{}", secrets=secrets, now=NOW)
    bare, short = PUBLIC.removeprefix(b"whpk_"), b"whpk_AAAA"
    for secrets in ((), (other,), (SECRET,), (bare,), (short,), (b"whpk_",)):
        with pytest.raises(SignatureError):
            standard_webhooks.verify(signed_with_a_key(), b"{}", secrets=secrets, now=NOW)


def test_both_kinds_of_secrets_may_be_live() -> None:
    for headers in (signed(NOW), signed_with_a_key()):
        standard_webhooks.verify(headers, b"{}", secrets=(PUBLIC, SECRET), now=NOW)


@pytest.mark.parametrize("headers", [signed(NOW), signed_with_a_key()], ids=["v1", "v1a"])
def test_every_bit_of_it_is_signed(headers: dict[str, str]) -> None:
    clock = str(int(NOW.timestamp()) + 1)
    scheme, _, signature = headers["webhook-signature"].split()[-1].partition(",")
    raw = bytearray(base64.b64decode(signature))
    raw[7] ^= 1
    changed = f"{scheme},{base64.b64encode(raw).decode()}"
    for name, value in (
        ("webhook-id", "m2"),
        ("webhook-timestamp", clock),
        ("webhook-signature", changed),
    ):
        with pytest.raises(SignatureError):
            standard_webhooks.verify(
                {**headers, name: value}, b"{}", secrets=(SECRET, PUBLIC), now=NOW
            )
    with pytest.raises(SignatureError):
        standard_webhooks.verify(headers, b"{ }", secrets=(SECRET, PUBLIC), now=NOW)


def test_a_clock_beyond_all_time_is_refused() -> None:
    with pytest.raises(SignatureError, match="timestamp"):
        standard_webhooks.verify(
            {**signed(NOW), "webhook-timestamp": "9" * 400}, b"{}", secrets=(SECRET,), now=NOW
        )


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_key_signs_no_old_delivery(seconds: int) -> None:
    headers = signed_with_a_key(NOW + timedelta(seconds=seconds))
    with pytest.raises(SignatureError, match="timestamp"):
        standard_webhooks.verify(headers, b"{}", secrets=(PUBLIC,), now=NOW)


def test_a_public_key_is_no_shared_secret() -> None:
    clock = str(int(NOW.timestamp()))
    for key in (base64.b64decode(PUBLIC.removeprefix(b"whpk_")), PUBLIC, b""):
        mac = hmac.digest(key, f"m1.{clock}.{{}}".encode(), "sha256")
        forged = {**signed(NOW), "webhook-signature": f"v1,{base64.b64encode(mac).decode()}"}
        with pytest.raises(SignatureError):
            standard_webhooks.verify(forged, b"{}", secrets=(PUBLIC, b"whsec_"), now=NOW)


def test_only_what_a_key_signed_waits_for_curves() -> None:
    ask = """
import sys
from datetime import UTC, datetime
from earshot.sources import standard_webhooks
headers = {"webhook-id": "m1", "webhook-timestamp": "0", "webhook-signature": "v1,AAAA v1a,AAAA"}
at = datetime.fromtimestamp(0, UTC)
for secrets in ((b"whsec_AAAA",), (b"whsec_AAAA", %r)):
    try:
        standard_webhooks.verify(headers, b"", secrets=secrets, now=at)
    except standard_webhooks.SignatureError:
        print("nacl" in sys.modules)
"""
    said = subprocess.run(
        [sys.executable, "-c", ask % PUBLIC], capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == ["False", "True"]


def test_what_we_sign_is_verified_until_anything_of_it_changes() -> None:
    headers = standard_webhooks.signed("beat-1", b"body", secret=SECRET, now=NOW)
    standard_webhooks.verify(headers, b"body", secrets=(SECRET,), now=NOW)
    for changed, body in ((headers, b"bodY"), ({**headers, "webhook-id": "beat-2"}, b"body")):
        with pytest.raises(SignatureError):
            standard_webhooks.verify(changed, body, secrets=(SECRET,), now=NOW)
