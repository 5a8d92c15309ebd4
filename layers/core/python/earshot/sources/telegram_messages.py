"""The messages of Telegram's updates (core.telegram.org, "Bot API": Message).

A message's number is its chat's, the same for every bot, in supergroups and channels alone.
Elsewhere each account has numbers of its own: there the time of sending, which no edit changes,
tells two of them apart, and in business chats the business connection, since a deletion tells no
time.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from earshot.domain.models import Author
from earshot.sources import items
from earshot.sources.payload import number_in, object_of, part_in, parts_in, text_in
from earshot.sources.surface import Held, native_id
from earshot.sources.text import is_web_address, links_of, mentions_of

UNKNOWN = "unknown"

_NESTED = ("reply_to_message", "pinned_message")
_FIRST_SUPERGROUP = -(10**12)
_USERNAME = re.compile(r"\w{1,64}", re.ASCII)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ENTITIES_LIMIT = 200
_LINKS_LIMIT = 100


class Words(NamedTuple):
    text: str
    mentions: tuple[str, ...]
    links: tuple[str, ...]


def words_of(message: dict[str, Any]) -> Words:
    """What is written, also under a picture, and what is marked in it. Places are told in UTF-16
    units."""
    is_text = bool(text_in(message, "text"))
    text = text_in(message, "text" if is_text else "caption")
    marks = parts_in(message, "entities" if is_text else "caption_entities")[:_ENTITIES_LIMIT]
    units = text.encode("utf-16-le", "replace")
    mentions, links = [], []
    for mark in map(object_of, marks):
        kind, marked = text_in(mark, "type"), _slice(units, mark)
        if kind == "mention":
            mentions.append(marked.removeprefix("@"))
        elif kind == "text_mention":
            mentions.append(text_in(mark.get("user"), "username"))
        elif kind in {"url", "text_link"}:
            links.append(_address(text_in(mark, "url") or marked))
    found = [*links, *links_of(text)]
    return Words(
        text,
        tuple(dict.fromkeys(filter(None, [*mentions, *mentions_of(text)])))[:_LINKS_LIMIT],
        tuple(dict.fromkeys(filter(is_web_address, found)))[:_LINKS_LIMIT],
    )


def _slice(units: bytes, mark: dict[str, Any]) -> str:
    start, length = number_in(mark, "offset"), number_in(mark, "length")
    if start is None or length is None or start < 0 or length <= 0:
        return ""
    return units[2 * start : 2 * (start + length)].decode("utf-16-le", "ignore")


def _address(link: str) -> str:
    return link if _SCHEME.match(link) else f"https://{link}"


def business_of(part: dict[str, Any]) -> str:
    return text_in(part, "business_connection_id")


def is_numbered_by_chat(chat: dict[str, Any]) -> bool:
    kind = text_in(chat, "type")
    if kind:
        return kind in {"supergroup", "channel"}
    return (number_in(chat, "id") or 0) < _FIRST_SUPERGROUP


def identity(message: dict[str, Any], business: str = "") -> str:
    """Nothing for what is no message."""
    chat, number = part_in(message, "chat"), text_in(message, "message_id")
    if not (text_in(chat, "id") and number):
        return ""
    place = f"{text_in(chat, 'id')}:{number}"
    if is_numbered_by_chat(chat):
        return native_id(place)
    return native_id(":".join(filter(None, (place, business or text_in(message, "date")))))


def thread_of(message: dict[str, Any], parent: str) -> str:
    chat, thread = part_in(message, "chat"), text_in(message, "message_thread_id")
    return f"{text_in(chat, 'id')}:{thread}" if thread and is_numbered_by_chat(chat) else parent


def parent_of(message: dict[str, Any], business: str) -> str:
    """What begins a topic is answered by everything in it."""
    answered = part_in(message, "reply_to_message")
    return "" if "forum_topic_created" in answered else identity(answered, business)


def permalink(message: dict[str, Any]) -> str | None:
    chat, number = part_in(message, "chat"), text_in(message, "message_id")
    if not is_numbered_by_chat(chat):
        return None
    if _USERNAME.fullmatch(name := text_in(chat, "username")):
        return f"https://t.me/{name}/{number}"
    chat_id = text_in(chat, "id")
    return f"https://t.me/c/{chat_id[4:]}/{number}" if chat_id.startswith("-100") else None


def author_of(message: dict[str, Any]) -> Author:
    """Channels and anonymous admins write as a chat."""
    sender = part_in(message, "sender_chat") or part_in(message, "from", "chat")
    name = f"{text_in(sender, 'first_name')} {text_in(sender, 'last_name')}".strip()
    handle = text_in(sender, "username")
    return items.author(
        text_in(sender, "id") or UNKNOWN,
        handle=handle or None,
        name=text_in(sender, "title") or name or None,
        profile_url=f"https://t.me/{handle}" if _USERNAME.fullmatch(handle) else None,
    )


def repeated_in(message: dict[str, Any]) -> str | None:
    """A forwarded message is another's whole; of one in another chat a part may be quoted."""
    if part_in(message, "forward_origin") or text_in(message, "forward_date"):
        return words_of(message).text
    quoted = text_in(message.get("quote"), "text")
    return quoted if quoted and part_in(message, "external_reply") else None


def origin_of(message: dict[str, Any]) -> str:
    """The post of a channel that was forwarded."""
    return identity(part_in(message, "forward_origin"))


def held_in(message: dict[str, Any], business: str = "") -> Iterator[Held]:
    """The message, and those whose words or names lie in it."""
    business = business_of(message) or business
    if (found := identity(message, business)) and not _is_bare(message):
        yield Held(found, author_of(message).author_id)
    for part in (part_in(message, "forward_origin"), part_in(message, "external_reply")):
        if found := identity(part):
            yield Held(found, author_of(part).author_id)
    for name in _NESTED:
        if part := part_in(message, name):
            yield from held_in(part, business)


def without_held(message: dict[str, Any], erased: str, business: str = "") -> dict[str, Any]:
    """Of a message that is answered stays which one it was."""
    business = business_of(message) or business
    kept = dict(message)
    for name in _NESTED:
        if part := part_in(message, name):
            is_gone = erased in {identity(part, business), origin_of(part)}
            kept[name] = _bare(part) if is_gone else without_held(part, erased, business)
            if is_gone:
                kept.pop("quote", None)
    if erased == identity(part_in(message, "external_reply")):
        kept.pop("external_reply")
        kept.pop("quote", None)
    return kept


def bare_chat(part: dict[str, Any]) -> dict[str, Any]:
    chat = part_in(part, "chat")
    return {name: chat[name] for name in ("id", "type") if name in chat}


def _bare(message: dict[str, Any]) -> dict[str, Any]:
    bare: dict[str, Any] = {"chat": bare_chat(message)}
    bare |= {name: message[name] for name in ("message_id", "date") if name in message}
    if "forum_topic_created" in message:
        bare["forum_topic_created"] = {}
    return bare


def _is_bare(message: dict[str, Any]) -> bool:
    return message == _bare(message)
