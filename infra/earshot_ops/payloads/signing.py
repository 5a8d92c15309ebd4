"""Deliveries signed as their platforms sign them, with secrets made for the occasion.

The facts of each scheme stand in the source that verifies it; these are written apart from those,
so that one mistake is not made twice.
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

FORM, MULTIPART, JSON = (
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json",
)

_BOUNDARY = "earshot-boundary-7d1c0f"


def one_for_both() -> tuple[bytes, bytes]:
    """A secret that sender and receiver share."""
    made = secrets.token_hex(16).encode()
    return made, made


@dataclass(frozen=True, slots=True)
class Signed:
    """A delivery. ``proofs`` are what shows who sent it, each as it stands in headers or body."""

    headers: dict[str, str]
    body: bytes
    proofs: dict[str, str]


Sign = Callable[[bytes, bytes, datetime], Signed]


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to sign: ``sign(body, secret, now)``. ``new_secrets`` makes what the sender signs
    with and what the operator types in."""

    name: str
    sources: tuple[str, ...]
    sign: Sign
    covers_body: bool = True
    new_secrets: Callable[[], tuple[bytes, bytes]] = one_for_both


def signed(
    source: str, body: bytes, secret: bytes, *, now: datetime, content_type: str = JSON
) -> Signed:
    """As the source's platform would send it, by the first of its schemes. What Mailgun posts as a
    form is given as the JSON of its fields; ``content_type`` says which kind of form it becomes."""
    if source == "mailgun" and content_type == MULTIPART:
        return _mailgun(body, secret, now, write=_multipart)
    return schemes_of(source)[0].sign(body, secret, now)


def schemes_of(source: str) -> tuple[Scheme, ...]:
    return tuple(scheme for scheme in SCHEMES if source in scheme.sources)


def _shared_key() -> tuple[bytes, bytes]:
    made = b"whsec_" + base64.b64encode(secrets.token_bytes(24))
    return made, made


def _key_pair() -> tuple[bytes, bytes]:
    from nacl.signing import SigningKey

    made = SigningKey.generate()
    private, public = bytes(made), bytes(made.verify_key)
    return b"whsk_" + base64.b64encode(private), b"whpk_" + base64.b64encode(public)


def _hex_of_body(header: str, prefix: str, method: str) -> Sign:
    def sign(body: bytes, secret: bytes, _now: datetime) -> Signed:
        mac = hmac.new(secret, body, method).hexdigest()
        return Signed({header: prefix + mac}, body, {"signature": mac})

    return sign


def _token(header: str, prefix: str) -> Sign:
    def sign(body: bytes, secret: bytes, _now: datetime) -> Signed:
        return Signed({header: prefix + secret.decode()}, body, {"token": secret.decode()})

    return sign


def _x(body: bytes, secret: bytes, _now: datetime) -> Signed:
    mac = base64.b64encode(hmac.digest(secret, body, "sha256")).decode()
    return Signed({"x-twitter-webhooks-signature": f"sha256={mac}"}, body, {"signature": mac})


def _slack(body: bytes, secret: bytes, now: datetime) -> Signed:
    clock = _seconds(now)
    mac = hmac.new(secret, b"v0:%s:%s" % (clock.encode(), body), "sha256").hexdigest()
    headers = {"x-slack-request-timestamp": clock, "x-slack-signature": f"v0={mac}"}
    return Signed(headers, body, {"signature": mac, "timestamp": clock})


def _standard(body: bytes, secret: bytes, now: datetime) -> Signed:
    identity, clock = f"msg_{_nonce(body, now)}", _seconds(now)
    content = b"%s.%s.%s" % (identity.encode(), clock.encode(), body)
    kind, _, encoded = secret.partition(b"_")
    key = base64.b64decode(encoded)
    if kind == b"whsk":
        from nacl.signing import SigningKey

        scheme, mac = "v1a", SigningKey(key).sign(content).signature
    else:
        scheme, mac = "v1", hmac.digest(key, content, "sha256")
    told = base64.b64encode(mac).decode()
    headers = {
        "webhook-id": identity,
        "webhook-timestamp": clock,
        "webhook-signature": f"{scheme},{told}",
    }
    return Signed(headers, body, {"signature": told, "timestamp": clock, "id": identity})


