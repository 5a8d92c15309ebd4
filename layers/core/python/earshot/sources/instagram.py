"""Instagram: comments on the media of a professional account, and messages to it.

(Meta, "Webhooks Reference: Instagram", and "Instagram Platform: Webhook Notification Examples".)
A comment cannot be edited, and Meta does not tell when one is deleted. Who mentions the account
elsewhere is told by ids alone.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from earshot.domain.posts import Author, Ignored
from earshot.sources import items, meta, meta_entries, meta_messages
from earshot.sources.meta_entries import UNKNOWN, Part, Told, identity, moment, safely
from earshot.sources.payload import number_in, part_in, read_json, text_in
from earshot.sources.surface import Headers, Held, Item, RawDelivery, native_id

reads_headers = meta.reads_headers
verify = meta.verify
verify_token = meta.verify_token
handshake = meta.handshake
answer = meta.answer

_COMMENTS = frozenset(("comments", "live_comments"))
_OTHER_FIELDS = {
    "mentions": "mention_without_text",
    "messaging_handover": "handover",
    "story_insights": "story_insights",
}
_USERNAME = re.compile(r"[A-Za-z0-9._]{1,30}")


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """A comment as the API gives it, alone, is read too."""
    if not meta.is_form(raw.headers) and (alone := _alone(raw.body)):
        yield safely(_comment, raw, alone)
    else:
        yield from meta_entries.normalise(raw, about="instagram", read=_read)


def held(headers: Headers, body: bytes) -> Iterable[Held]:
    return meta_entries.held(headers, body, _find)


def without(headers: Headers, body: bytes, erased: str) -> bytes | None:
    return meta_entries.without(headers, body, erased, find=_find)


def _alone(body: bytes) -> Part | None:
    told = read_json(body)
    if not isinstance(told, dict) or "entry" in told or not _find(told):
        return None
    return Part({"value": told}) if moment(told, "timestamp") else None


def _read(raw: RawDelivery, part: Part) -> Iterator[Item]:
    if part.is_event:
        yield safely(meta_messages.read, raw, part)
    elif part.field in _COMMENTS:
        yield safely(_comment, raw, part)
    else:
        yield Ignored(reason=_OTHER_FIELDS.get(part.field, "other_event"))


def _comment(raw: RawDelivery, part: Part) -> Item:
    value = part.value
    known, text = identity(value, "id", "comment_id"), text_in(value, "text")
    if not known:
        return Ignored(reason="malformed_post")
    if not text:
        return Ignored(reason="without_text")
    media, likes = identity(part_in(value, "media"), "id"), number_in(value, "like_count")
    return items.post(
        raw,
        identity=known,
        kind="comment",
        author=_author(value),
        text=text,
        posted_at=moment(value, "timestamp", "created_time") or part.at,
        thread_id=media,
        parent_id=identity(value, "parent_id") or media,
        counts={} if likes is None else {"likes": likes},
    )


def _author(value: dict[str, Any]) -> Author:
    """Known by the name alone where Meta gives no id."""
    by = part_in(value, "from", "user")
    name = text_in(by, "username") or text_in(value, "username")
    url = f"https://www.instagram.com/{name}/" if _USERNAME.fullmatch(name) else None
    known = identity(by, "id") or native_id(name) or UNKNOWN
    return items.author(known, handle=name, profile_url=url)


def _find(part: dict[str, Any]) -> Told | None:
    known = identity(part, "id", "comment_id")
    if known and text_in(part, "text"):
        return Told(known, _author(part).author_id)
    return meta_messages.find(part)
