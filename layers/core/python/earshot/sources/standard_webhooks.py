"""Standard Webhooks 1.0 (https://www.standardwebhooks.com), for every source that is signed so.

What is signed is ``{webhook-id}.{webhook-timestamp}.{body}``; the header holds a space-separated
list of signatures in base64: ``v1,<HMAC-SHA-256>`` by a shared secret (``whsec_<base64>``) and
``v1a,<Ed25519>`` for a public key (``whpk_<base64>``). Five minutes of clock difference are allowed
either way.
"""

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime

from earshot.errors import SignatureError
from earshot.sources.surface import Headers

TOLERANCE_SECONDS = 300
PUBLIC = b"whpk_"

_SHARED = b"whsec_"
_LONGEST_CLOCK = 15
_SIGNATURES = 16
"""More than any sender has keys; a list without end would make us compute without end."""


def verify(headers: Headers, body: bytes, *, secrets: Iterable[bytes], now: datetime) -> None:
    """``SignatureError`` when it is not signed for one of the secrets, or not now; ``KeyError`` and
    ``ValueError`` when a header is missing or is not what it should be."""
    identity, clock = headers["webhook-id"], headers["webhook-timestamp"]
    if len(clock) > _LONGEST_CLOCK or abs(now.timestamp() - int(clock)) > TOLERANCE_SECONDS:
        raise SignatureError("webhook-timestamp")
    signed = f"{identity}.{clock}.".encode() + body
    claimed, keys = headers["webhook-signature"].split()[:_SIGNATURES], tuple(secrets)
    shared = _keys(key.removeprefix(_SHARED) for key in keys if not key.startswith(PUBLIC))
    public = _keys(key.removeprefix(PUBLIC) for key in keys if key.startswith(PUBLIC))
    by_secret, by_key = _claimed("v1", claimed), _claimed("v1a", claimed)
    if not (_is_by_secret(signed, by_secret, shared) or _is_by_key(signed, by_key, public)):
        raise SignatureError("webhook-signature")


def signed(identity: str, body: bytes, *, secret: bytes, now: datetime) -> dict[str, str]:
    """The headers of a sender who shares the secret."""
    clock = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix(_SHARED))
    mac = hmac.digest(key, f"{identity}.{clock}.".encode() + body, "sha256")
    signature = f"v1,{base64.b64encode(mac).decode()}"
    return {
        "webhook-id": identity,
        "webhook-timestamp": clock,
        "webhook-signature": signature,
    }


def _is_by_secret(signed: bytes, claimed: list[bytes], keys: list[bytes]) -> bool:
    expected = [hmac.digest(key, signed, "sha256") for key in keys]
    return any(hmac.compare_digest(one, other) for one in claimed for other in expected)


def _is_by_key(signed: bytes, claimed: list[bytes], keys: list[bytes]) -> bool:
    if not (claimed and keys):
        return False
    from nacl.exceptions import BadSignatureError  # cold starts: most senders share a secret
    from nacl.signing import VerifyKey

    def fits(signature: bytes, key: bytes) -> bool:
        try:
            return bool(VerifyKey(key).verify(signed, signature))
        except (BadSignatureError, ValueError):
            return False

    return any(fits(one, key) for one in claimed for key in keys)


def _keys(secrets: Iterable[bytes]) -> list[bytes]:
    """What is no base64 is no key of this scheme, and an empty one would be anybody's."""
    return [key for key in map(_decoded, secrets) if key]


def _claimed(scheme: str, parts: Iterable[str]) -> list[bytes]:
    """Other schemes and what is no base64 are passed over."""
    found = (part.removeprefix(f"{scheme},") for part in parts if part.startswith(f"{scheme},"))
    return [signature for signature in map(_decoded, found) if signature]


def _decoded(text: str | bytes) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return None