def _mailgun(
    body: bytes,
    secret: bytes,
    now: datetime,
    *,
    write: Callable[[dict[str, Any]], Any] | None = None,
) -> Signed:
    clock, token = _seconds(now), _nonce(body, now)
    mac = hmac.new(secret, f"{clock}{token}".encode(), "sha256").hexdigest()
    proofs = {"timestamp": clock, "token": token, "signature": mac}
    fields = json.loads(body)
    if "event-data" in fields:
        told = json.dumps({**fields, "signature": proofs}).encode()
        return Signed({"content-type": JSON}, told, proofs)
    content_type, form = (write or _urlencoded)({**fields, **proofs})
    return Signed({"content-type": content_type}, form, proofs)


def _urlencoded(fields: dict[str, Any]) -> tuple[str, bytes]:
    return FORM, urlencode(list(_texts(fields))).encode()


def _multipart(fields: dict[str, Any]) -> tuple[str, bytes]:
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in _texts(fields)
    ]
    return f"{MULTIPART}; boundary={_BOUNDARY}", "".join([*parts, f"--{_BOUNDARY}--\r\n"]).encode()


def _texts(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """A field that is a list comes once for each."""
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            yield name, one if isinstance(one, str) else json.dumps(one)


def _nonce(body: bytes, now: datetime) -> str:
    """The same for the same body at the same time, so that what is read does not hang on chance."""
    return hashlib.sha256(f"{_seconds(now)}.".encode() + body).hexdigest()[:50]


def _seconds(now: datetime) -> str:
    return str(int(now.timestamp()))


_META = ("facebook", "instagram", "messenger", "whatsapp")
_HUBS = ("youtube", "rss")

SCHEMES = (
    Scheme("Meta", _META, _hex_of_body("x-hub-signature-256", "sha256=", "sha256")),
    Scheme("GitHub", ("github",), _hex_of_body("x-hub-signature-256", "sha256=", "sha256")),
    Scheme("X", ("x",), _x),
    Scheme("WebSub sha1", _HUBS, _hex_of_body("x-hub-signature", "sha1=", "sha1")),
    Scheme("WebSub sha256", _HUBS, _hex_of_body("x-hub-signature", "sha256=", "sha256")),
    Scheme("WebSub sha384", _HUBS, _hex_of_body("x-hub-signature", "sha384=", "sha384")),
    Scheme("WebSub sha512", _HUBS, _hex_of_body("x-hub-signature", "sha512=", "sha512")),
    Scheme("Slack v0", ("slack",), _slack),
    Scheme(
        "Telegram", ("telegram",), _token("x-telegram-bot-api-secret-token", ""), covers_body=False
    ),
    Scheme(
        "Discourse",
        ("discourse",),
        _hex_of_body("x-discourse-event-signature", "sha256=", "sha256"),
    ),
    Scheme("Mastodon", ("mastodon",), _hex_of_body("x-hub-signature", "sha256=", "sha256")),
    Scheme("Intercom", ("intercom",), _hex_of_body("x-hub-signature", "sha1=", "sha1")),
    Scheme("Mailgun", ("mailgun",), _mailgun, covers_body=False),
    Scheme("Bearer", ("cloudevents",), _token("authorization", "Bearer "), covers_body=False),
    Scheme("Standard Webhooks v1", ("generic", "cloudevents"), _standard, new_secrets=_shared_key),
    Scheme("Standard Webhooks v1a", ("generic", "cloudevents"), _standard, new_secrets=_key_pair),
)
