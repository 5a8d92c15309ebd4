"""Slack: messages of the channels that our app is in, through the Events API.

The signature is HMAC-SHA-256 of ``v0:{timestamp}:{body}`` with the signing secret, and the
timestamp is within five minutes (docs.slack.dev, "Verifying requests from Slack"). Buttons and
commands come as forms to the same address, where an operator sets it so; they are no messages.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import ValidationError
from pydantic_core import to_json

from earshot.domain.deliveries import Connection, Delivery
from earshot.domain.models import Author, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import items, signing
from earshot.sources.payload import number_in, part_in, parts_in, pruned, read_object, text_in
from earshot.sources.slack_events import (
    SILENT,
    Event,
    Subject,
    author_id,
    event_in,
    event_of,
    is_form,
    kind_of_form,
    messages_in,
    subject_of,
)
from earshot.sources.slack_text import repeated_in, words_of
from earshot.sources.surface import Headers, Held, Item, RawDelivery, Reply

reads_headers = ("content-type",)

_LONGEST_CHALLENGE = 1_000


def verify(headers: Headers, body: bytes, *, secrets: Iterable[bytes], now: datetime) -> None:
    """``SignatureError`` unless signed, and lately."""
    clock = headers.get("x-slack-request-timestamp", "")
    signing.check_clock(clock, now)
    signed = b"v0:" + clock.encode() + b":" + body
    signing.check_hex(headers, "x-slack-signature", secrets, signed=signed, prefix="v0=")


def answer(
    headers: Headers,
    body: bytes,
    *,
    connection: Connection,  # noqa: ARG001
    delivery: Delivery,  # noqa: ARG001
) -> Reply | None:
    """The challenge of a new address; and for forms nothing, which their sender would be shown."""
    if is_form(headers, body):
        return Reply("")
    try:
        event = read_object(body)
    except MalformedPayloadError:
        return None
    challenge = text_in(event, "challenge")[:_LONGEST_CHALLENGE]
    if text_in(event, "type") != "url_verification" or not challenge:
        return None
    return Reply(json.dumps({"challenge": challenge}), content_type="application/json")


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """Messages that were written, changed or deleted; all else is ignored by its name."""
    if is_form(raw.headers, raw.body):
        yield Ignored(reason=kind_of_form(raw.body))
        return
    try:
        yield _item(event_of(raw.headers, raw.body), raw)
    except ValidationError:
        yield Ignored(reason="malformed_post")


def _item(found: Event, raw: RawDelivery) -> Item:
    subject = subject_of(found)
    if subject.name:
        return Ignored(reason=subject.name if subject.name in SILENT else "other_event")
    if not (found.channel and items.at_seconds(subject.ts)):
        return Ignored(reason="malformed_post" if subject.ts or found.event else "other_event")
    if subject.is_deleted:
        at = items.at_seconds(text_in(found.event, "event_ts", "ts"))
        return items.deletion(raw, found.identity(subject.ts), at=at)
    return _post(found, subject, raw)


def _post(found: Event, subject: Subject, raw: RawDelivery) -> Post:
    message, words = subject.message, words_of(subject.message)
    thread = text_in(message, "thread_ts")
    root = found.identity(thread) if thread and thread != subject.ts else None
    return items.post(
        raw,
        identity=found.identity(subject.ts),
        kind="message",
        author=_author(found, message),
        text=words.text,
        plain=words.plain,
        links=words.links,
        repeats=repeated_in(message),
        posted_at=items.at_seconds(subject.ts),
        edited_at=_edited_at(found, subject),
        thread_id=root,
        parent_id=root,
        permalink=_permalink(found, subject.ts),
        counts=_counts(message),
    )


def _permalink(found: Event, ts: str) -> str:
    """Leads to the message without a word of the workspace's own address."""
    place = {"team": found.team, "channel": found.channel, "message_ts": ts}
    return f"https://slack.com/app_redirect?{urlencode(place)}"


def _counts(message: dict[str, Any]) -> dict[str, int]:
    replies = number_in(message, "reply_count")
    reactions = [number_in(one, "count") or 0 for one in parts_in(message, "reactions")]
    counts = {} if replies is None else {"replies": replies}
    return {**counts, "reactions": sum(reactions)} if reactions else counts


def _edited_at(found: Event, subject: Subject) -> datetime | None:
    """``edited`` counts whole seconds. A message whose links were unfurled says the same as before
    and was not edited; one of an app may be changed without a word of when."""
    posted = items.at_seconds(subject.ts)
    edited = items.at_seconds(text_in(part_in(subject.message, "edited"), "ts"))
    if not edited and subject.message is not found.event:
        before = part_in(found.event, "previous_message")
        if words_of(before).text != words_of(subject.message).text:
            edited = items.at_seconds(text_in(found.event, "event_ts", "ts"))
    return max(edited, posted) if edited and posted else None


def _author(found: Event, message: dict[str, Any]) -> Author:
    profile = part_in(message, "user_profile", "bot_profile")
    return items.author(
        author_id(found, message),
        handle=text_in(profile, "display_name", "name") or None,
        name=text_in(message, "username") or text_in(profile, "real_name", "name") or None,
    )


def held(headers: Headers, body: bytes) -> Iterable[Held]:
    """Messages as they were before, roots of threads, what is pinned, shared or answered."""
    found = messages_in(event_of(headers, body))
    return list({one.native_id: Held(one.native_id, one.author_id) for one in found}.values())


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:
    """A deletion outlives the words of what it deletes, a message those of others."""
    found = event_of(headers, body)
    gone = {id(one.part) for one in messages_in(found) if one.native_id == native_id}
    if not gone:
        return body
    subject = subject_of(found)
    if subject.name or is_form(headers, body):
        return None
    if found.identity(subject.ts) != native_id:
        rest = pruned(found.body, lambda part: id(part) in gone)
        return to_json(rest) if subject_of(event_in(rest)).ts else None
    if not subject.is_deleted:
        return None
    kept = {name: found.event.get(name) for name in ("type", "channel", "event_ts", "ts", "team")}
    event = {**kept, "subtype": "message_deleted", "deleted_ts": subject.ts}
    return to_json({**found.body, "event": event})
