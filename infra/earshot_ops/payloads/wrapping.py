"""What a platform would send of a file: fragments put where they belong, forms, names of events."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from earshot.sources import catalog
from earshot_ops.payloads import meta_bodies
from earshot_ops.payloads.cloud_events import modes
from earshot_ops.payloads.event_names import discourse_headers, github_event
from earshot_ops.payloads.files import File
from earshot_ops.payloads.signing import FORM, JSON, MULTIPART

XML = "application/xml"
_FORM = re.compile(rb"[\w.%-]+=")
ADDRESS = "https://payloads.example/feed"


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery before it is signed, or an answer to a poll, which nobody signs. ``note`` tells
    those of one file apart; ``is_again`` says that it is the one before it in another form."""

    source: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    note: str = ""
    is_pushed: bool = True
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """One body in a file; ``value`` is ``None`` for what is no JSON."""

    file: File
    source: str
    note: str
    content: bytes
    value: Any
    now: datetime


def sent_of(file: File, source: str, *, now: datetime) -> Iterator[Sent]:
    """Everything that the file stands for."""
    for note, content in _bodies(file):
        part = _Part(file, source, note, content, _json(content), now)
        yield from _WRAPS.get(source, _as_it_is)(part)


def _bodies(file: File) -> Iterator[tuple[str, bytes]]:
    """One, or those of a map of named whole bodies, or a line each."""
    if file.name.endswith((".jsonl", ".ndjson")):
        lines = enumerate(file.content.splitlines(), start=1)
        yield from ((f"line {number}", line) for number, line in lines if line.strip())
        return
    value = _json(file.content)
    if _is_map(value, named=".map." in file.name):
        yield from ((str(name), json.dumps(body).encode()) for name, body in value.items())
    else:
        yield "", file.content


def _is_map(value: Any, *, named: bool) -> bool:
    if not (isinstance(value, dict) and value):
        return False
    bodies = [body for body in value.values() if isinstance(body, dict)]
    return len(bodies) == len(value) and (named or all("entry" in body for body in bodies))


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _as_it_is(part: _Part) -> Iterator[Sent]:
    listing = catalog.listing(part.source)
    is_pushed = listing.posts and not (listing.polled and _is_answer(part))
    headers = {"content-type": _content_type(part.content)}
    if is_pushed and headers["content-type"] == XML:
        headers["link"] = f'<{ADDRESS}>; rel="self"'
    elif not is_pushed:
        headers["content-location"] = ADDRESS
    yield Sent(part.source, part.content, headers, part.note, is_pushed)


def _is_answer(part: _Part) -> bool:
    """Whether a source that is also polled got it so: Mastodon's webhooks name their event, and
    what a hub pushes lies in a folder named after hubs."""
    is_event = isinstance(part.value, dict) and {"event", "object"} <= set(part.value)
    return not (is_event or part.file.name.startswith(("websub", "pubsubhubbub")))


def _content_type(content: bytes) -> str:
    if content.lstrip()[:1] == b"<":
        return XML
    return FORM if _FORM.match(content) else JSON


def _meta(part: _Part) -> Iterator[Sent]:
    body = meta_bodies.whole(part.source, part.value, now=part.now)
    kept = part.content if body is part.value else json.dumps(body).encode()
    yield Sent(part.source, kept, {"content-type": _content_type(kept)}, part.note)


def _github(part: _Part) -> Iterator[Sent]:
    event = github_event(part.file.name, part.value)
    headers = {"content-type": _content_type(part.content), "x-github-event": event}
    yield Sent(part.source, part.content, headers, part.note)


def _discourse(part: _Part) -> Iterator[Sent]:
    headers = {"content-type": JSON, **discourse_headers(part.file.name, part.value)}
    yield Sent(part.source, part.content, headers, part.note)


def _mailgun(part: _Part) -> Iterator[Sent]:
    """What is no JSON is the form itself."""
    fields = part.value
    if not isinstance(fields, dict):
        fields = dict(parse_qsl(part.content.decode("utf-8", "replace"), keep_blank_values=True))
    body = json.dumps(fields).encode()
    is_form = "event-data" not in fields
    note = f"{part.note} urlencoded".strip() if is_form else part.note
    yield Sent(part.source, body, {"content-type": FORM}, note)
    if is_form:
        yield Sent(part.source, body, {"content-type": MULTIPART}, "multipart", is_again=True)


def _cloudevents(part: _Part) -> Iterator[Sent]:
    for mode, headers, body in modes(part.content, part.value):
        note, is_again = f"{part.note} {mode}".strip(), mode == "binary"
        yield Sent(part.source, body, headers, mode if is_again else note, is_again=is_again)


_WRAPS: dict[str, Callable[[_Part], Iterator[Sent]]] = {
    **dict.fromkeys(meta_bodies.OBJECTS, _meta),
    "cloudevents": _cloudevents,
    "discourse": _discourse,
    "github": _github,
    "mailgun": _mailgun,
}
