"""Signatures of bodies: HMAC (RFC 2104) over the bytes as received, compared in constant time."""

import base64
import hmac
from collections.abc import Iterable
from datetime import datetime

from earshot.errors import SignatureError
from earshot.sources.surface import Headers

TOLERANCE_SECONDS = 300


def check_hex(
    headers: Headers,
    name: str,
    secrets: Iterable[bytes],
    *,
    signed: bytes,
    prefix: str = "",
    method: str = "sha256",
) -> None:
    """``SignatureError`` unless the header is ``prefix`` and the hexadecimal HMAC of ``signed``
    with one of the secrets."""
    claimed = headers.get(name, "").encode()
    macs = [prefix.encode() + hmac.new(key, signed, method).hexdigest().encode() for key in secrets]
    _check(name, claimed, macs)


def check_base64(
    headers: Headers, name: str, secrets: Iterable[bytes], *, signed: bytes, prefix: str = ""
) -> None:
    """The same with an HMAC-SHA-256 in base64."""
    claimed = headers.get(name, "").encode()
    macs = [
        prefix.encode() + base64.b64encode(hmac.digest(key, signed, "sha256")) for key in secrets
    ]
    _check(name, claimed, macs)


def check_token(headers: Headers, name: str, secrets: Iterable[bytes], *, prefix: str = "") -> None:
    """``SignatureError`` unless the header is one of the secrets itself."""
    _check(name, headers.get(name, "").encode(), [prefix.encode() + key for key in secrets])


def check_clock(claimed: str, now: datetime, *, tolerance: int = TOLERANCE_SECONDS) -> None:
    """``SignatureError`` unless these are seconds since 1970 near ``now``."""
    if not (claimed.isascii() and claimed.isdigit() and len(claimed) < 16):
        raise SignatureError("clock")
    if abs(now.timestamp() - int(claimed)) > tolerance:
        raise SignatureError("clock")


def _check(name: str, claimed: bytes, expected: list[bytes]) -> None:
    if not any(hmac.compare_digest(claimed, one) for one in expected):
        raise SignatureError(name)
