"""Hacker News: stories, comments, polls and jobs, from its public API at Firebase.

Items number themselves upwards, whatever they are (https://github.com/HackerNews/API). A page is an
array of items as received.

An item does not say when it was edited. Its version has the time it was posted or, where it came
because its words had changed, the time of that answer: so the later words win, and an item that is
met again with the words it had is the version that it was.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from earshot.domain.models import Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import hackernews_items, items
from earshot.sources.payload import number_in, read_json, text_in
from earshot.sources.surface import Headers, Item, RawDelivery
from earshot.sources.text import is_web_address, links_of_html, plain_of_html

address = "https://hacker-news.firebaseio.com/v0"
reads_headers = ("date",)
poll = hackernews_items.poll

_SITE = "https://news.ycombinator.com"
_KINDS = frozenset(("story", "comment", "poll", "pollopt", "job"))
_BONES = ("id", "type", "deleted", "dead")


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """An item, or an array of them; what else the API tells is ignored."""
    told = read_json(raw.body)
    if isinstance(told, bool | str):
        raise MalformedPayloadError("neither an item nor a number")
    if not isinstance(told, list):
        yield _read(told, raw)
    elif told and all(isinstance(part, int) for part in told):
        yield Ignored(reason="item_list")
    else:
        yield from (_read(part, raw) for part in told)


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:  # noqa: ARG001
    """Of an item that is deleted it stays that it is."""
    told = read_json(body)
    parts = told if isinstance(told, list) else [told]
    if not any(_identity(part) == native_id for part in parts):
        return body
    kept = [part for part in parts if _identity(part) != native_id or _is_gone(part)]
    rest = [_bones(part) if _identity(part) == native_id else part for part in kept]
    return to_json(rest) if rest else None


def _identity(part: Any) -> str:
    number = number_in(part, "id")
    return "" if number is None or number < 0 else str(number)


def _bones(part: dict[str, Any]) -> dict[str, Any]:
    return {name: part.get(name) for name in _BONES}


def _read(part: Any, raw: RawDelivery) -> Item:
    kind, number = text_in(part, "type"), _identity(part)
    if number and _is_gone(part):
        return items.deletion(raw, number)
    if not kind:
        return Ignored(reason=_other_kind(part))
    if kind not in _KINDS:
        return Ignored(reason="other_event")
    try:
        return _post(part, raw)
    except ValidationError:
        return Ignored(reason="malformed_post")


def _is_gone(part: Any) -> bool:
    return part.get("deleted") is True or part.get("dead") is True


def _other_kind(part: Any) -> str:
    if part is None:
        return "empty_item"
    if not isinstance(part, dict):
        return "max_item" if isinstance(part, int | float) else "malformed_post"
    if "items" in part:
        return "updates"
    return "user" if "karma" in part else "malformed_post" if "id" in part else "other_event"


def _post(part: dict[str, Any], raw: RawDelivery) -> Post:
    """A comment knows what it answers and not the story at the root, so its thread is what it
    answers; an option of a poll is in the poll's. Long addresses are shown cut, with three dots."""
    number, by, url = _identity(part), text_in(part, "by"), text_in(part, "url")
    kind, title, markup = text_in(part, "type"), text_in(part, "title"), text_in(part, "text")
    parent = text_in(part, "poll" if kind == "pollopt" else "parent") or None
    posted_at = items.at_seconds(text_in(part, "time"))
    plain = f"{plain_of_html(title)}\n{plain_of_html(markup)}".strip()
    links = [*([url] if is_web_address(url) else []), *links_of_html(markup)]
    counts = {"score": number_in(part, "score"), "comments": number_in(part, "descendants")}
    return items.post(
        raw,
        identity=number,
        kind=kind,
        permalink=f"{_SITE}/item?id={number}",
        author=items.author(by, handle=by, profile_url=f"{_SITE}/user?id={by}"),
        text=f"{title}\n{markup}".strip(),
        plain=plain,
        posted_at=posted_at,
        clock=_clock(raw, posted_at),
        thread_id=parent,
        parent_id=parent,
        counts={name: count for name, count in counts.items() if count is not None},
        links=tuple(link for link in dict.fromkeys(links) if f"{link}..." not in plain),
    )


def _clock(raw: RawDelivery, posted_at: datetime | None) -> datetime | None:
    """The later of when it was posted and when its words were seen to have changed."""
    try:
        seen = parsedate_to_datetime(raw.headers.get("date", ""))
    except (ValueError, TypeError):
        return posted_at
    seen = seen if seen.tzinfo else seen.replace(tzinfo=UTC)
    return max((at for at in (items.plausible(seen), posted_at) if at), default=None)
