"""WhatsApp's messages: whose they are, what they say, what has to stay of them.

(Meta, "WhatsApp Business Platform: Messages webhook reference" and "Business-scoped user IDs".)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from earshot.domain.posts import Ignored
from earshot.sources import items
from earshot.sources.meta_entries import UNKNOWN, Told, bones, identity, moment
from earshot.sources.payload import part_in, parts_in, text_in
from earshot.sources.surface import Held, Item, RawDelivery

_CONTENTS = {
    "text": "body",
    "button": "text",
    "image": "caption",
    "video": "caption",
    "document": "caption",
    "order": "text",
}
_SAYS = frozenset(("type", "interactive", *_CONTENTS))
_OTHER_TYPES = frozenset(
    (
        *("audio", "button", "contacts", "document", "image", "interactive", "location", "order"),
        *("media_placeholder", "reaction", "request_welcome", "sticker", "system", "unknown"),
        *("unsupported", "video"),
    )
)
_WORDLESS = frozenset(("reaction", "system", "unsupported"))
_NEEDED = ("messaging_product", "metadata", "contacts", "messages", "message_echoes", "history")


@dataclass(frozen=True, slots=True)
class Message:
    """One message with what its change says of it: the number of the business, and the contact."""

    told: dict[str, Any]
    is_echo: bool
    business: str
    contact: dict[str, Any]

    @property
    def author_id(self) -> str:
        """The number where it is told, as that is how companies know people; else the BSUID."""
        known = identity(self.told, "from", "from_user_id")
        return known or ("" if self.is_echo else self._contact_id) or UNKNOWN

    @property
    def thread_id(self) -> str:
        """The group, or the conversation whoever of the two writes."""
        sent_to = identity(self.told, "to", "to_user_id") or self._contact_id
        person = sent_to if self.is_echo else self.author_id
        group = identity(self.told, "group_id")
        return group or (f"{self.business}:{person}" if self.business and person else "")

    @property
    def held(self) -> Held | None:
        told = find(self.told)
        return Held(told.native_id, self.author_id) if told and told.bones is None else None

    @property
    def _contact_id(self) -> str:
        return identity(self.contact, "wa_id", "user_id")


def in_value(value: dict[str, Any]) -> Iterator[Message | None]:
    """The messages of a change, also those of the history; ``None`` for what is none."""
    metadata, contacts = part_in(value, "metadata"), _contacts(value)
    business = identity(metadata, "phone_number_id")
    number = re.sub(r"[^0-9]", "", text_in(metadata, "display_phone_number"))
    chunks = parts_in(value, "history")
    for place in (value, *(thread for chunk in chunks for thread in parts_in(chunk, "threads"))):
        for name in ("messages", "message_echoes"):
            for told in parts_in(place, name):
                if not isinstance(told, dict):
                    yield None
                    continue
                by = identity(told, "from")
                is_echo = name == "message_echoes" or (number != "" and by.lstrip("+") == number)
                yield Message(told, is_echo, business, _contact(told, is_echo, contacts))


def read(raw: RawDelivery, message: Message) -> Item:
    """Words, also those of a caption or of a pressed button; an edit; a deletion."""
    told, kind = message.told, text_in(message.told, "type")
    known, at = _identity(told), moment(told, "timestamp")
    if not known:
        return Ignored(reason="malformed_post")
    if kind == "revoke":
        return items.deletion(raw, known, at=at)
    is_edit = kind == "edit"
    said = _edited(told) if is_edit else told
    text = _words(said)
    if not text and not (is_edit and _CONTENTS.keys() & said.keys()):
        return Ignored(reason=kind if kind in _OTHER_TYPES else "other_event")
    name = "" if message.is_echo else text_in(part_in(message.contact, "profile"), "name")
    handle = text_in(part_in(message.contact, "profile"), "username").lstrip("@")
    return items.post(
        raw,
        identity=known,
        kind="message",
        author=items.author(
            message.author_id, name=name, handle=None if message.is_echo else handle
        ),
        text=text,
        posted_at=at,
        edited_at=at if is_edit else None,
        clock=at and at + timedelta(microseconds=int(is_edit)),
        thread_id=message.thread_id,
        parent_id=identity(part_in(said, "context"), "id"),
    )


def find(part: dict[str, Any]) -> Told | None:
    """A message by its object alone."""
    if _SAYS.isdisjoint(part) or not (known := _identity(part)):
        return None
    if text_in(part, "type") != "revoke":
        return Told(known)
    gone = {"revoke": {"original_message_id": known}}
    return Told(known, bones=bones(part, "id", "type", "timestamp") | gone)


def tidy(change: dict[str, Any]) -> dict[str, Any]:
    """Less the contacts of whom no message is left, and what else is told beside messages."""
    value = change.get("value")
    if not isinstance(value, dict):
        return change
    value = {name: value[name] for name in _NEEDED if name in value}
    left = [message.contact for message in in_value(value) if message and message.held]
    kept = {id(contact) for contact in left}
    if "contacts" in value:
        value["contacts"] = [
            contact if id(contact) in kept else {} for contact in parts_in(value, "contacts")
        ]
    if "history" in value:
        value["history"] = [_told_threads(chunk) for chunk in parts_in(value, "history")]
    return bones(change, "field") | {"value": value}


def _identity(told: dict[str, Any]) -> str:
    """Of the message that is told of."""
    kind = text_in(told, "type")
    if kind not in {"edit", "revoke"}:
        return identity(told, "id")
    original = identity(part_in(told, kind), "original_message_id")
    return original or identity(told, "original_message_id")


def _edited(told: dict[str, Any]) -> dict[str, Any]:
    edit = part_in(told, "edit")
    return part_in(edit, "message") or edit or told


def _words(told: dict[str, Any]) -> str:
    """Nothing for a kind without words."""
    if text_in(told, "type") in _WORDLESS:
        return ""
    reply = part_in(part_in(told, "interactive"), "button_reply", "list_reply")
    found = [text_in(reply, "title"), text_in(told, "text")]
    found += [text_in(part_in(told, name), field) for name, field in _CONTENTS.items()]
    return next(filter(None, found), "")


def _contacts(value: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By each of their ids; a lone one also by none."""
    contacts = parts_in(value, "contacts")
    known = {
        identity(contact, name): contact
        for contact in contacts
        for name in ("wa_id", "user_id")
        if isinstance(contact, dict) and identity(contact, name)
    }
    if len(contacts) == 1 and isinstance(contacts[0], dict):
        known[""] = contacts[0]
    return known


def _contact(
    told: dict[str, Any], is_echo: bool, contacts: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Of the person who writes, or whom the business writes to."""
    names = ("to", "to_user_id") if is_echo else ("from", "from_user_id")
    ids = [known for name in names if (known := identity(told, name))]
    return next((contacts[known] for known in ids or [""] if known in contacts), {})


def _told_threads(chunk: Any) -> dict[str, Any]:
    threads = [thread for thread in parts_in(chunk, "threads") if parts_in(thread, "messages")]
    return {"metadata": part_in(chunk, "metadata"), "threads": threads}
