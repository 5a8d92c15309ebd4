"""Standard Webhooks 1.0 (https://www.standardwebhooks.com), for every source that is signed so.

HMAC-SHA-256 over ``{webhook-id}.{webhook-timestamp}.{body}``, base64, in a space-separated list of
``v1,<signature>``; five minutes of clock difference are allowed either way.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Iterator
from datetime import datetime

from earshot.errors import SignatureError
from earshot.sources.surface import Headers

TOLERANCE_SECONDS = 300

_SIGNATURES = 16
"""More than any sender has keys; a list without end would make us compute without end."""


def verify(headers: Headers, body: bytes, *, secrets: Iterable[bytes], now: datetime) -> None:
    """``SignatureError`` when it is not signed by one of the secrets, or not now; ``KeyError`` and
    ``ValueError`` when a header is missing or is not what it should be."""
    identity, clock = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(now.timestamp() - int(clock)) > TOLERANCE_SECONDS:
        raise SignatureError("webhook-timestamp")
    signed = f"{identity}.{clock}.".encode() + body
    expected = [hmac.new(_key(secret), signed, hashlib.sha256).digest() for secret in secrets]
    claimed = list(_claimed(headers["webhook-signature"]))
    if not any(hmac.compare_digest(one, other) for one in claimed for other in expected):
        raise SignatureError("webhook-signature")


def _key(secret: bytes) -> bytes:
    return base64.b64decode(secret.removeprefix(b"whsec_"), validate=True)


def _claimed(header: str) -> Iterator[bytes]:
    """Signatures of other schemes (``v1a``) and what is no base64 are passed over."""
    for part in header.split()[:_SIGNATURES]:
        scheme, _, signature = part.partition(",")
        if scheme == "v1":
            try:
                yield base64.b64decode(signature, validate=True)
            except binascii.Error:
                continue
