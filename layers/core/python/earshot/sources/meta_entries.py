"""The bodies of Meta's webhooks: entries of an account, each with changes or messaging events.

(Meta, "Webhooks: Getting Started", and "Messenger Platform: Webhooks".) What an entry tells is a
part; a source reads one part after the other, and one that cannot be read fails alone.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec

from pydantic import ValidationError
from pydantic_core import to_json

from earshot.domain.posts import Ignored
from earshot.errors import MalformedPayloadError
from earshot.sources import items, meta
from earshot.sources.payload import dicts_in, parts_in, read_json, read_object, text_in
from earshot.sources.surface import Headers, Held, Item, RawDelivery, native_id

UNKNOWN = "unknown"
"""The author of what comes without one, as Meta sends it to apps that may not see people."""

_OBJECTS = frozenset(
    ("application", "instagram", "page", "permissions", "user", "whatsapp_business_account")
)
_LISTS = ("changes", "messaging", "standby")
_GONE = object()

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Part:
    """One change, or one messaging event also where it comes as a change. ``account_id`` and
    ``at`` are those of its entry: whose page it is, and when Meta told of it."""

    told: dict[str, Any]
    is_event: bool = False
    account_id: str = ""
    at: datetime | None = None

    @property
    def field(self) -> str:
        return text_in(self.told, "field")

    @property
    def value(self) -> dict[str, Any]:
        value = self.told.get("value")
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class Told:
    """What an object tells of a post: its words, or that it is gone; ``bones`` is then what has
    to stay of the object."""

    native_id: str
    author_id: str = UNKNOWN
    bones: dict[str, Any] | None = None


Find = Callable[[dict[str, Any]], Told | None]
"""Tells by an object alone what it says of a post."""
Tidy = Callable[[dict[str, Any]], dict[str, Any]]
"""Takes from a part what only an erased post needed."""


def normalise(
    raw: RawDelivery, *, about: str, read: Callable[[RawDelivery, Part], Iterable[Item]]
) -> Iterator[Item]:
    """``about`` is the object that the source is for; what is told of others is ignored."""
    if meta.is_form(raw.headers):
        yield meta.asked_to_erase(raw)
        return
    body = read_object(raw.body)
    told_of = text_in(body, "object")
    if told_of not in {"", about} or not (told_of or "entry" in body):
        yield Ignored(reason=told_of if told_of in _OBJECTS else "other_object")
        return
    if not isinstance(body.get("entry"), list):
        raise MalformedPayloadError("no entries")
    for part in parts(body):
        if part is None:
            yield Ignored(reason="malformed_post")
        else:
            yield from read(raw, part)


def safely(read: Callable[P, Item], *args: P.args, **known: P.kwargs) -> Item:
    """What was read, or that it could not be."""
    try:
        return read(*args, **known)
    except ValidationError:
        return Ignored(reason="malformed_post")


def held(headers: Headers, body: bytes, find: Find) -> Iterator[Held]:
    """Everything that has somebody's words in it, whether or not it is a post."""
    if meta.is_form(headers):
        return
    found = [find(part) for part in dicts_in(read_json(body))]
    told = (Held(one.native_id, one.author_id) for one in found if one and one.bones is None)
    yield from dict.fromkeys(told)


def without(
    headers: Headers, body: bytes, erased: str, *, find: Find, tidy: Tidy = lambda part: part
) -> bytes | None:
    """Less the post of that native id. Other posts and deletions stay; what is neither goes too,
    as it may name the author."""
    if meta.is_form(headers):
        return body
    value = read_json(body)
    rest = _pruned(value, erased, find)
    if rest == value:
        return body
    entries = [entry for entry in parts_in(rest, "entry") if isinstance(entry, dict)]
    kept = [left for entry in entries if (left := _kept(entry, find, tidy))]
    if not kept:
        return None
    return to_json(bones(rest, "object") | {"entry": kept}, inf_nan_mode="null")


def identity(part: Any, *names: str) -> str:
    """The first of these fields that is an id, as text or as number, fit for a key."""
    return native_id(text_in(part, *names).strip())


def bones(part: Any, *names: str) -> dict[str, Any]:
    """Those of the fields that are a text or a number: nothing hides in them."""
    found = {name: part[name] for name in names if name in part}
    return {name: value for name, value in found.items() if isinstance(value, str | int | float)}


def moment(part: Any, *names: str) -> datetime | None:
    """The first of these fields that is a time: seconds, milliseconds or ISO 8601."""
    for told in (text_in(part, name) for name in names):
        if found := items.at_seconds(told) or items.at_text(told):
            return found
    return None


def parts(body: Any) -> Iterator[Part | None]:
    """In their order; ``None`` for what cannot be read."""
    for entry in parts_in(body, "entry"):
        if not isinstance(entry, dict):
            yield None
            continue
        account_id, at = identity(entry, "id"), moment(entry, "time")
        lists = [name for name in _LISTS if isinstance(entry.get(name), list)]
        for name in lists:
            for told in parts_in(entry, name):
                yield _part(told, name != "changes", account_id, at=at)
        if not lists:
            yield _part(entry, False, account_id, at=at)


def _part(told: Any, is_event: bool, account_id: str, *, at: datetime | None) -> Part | None:
    if not isinstance(told, dict):
        return None
    value = told.get("value")
    if not is_event and isinstance(value, dict) and {"sender", "recipient"} <= value.keys():
        return Part(value, True, account_id, at)
    return Part(told, is_event, account_id, at)


def _pruned(value: Any, erased: str, find: Find) -> Any:
    """The value less the words of the post."""
    if isinstance(value, dict):
        told = find(value)
        if told and told.native_id == erased:
            return _GONE if told.bones is None else told.bones
        pruned = {name: _pruned(part, erased, find) for name, part in value.items()}
        return {name: part for name, part in pruned.items() if part is not _GONE}
    if isinstance(value, list):
        return [kept for part in value if (kept := _pruned(part, erased, find)) is not _GONE]
    return value


def _kept(entry: dict[str, Any], find: Find, tidy: Tidy) -> dict[str, Any]:
    """The entry with the parts that tell of posts; empty when none does."""
    kept: dict[str, Any] = {}
    for name in _LISTS:
        parts = [part for part in parts_in(entry, name) if isinstance(part, dict)]
        told = [part for part in parts if _tells(part, find)]
        if told:
            kept[name] = [tidy(part) for part in told]
    if not kept and "value" in entry and _tells(entry["value"], find):
        kept = tidy({"field": entry.get("field"), "value": entry["value"]})
    return bones(entry, "id", "time") | kept if kept else {}


def _tells(part: Any, find: Find) -> bool:
    return any(find(one) for one in dicts_in(part))
