"""Published signatures, and what the check of them must not let through."""

import base64
import hmac
import json
import os
from pathlib import Path
from typing import Any

import pytest

from earshot_ops.payloads.vectors import Verdict, verdicts_of

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("EARSHOT_SHARED", ROOT.parent / "shared"))
VECTORS = SHARED / "data/signature-vectors.json"


@pytest.mark.skipif(not VECTORS.exists(), reason="published vectors are not part of the project")
def test_every_published_vector_is_taken_as_it_should() -> None:
    verdicts = list(verdicts_of(VECTORS))
    assert verdicts
    assert [one for one in verdicts if one.failure or not one.is_supported] == []


def verdict(tmp_path: Path, **vector: Any) -> Verdict:
    path = tmp_path / "vectors.json"
    path.write_text(json.dumps([{"name": "one", **vector}]))
    (found,) = verdicts_of(path)
    return found


def mac_of(secret: str, signed: str) -> bytes:
    return hmac.digest(secret.encode(), signed.encode(), "sha256")


GITHUB = {
    "scheme": "github",
    "secret": "s",
    "body": "{}",
    "header": "X-Hub-Signature-256",
    "expected": f"sha256={mac_of('s', '{}').hex()}",
}
CRC = {
    "scheme": "x-crc",
    "secret": "s",
    "crc_token": "token",
    "expected": f"sha256={base64.b64encode(mac_of('s', 'token')).decode()}",
}


def test_a_good_signature_is_accepted_and_with_a_bit_flipped_refused(tmp_path: Path) -> None:
    found = verdict(tmp_path, **GITHUB)
    assert found.told == "accepted; refused with another signature, body"
    assert not found.failure


def test_a_clock_is_the_vector_s_own_and_is_flipped_too(tmp_path: Path) -> None:
    slack = {
        "scheme": "slack",
        "secret": "s",
        "body": "b",
        "headers": {"X-Slack-Request-Timestamp": "1531420618"},
        "expected": f"v0={mac_of('s', 'v0:1531420618:b').hex()}",
    }
    found = verdict(tmp_path, **slack)
    assert found.told == "accepted; refused with another signature, timestamp, body"


def test_a_signature_that_does_not_fit_is_a_failure(tmp_path: Path) -> None:
    found = verdict(tmp_path, **{**GITHUB, "body": "{} "})
    assert found.failure == "verify: SignatureError"


def test_a_vector_to_refuse_that_fits_is_a_failure(tmp_path: Path) -> None:
    found = verdict(tmp_path, **GITHUB, must="REJECT")
    assert found.failure == "verify: accepted what it must refuse"


def test_a_challenge_is_answered_with_what_was_published(tmp_path: Path) -> None:
    assert verdict(tmp_path, **CRC).told == "accepted; refused with another token"
    other = verdict(tmp_path, **{**CRC, "expected": "sha256=other"})
    assert other.failure == "handshake: another answer"


def test_a_challenge_to_refuse_that_is_answered_is_a_failure(tmp_path: Path) -> None:
    found = verdict(tmp_path, **CRC, must="REFUSE")
    assert found.failure == "handshake: signed what it must not"


def test_a_challenge_that_could_be_a_body_is_refused(tmp_path: Path) -> None:
    found = verdict(tmp_path, **{**CRC, "crc_token": '{"a":1}'}, must="REFUSE")
    assert (found.told, found.failure) == ("refused", "")


def test_another_scheme_is_counted_apart(tmp_path: Path) -> None:
    assert not verdict(tmp_path, scheme="carrier-pigeon").is_supported


@pytest.mark.parametrize("vectors", ["{", "[1]", '[{"scheme": "github"}]', '{"vectors": 1}'])
def test_what_is_no_vector_is_a_failure_and_no_exception(tmp_path: Path, vectors: str) -> None:
    path = tmp_path / "vectors.json"
    path.write_text(vectors)
    assert all(one.failure for one in verdicts_of(path))
