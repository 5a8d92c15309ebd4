"""Facebook: what is said on a page, and messages to it where they come to the same address.

Changes of ``feed``, ``mention``, ``group_feed`` and ``ratings`` (Meta, "Webhooks Reference: Page").
The id of a comment or post is Facebook's own, and its address is made of it. An edit keeps
``created_time``, so its version is when Meta told of it.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from earshot.domain.posts import Author, Ignored
from earshot.sources import items, meta, meta_entries, meta_messages
from earshot.sources.meta_entries import UNKNOWN, Part, Told, bones, identity, moment, safely
from earshot.sources.payload import part_in, text_in
from earshot.sources.surface import Headers, Held, Item, RawDelivery
from earshot.sources.text import links_of

reads_headers = meta.reads_headers
verify = meta.verify
verify_token = meta.verify_token
handshake = meta.handshake
answer = meta.answer

_FIELDS = frozenset(("feed", "group_feed", "mention", "ratings"))
_OTHER_FIELDS = frozenset(("conversations", "leadgen", "live_videos", "videos"))
_KINDS = {
    "album": "photo",
    "comment": "comment",
    "link": "post",
    "note": "post",
    "photo": "photo",
    "post": "post",
    "rating": "review",
    "share": "share",
    "status": "post",
    "video": "video",
}
_OTHER_ITEMS = frozenset(("event", "like", "mention", "milestone", "question", "reaction", "tag"))
_IDS = {"comment": ("comment_id",), "rating": ("open_graph_story_id", "post_id")}
_POST_IDS = ("post_id", "photo_id", "video_id", "share_id")
_WORDS = ("message", "review_text")
_EDITED = frozenset(("edit", "edited"))
_SEEN = {"hide": "hidden", "unhide": "unhidden"}


def normalise(raw: RawDelivery) -> Iterator[Item]:
    yield from meta_entries.normalise(raw, about="page", read=_read)


def held(headers: Headers, body: bytes) -> Iterable[Held]:
    """Also of comments that were hidden, which come with their words."""
    return meta_entries.held(headers, body, find)


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:
    return meta_entries.without(headers, body, native_id, find=find)


def _read(raw: RawDelivery, part: Part) -> Iterator[Item]:
    if part.is_event:
        yield safely(meta_messages.read, raw, part)
    elif part.field in _FIELDS:
        yield safely(_change, raw, part)
    else:
        yield Ignored(reason=part.field if part.field in _OTHER_FIELDS else "other_event")


def _change(raw: RawDelivery, part: Part) -> Item:
    item, verb = text_in(part.value, "item"), text_in(part.value, "verb")
    if not (kind := _KINDS.get(item)):
        return Ignored(reason=item if item in _OTHER_ITEMS else "other_event")
    if not (known := _identity(part.value)):
        return Ignored(reason="malformed_post")
    if verb == "remove":
        return items.deletion(raw, known, at=part.at)
    if verb in {"add", *_EDITED}:
        return _post(raw, part, known, kind=kind)
    return Ignored(reason=f"{kind}_{_SEEN[verb]}" if verb in _SEEN else "other_verb")


def _post(raw: RawDelivery, part: Part, known: str, *, kind: str) -> Item:
    """An edit may take all words out, where it tells the text at all."""
    value, is_edit = part.value, text_in(part.value, "verb") in _EDITED
    text = text_in(value, *_WORDS)
    if not text and not (is_edit and any(isinstance(value.get(name), str) for name in _WORDS)):
        return Ignored(reason="without_text")
    posted_at = moment(value, "created_time") or part.at
    edited_at = _edited(posted_at, part.at) if is_edit else None
    is_reply = kind == "comment"
    link = text_in(value, "link") if kind in {"post", "share"} else ""
    return items.post(
        raw,
        identity=known,
        kind=kind,
        permalink=f"https://www.facebook.com/{known}",
        author=_author(value),
        text=text,
        links=tuple(dict.fromkeys((*links_of(text), *links_of(link)))),
        posted_at=posted_at,
        edited_at=edited_at,
        clock=edited_at and edited_at + timedelta(microseconds=1),
        thread_id=identity(value, "post_id", "parent_id") if is_reply else None,
        parent_id=identity(value, "parent_id", "post_id") if is_reply else None,
    )


def _edited(posted_at: datetime | None, told_at: datetime | None) -> datetime | None:
    """Never before it was posted, whatever time Meta told of it."""
    times = [moment for moment in (posted_at, told_at) if moment]
    return max(times) if times else None


def _identity(value: dict[str, Any]) -> str:
    return identity(value, *_IDS.get(text_in(value, "item"), _POST_IDS))


def _author(value: dict[str, Any]) -> Author:
    """In ``from``, or as older versions of the API spell it."""
    by = part_in(value, "from")
    name = text_in(by, "name") or text_in(value, "sender_name", "reviewer_name")
    known = identity(by, "id") or identity(value, "sender_id", "reviewer_id")
    return items.author(known or UNKNOWN, name=name)


def find(part: dict[str, Any]) -> Told | None:
    """What is said on a page, and messages."""
    if "verb" not in part or text_in(part, "item") not in _KINDS:
        return meta_messages.find(part)
    if not (known := _identity(part)):
        return None
    if text_in(part, "verb") != "remove":
        return Told(known, _author(part).author_id)
    left = ("item", "verb", "comment_id", "open_graph_story_id", *_POST_IDS)
    return Told(known, bones=bones(part, *left))
