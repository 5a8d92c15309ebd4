"""CloudEvents 1.0 over HTTP: structured, batched and binary (CloudEvents "HTTP Protocol Binding"
and "JSON Event Format" 1.0.2). Their data are posts in the format of `docs/generic-source.md`.

A delivery bears the connection's secret (RFC 6750) or is signed by Standard Webhooks. An address is
proved by OPTIONS, as in "HTTP 1.1 Web Hooks for Event Delivery" 1.0.1, section 4. The token that
its section 3.2 allows in the query is refused: addresses lie in logs.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from earshot.domain.models import Ignored
from earshot.errors import MalformedPayloadError, SignatureError
from earshot.sources import generic_posts, items, signing, standard_webhooks
from earshot.sources.payload import read_json
from earshot.sources.surface import Headers, Item, Question, RawDelivery, Reply

_ATTRIBUTES = ("id", "source", "specversion", "time")
_BONES = ("type", *_ATTRIBUTES)
"""What stays of an event beside the posts that are left in it."""

reads_headers = (*(f"ce-{name}" for name in _ATTRIBUTES), "content-type")

_ORIGIN = re.compile(r"[!-~]{1,255}")
_RATE = re.compile(r"[1-9][0-9]{0,8}")


def verify(headers: Headers, body: bytes, *, secrets: Iterable[bytes], now: datetime) -> None:
    """``SignatureError`` unless it bears a secret, or is signed where it says that it is; what
    verifies a signature is public and nobody's token. ``KeyError`` and ``ValueError`` for headers
    of a signature that are not what they should be."""
    if "webhook-signature" in headers:
        standard_webhooks.verify(headers, body, secrets=secrets, now=now)
        return
    scheme, _, token = headers.get("authorization", "").strip().partition(" ")
    tokens = [one for one in secrets if one and not one.startswith(standard_webhooks.PUBLIC)]
    if scheme.lower() != "bearer":
        raise SignatureError("authorization")
    signing.check_token({"authorization": token.strip()}, "authorization", tokens)


def handshake(question: Question) -> Reply | None:
    """Whoever asks may send, at the rate that they ask for: it is the secret that lets posts in."""
    origin = question.headers.get("webhook-request-origin", "")
    if question.method != "OPTIONS" or not _ORIGIN.fullmatch(origin):
        return None
    granted = {"Allow": "POST", "WebHook-Allowed-Origin": origin}
    if rate := question.headers.get("webhook-request-rate"):
        granted["WebHook-Allowed-Rate"] = rate if _RATE.fullmatch(rate) else "*"
    return Reply(body="", headers=granted)


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """Every event and every post in it stands for itself."""
    for event in _events(raw.headers, raw.body):
        yield from _read(event, raw)


def _read(event: Any, raw: RawDelivery) -> Iterator[Item]:
    if not isinstance(event, dict):
        yield Ignored(reason="malformed_post")
        return
    if not _is_of_version_1(event):
        yield Ignored(reason="other_specversion")
        return
    try:
        entries = _entries(event)
    except ValueError:
        yield Ignored(reason="malformed_post")
        return
    if not entries:
        yield Ignored(reason="event_without_post")
    time = event.get("time")
    posted_at = items.at_text(time if isinstance(time, str) else None) or raw.delivery.received_at
    for entry in entries:
        if isinstance(entry, dict) and entry.get("posted_at") is None:
            yield generic_posts.read({**entry, "posted_at": posted_at}, raw)
        else:
            yield generic_posts.read(entry, raw)


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:
    """An event that is left with other posts keeps them alone: its attributes may repeat words."""
    events = _events(headers, body)
    kept = [rest for event in events if (rest := _without(event, native_id)) is not None]
    if kept == events:
        return body
    if not kept:
        return None
    if _is_binary(headers):
        return json.dumps(kept[0]["data"]).encode()
    return json.dumps(kept if _is_batch(body) else kept[0]).encode()


def _without(event: Any, native_id: str) -> Any:
    """``None`` for an event that tells of nothing else."""
    if not isinstance(event, dict) or not _is_of_version_1(event):
        return event
    try:
        entries = _entries(event)
    except ValueError:
        return event
    left = [entry for entry in entries if not generic_posts.tells(entry, native_id)]
    kept = [generic_posts.without_words(entry) for entry in left]
    if kept == entries and not any(generic_posts.is_of(entry, native_id) for entry in entries):
        return event
    bones = {name: event[name] for name in _BONES if name in event}
    return {**bones, "data": {"posts": kept}} if kept else None


def _events(headers: Headers, body: bytes) -> list[Any]:
    """In the form of the JSON format, however they came."""
    if _is_binary(headers):
        return [_of_headers(headers, body)]
    told = read_json(body)
    if not isinstance(told, list | dict):
        raise MalformedPayloadError("neither an event nor a batch")
    return told if isinstance(told, list) else [told]


def _of_headers(headers: Headers, body: bytes) -> dict[str, Any]:
    found = ((name, headers.get(f"ce-{name}")) for name in _ATTRIBUTES)
    event: dict[str, Any] = {name: _attribute(value) for name, value in found if value is not None}
    kind = _media_type(headers) or "application/json"
    if body.strip() and (kind.endswith("+json") or kind.partition("/")[2] == "json"):
        event["data"] = read_json(body)
    return event


def _attribute(header: str) -> str:
    """Out of a quoted string, then percent-decoded once ("HTTP Protocol Binding", 3.1.3.2)."""
    if len(header) > 1 and header[0] == header[-1] == '"':
        header = re.sub(r"\\(.)", r"\1", header[1:-1])
    return unquote(header)


def _is_binary(headers: Headers) -> bool:
    told = any(f"ce-{name}" in headers for name in _ATTRIBUTES)
    return told and not _media_type(headers).startswith("application/cloudevents")


def _is_batch(body: bytes) -> bool:
    return body.lstrip().startswith(b"[")


def _media_type(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_of_version_1(event: dict[str, Any]) -> bool:
    return str(event.get("specversion")).partition(".")[0] == "1"


def _entries(event: dict[str, Any]) -> list[Any]:
    """What means to be posts in the data of an event; ``ValueError`` for data that are no base64.
    A single one without an id of its own is known by the event's, which names it for good."""
    data = _data(event)
    if not isinstance(data, dict):
        return []
    if isinstance(data.get("posts"), list):
        return list(data["posts"])
    if "text" not in data and data.get("deleted") is not True:
        return []
    source, name = event.get("source"), event.get("id")
    if data.get("id") is None and source and name:
        return [{**data, "id": generic_posts.identity(f"{source}/{name}")}]
    return [data]


def _data(event: dict[str, Any]) -> Any:
    encoded = event.get("data_base64")
    if event.get("data") is not None or encoded is None:
        return event.get("data")
    if not isinstance(encoded, str):
        raise ValueError("no base64")  # noqa: TRY004  one kind of error for what was sent
    try:
        return read_json(base64.b64decode(encoded, validate=True))
    except MalformedPayloadError:
        return None
