"""What Meta's platforms have in common: signatures, the proof of an address, requests to erase.

The signature is HMAC-SHA-256 of the bytes as received with the app secret, in
``X-Hub-Signature-256``; an address is proved by a GET with ``hub.mode``, ``hub.verify_token`` and
``hub.challenge`` (Meta, "Webhooks: Getting Started"). A person who wants their data gone, or who
removes the app, has Meta post a form with a ``signed_request`` to the same address (Meta, "Data
Deletion Request Callback"): the encoded signature, a dot, the encoded JSON that it is of.
"""

import base64
import hmac
import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from earshot.domain.deliveries import Connection, Delivery
from earshot.domain.posts import AuthorDeletion
from earshot.errors import MalformedPayloadError, SignatureError
from earshot.sources import signing
from earshot.sources.payload import read_object, text_in
from earshot.sources.surface import Headers, Question, RawDelivery, Reply, native_id

reads_headers = ("content-type",)

_FORM = "application/x-www-form-urlencoded"
_CHALLENGE = re.compile(r"[!-~]{1,256}")
_CODE = re.compile(r"[0-9]{10}[0-9a-f]{64}")
_ABOUT_DELETION = (
    "This code is given out when a request to erase a person's data has been received. "
    "Everything that is kept of the person is erased as soon as the request is processed.\n"
)


def verify(
    headers: Headers,
    body: bytes,
    *,
    secrets: Iterable[bytes],
    now: datetime,  # noqa: ARG001  Meta signs no time
) -> None:
    """``SignatureError`` unless signed, in either way; a replay is the same delivery again."""
    if is_form(headers):
        try:
            _check_signed_request(body, secrets)
        except MalformedPayloadError as error:
            raise SignatureError("signed_request") from error
    else:
        signing.check_hex(headers, "x-hub-signature-256", secrets, signed=body, prefix="sha256=")


def verify_token(secret: bytes, connection: Connection) -> str:
    """What the operator types in as verify token beside the address of the connection."""
    place = f"verify-token:{connection.source}/{connection.connection_id}"
    return hmac.new(secret, place.encode(), "sha256").hexdigest()[:32]


def handshake(question: Question) -> Reply | None:
    """Echoes the challenge of whoever knows the token, and tells what a confirmation code means."""
    if question.method != "GET":
        return None
    if _CODE.fullmatch(question.query.get("deletion", "")):
        return Reply(_ABOUT_DELETION, proves=False)
    if question.query.get("hub.mode") != "subscribe":
        return None
    claimed = question.query.get("hub.verify_token", "").encode()
    tokens = [verify_token(secret, question.connection).encode() for secret in question.secrets]
    challenge = question.query.get("hub.challenge", "")
    if not any(hmac.compare_digest(claimed, token) for token in tokens):
        raise SignatureError("hub.verify_token")
    if not _CHALLENGE.fullmatch(challenge):
        raise SignatureError("hub.challenge")
    return Reply(challenge)


def answer(
    headers: Headers,
    body: bytes,  # noqa: ARG001
    *,
    connection: Connection,
    delivery: Delivery,
) -> Reply:
    """Meta asks for 200; of a request to erase it shows the person a link and a code."""
    if not is_form(headers):
        return Reply("received")
    code = f"{delivery.received_at:%Y%m%d%H}{delivery.delivery_id}"
    told = {"url": f"{connection.hook_url or ''}?deletion={code}", "confirmation_code": code}
    return Reply(json.dumps(told), content_type="application/json")


def is_form(headers: Headers) -> bool:
    """Whether the delivery asks to erase a person; all others are JSON."""
    return headers.get("content-type", "").lower().lstrip().startswith(_FORM)


def asked_to_erase(raw: RawDelivery) -> AuthorDeletion:
    """Of the id that the person has for the app."""
    user_id = text_in(_payload(_parts(raw.body)[1]), "user_id")
    if not user_id:
        raise MalformedPayloadError("no user in the signed request")
    return AuthorDeletion(source=raw.delivery.source, author_id=native_id(user_id))


def _check_signed_request(body: bytes, secrets: Iterable[bytes]) -> None:
    claimed, signed = _parts(body)
    macs = [hmac.digest(key, signed.encode(), "sha256") for key in secrets]
    expected = [base64.urlsafe_b64encode(mac).rstrip(b"=") for mac in macs]
    if not any(hmac.compare_digest(claimed.rstrip("=").encode(), one) for one in expected):
        raise SignatureError("signed_request")
    if text_in(_payload(signed), "algorithm").upper() != "HMAC-SHA256":
        raise SignatureError("algorithm")


def _parts(body: bytes) -> tuple[str, str]:
    """The encoded signature and the encoded payload."""
    try:
        fields = dict(parse_qsl(body.decode(), max_num_fields=20))
    except ValueError as error:
        raise MalformedPayloadError("no form") from error
    signature, dot, payload = fields.get("signed_request", "").partition(".")
    if not dot:
        raise MalformedPayloadError("no signed request")
    return signature, payload


def _payload(encoded: str) -> dict[str, Any]:
    try:
        return read_object(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
    except ValueError as error:
        raise MalformedPayloadError("no base64") from error
