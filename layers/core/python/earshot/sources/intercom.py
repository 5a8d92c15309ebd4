"""Intercom: what contacts write to us, in conversations of a workspace of ours.

``X-Hub-Signature`` is HMAC-SHA-1 over the raw body with the client secret of the app
(developers.intercom.com, "Setting up webhooks", "Signed notifications"). A notification holds under
``data.item`` the conversation with its first message as ``source`` and the newest of the others as
``conversation_parts`` (same site, "Webhook topics"; before API 2.0 the first is
``conversation_message``). Messages are never edited, only redacted.

Ids count per region, so the workspace's ``app_id`` is before them.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from pydantic_core import to_json

from earshot.domain.models import AuthorDeletion, Ignored
from earshot.sources import items, signing
from earshot.sources.intercom_topics import reason_of
from earshot.sources.payload import object_of, part_in, parts_in, read_object, text_in
from earshot.sources.surface import Headers, Held, Item, RawDelivery
from earshot.sources.surface import native_id as native_id_of
from earshot.sources.text import links_of_html, plain_of_html

reads_headers: tuple[str, ...] = ()

_OPENED = frozenset(("conversation.created", "conversation.user.created"))
_ANSWERED = frozenset((*_OPENED, "conversation.user.replied"))
_PERSON_GONE = frozenset(("contact.deleted", "user.deleted"))
_CONTACTS = frozenset(("", "contact", "lead", "user"))


class _Message(NamedTuple):
    """``thing`` is its kind and id, the id empty where none came."""

    thing: str
    part: dict[str, Any]

    @property
    def is_first(self) -> bool:
        return self.thing.startswith("conversation:")

    @property
    def author(self) -> dict[str, Any]:
        return part_in(self.part, "author")

    @property
    def author_id(self) -> str:
        return text_in(self.author, "id")


def verify(
    headers: Headers,
    body: bytes,
    /,
    *,
    secrets: Iterable[bytes],
    now: datetime,  # noqa: ARG001  Intercom signs no time
) -> None:
    """``SignatureError`` unless signed; a replay is the same delivery again."""
    name = "x-hub-signature"
    signing.check_hex(headers, name, secrets, signed=body, prefix="sha1=", method="sha1")


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """Messages of contacts from the notifications of them, and whatever is redacted or deleted. The
    conversation stands for its first message; of a deleted one no more may be known."""
    event = read_object(raw.body)
    topic, person = text_in(event, "topic"), text_in(_item(event), "id")
    if topic in _PERSON_GONE and person:
        yield AuthorDeletion(source=raw.delivery.source, author_id=native_id_of(person))
        return
    gone, found = _gone(event), False
    for message in _messages(event):
        if message.thing in gone:
            found = True
            deleted_at = items.at_seconds(text_in(event, "created_at"))
            yield items.deletion(raw, _identity(event, message.thing), at=deleted_at)
        elif topic in (_OPENED if message.is_first else _ANSWERED) and _is_contact(message):
            found = True
            yield _read(raw, event, message)
    if not found:
        yield Ignored(reason=reason_of(topic))


def held(headers: Headers, body: bytes) -> Iterable[Held]:  # noqa: ARG001
    """Every notification repeats messages of its conversation, whatever it is about; they go with
    the conversation where that is deleted."""
    event = read_object(body)
    told = [message for message in _messages(event) if _is_told(message)]
    names = [native_id_of(_identity(event, message.thing)) for message in told]
    for message, identity in zip(told, names, strict=True):
        author = native_id_of(message.author_id) if message.author_id else identity
        parts = tuple(name for name in names if name != identity) if message.is_first else ()
        yield Held(identity, author, parts)


def _is_told(message: _Message) -> bool:
    told = text_in(message.part, "body", "subject") or message.author
    return bool(told) and not message.thing.endswith(":")


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:  # noqa: ARG001
    """Less all else that could hold words or names, like titles and lists of contacts. What is
    deleted keeps its identity."""
    event = read_object(body)
    messages, gone = list(_messages(event)), _gone(event)
    erased = {m.thing for m in messages if native_id_of(_identity(event, m.thing)) == native_id}
    if not erased:
        return body
    kept = [
        _Message(m.thing, _kept(m.part, "id", "redacted")) if m.thing in erased else m
        for m in messages
        if m.thing in gone or m.thing not in erased
    ]
    return to_json(_with(event, kept)) if kept else None


def _with(event: dict[str, Any], messages: list[_Message]) -> dict[str, Any]:
    """The notification as one of these messages and nothing else."""
    item = _item(event)
    parts = [message.part for message in messages if not message.is_first]
    told = _kept(item, "id", "conversation_id", "created_at", "links")
    told["conversation_parts"] = {"conversation_parts": parts}
    if first := next((message for message in messages if message.is_first), None):
        told["source"] = first.part
    return {**_kept(event, "topic", "app_id", "created_at"), "data": {"item": told}}


def _kept(part: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: part[name] for name in names if name in part}


def _messages(event: dict[str, Any]) -> Iterator[_Message]:
    """The first of the conversation, where it is told, and the others."""
    item, topic = _item(event), text_in(event, "topic")
    if text_in(item, "type") == "conversation_part":
        yield _Message(f"part:{text_in(item, 'id')}", item)
        return
    first = part_in(item, "source", "conversation_message")
    conversation = text_in(item, "id", "conversation_id")  # the latter where it was deleted
    if first or (topic == "conversation.deleted" and conversation):
        yield _Message(f"conversation:{conversation}", first)
    parts = parts_in(part_in(item, "conversation_parts"), "conversation_parts")
    for part in parts or parts_in(item, "conversation_parts"):
        yield _Message(f"part:{text_in(part, 'id')}", object_of(part))


def _gone(event: dict[str, Any]) -> set[str]:
    """What is redacted says so itself; where nothing does, a redaction is of the parts it tells."""
    messages = [message for message in _messages(event) if not message.thing.endswith(":")]
    redacted = {message.thing for message in messages if message.part.get("redacted") is True}
    match text_in(event, "topic"):
        case "conversation.deleted":
            return {message.thing for message in messages}
        case "conversation_part.redacted" if not redacted:
            return {message.thing for message in messages if not message.is_first}
    return redacted


def _is_contact(message: _Message) -> bool:
    return text_in(message.author, "type") in _CONTACTS


def _read(raw: RawDelivery, event: dict[str, Any], message: _Message) -> Item:
    """The address of a contact is what the CRM knows people by."""
    item, part, author = _item(event), message.part, message.author
    if message.thing.endswith(":") or not message.author_id:
        return Ignored(reason="malformed_post")
    root = _identity(event, f"conversation:{text_in(item, 'id')}")
    written = (text_in(part, "subject"), text_in(part, "body"))
    if not (plain := "\n".join(map(plain_of_html, written)).strip()):
        return Ignored(reason="no_words")
    return items.post(
        raw,
        identity=_identity(event, message.thing),
        kind="message",
        permalink=text_in(part_in(item, "links"), "conversation_web") if message.is_first else None,
        author=items.author(
            message.author_id, email=text_in(author, "email"), name=text_in(author, "name")
        ),
        text="\n".join(written).strip(),
        plain=plain,
        links=links_of_html(written[1]),
        posted_at=_posted_at(event, message),
        clock=None if message.is_first else items.at_seconds(text_in(part, "updated_at")),
        thread_id=root,
        parent_id=None if message.is_first else root,
    )


def _posted_at(event: dict[str, Any], message: _Message) -> datetime | None:
    """The first message is as old as its conversation."""
    known = [message.part, *([_item(event)] if message.is_first else []), event]
    moments = (items.at_seconds(text_in(one, "created_at")) for one in known)
    return next(filter(None, moments), None)


def _identity(event: dict[str, Any], thing: str) -> str:
    app = text_in(event, "app_id")
    return f"{app}:{thing}" if app else thing


def _item(event: dict[str, Any]) -> dict[str, Any]:
    return part_in(part_in(event, "data"), "item")
