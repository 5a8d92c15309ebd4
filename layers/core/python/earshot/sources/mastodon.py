"""Mastodon: statuses, as a server of ours posts them and as any server tells them of a hashtag.

An administrator's webhook is signed by HMAC-SHA-256 over the raw body in ``X-Hub-Signature``
(docs.joinmastodon.org, "Webhooks"); what the API answers is made of the same statuses ("Entities").
Ids are each server's own; the ``uri`` of a status is the same on all of them, so a reply, which
names its parent by id, stands for itself. Of what was deleted no server tells.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pydantic_core import to_json

from earshot.domain.models import Author, Ignored, Post
from earshot.sources import items, mastodon_timeline, signing
from earshot.sources.payload import held_in, number_in, part_in, parts_in, read_json, text_in
from earshot.sources.surface import Headers, Held, Item, RawDelivery
from earshot.sources.surface import native_id as native_id_of
from earshot.sources.text import TEXT_LIMIT, links_of_html, plain_of_html

reads_headers: tuple[str, ...] = ()

poll = mastodon_timeline.poll

_MENTIONS_LIMIT = 100
_FOR_ALL = frozenset(("", "public", "unlisted"))
_NOTIFICATIONS = frozenset(("favourite", "follow", "follow_request", "poll", "reblog"))
"""What may be notified of without a status that would be a post."""

_COUNTS = {
    "replies": "replies_count",
    "reposts": "reblogs_count",
    "likes": "favourites_count",
    "quotes": "quotes_count",
}
_OWN = (
    *("id", "uri", "url", "created_at", "edited_at", "visibility", "language", "account"),
    *_COUNTS.values(),
)
"""What is a boost's own: its words are those of what it boosts."""


def verify(
    headers: Headers,
    body: bytes,
    /,
    *,
    secrets: Iterable[bytes],
    now: datetime,  # noqa: ARG001  Mastodon signs no time
) -> None:
    """``SignatureError`` unless signed; a replay is the same delivery again."""
    signing.check_hex(headers, "x-hub-signature", secrets, signed=body, prefix="sha256=")


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """An event of a webhook, or whatever the API answers with: a timeline, a search, notifications,
    one status. Every status stands for itself."""
    told = read_json(raw.body)
    if isinstance(told, list):
        statuses = told
    elif "statuses" in (answer := part_in({"it": told}, "it")):
        statuses = parts_in(answer, "statuses")
        if not statuses and parts_in(answer, "accounts"):
            yield Ignored(reason="account")
            return
    else:
        yield _read(raw, answer, unknown="other_event")
        return
    if not statuses:
        yield Ignored(reason="empty_page")
    for status in statuses:
        yield _read(raw, status, unknown="malformed_post")


def held(headers: Headers, body: bytes) -> Iterable[Held]:  # noqa: ARG001
    """Every status, also one that is boosted or quoted by another, reported, or not for all."""
    return held_in(read_json(body), _find)


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:  # noqa: ARG001
    """The others stay; a boost of the status keeps nothing but that it was one."""
    told = read_json(body)
    if native_id not in {post.native_id for post in held_in(told, _find)}:
        return body
    rest = _less(told, native_id)
    if not any(held_in(rest, _find)):
        return None
    if isinstance(rest, dict):
        rest = {name: part for name, part in rest.items() if not name.endswith("accounts")}
    return to_json(rest)


def _less(told: Any, native_id: str) -> Any:
    if isinstance(told, list):
        return [_less(part, native_id) for part in told if not _is(part, native_id)]
    if not isinstance(told, dict):
        return told
    if _is(told.get("reblog"), native_id):
        own = {name: told[name] for name in _OWN if name in told}
        return {**own, "content": "", "reblog": {"uri": told["reblog"].get("uri")}}
    rest = {name: part for name, part in told.items() if not _is(part, native_id)}
    return {name: _less(part, native_id) for name, part in rest.items()}


def _is(part: Any, native_id: str) -> bool:
    found = _find(part) if isinstance(part, dict) else None
    return found is not None and found.native_id == native_id


def _find(part: dict[str, Any]) -> Held | None:
    """By its object alone; what an edit has replaced comes without an identity."""
    identity, author = text_in(part, "uri", "url"), _author_id(part)
    if "content" not in part or not identity or not author:
        return None
    return Held(native_id_of(identity), native_id_of(author))


def _read(raw: RawDelivery, part: Any, *, unknown: str) -> Item:
    event, inner = text_in(part, "event"), part_in(part, "object", "status")
    if event.startswith("status.") or (inner and not event):
        return _status(raw, inner)
    if event:
        kind = event.partition(".")[0]
        return Ignored(reason=kind if kind in {"account", "report"} else "other_event")
    if not isinstance(part, dict) or "content" not in part:
        told = text_in(part, "type")
        if told in _NOTIFICATIONS:
            return Ignored(reason=told)
        return Ignored(reason="account" if text_in(part, "acct") else unknown)
    is_status = "uri" in part or "id" in part
    return _status(raw, part) if is_status else Ignored(reason="status_edit")


def _status(raw: RawDelivery, status: dict[str, Any]) -> Item:
    if not _find(status):
        return Ignored(reason="malformed_post")
    if text_in(status, "visibility") not in _FOR_ALL:
        return Ignored(reason="not_public")
    return _post(raw, status)


def _post(raw: RawDelivery, status: dict[str, Any]) -> Post:
    """What its author put before the words as a warning belongs to them. A boost has no words of
    its own."""
    boosted, quoted = part_in(status, "reblog"), part_in(status, "quote")
    repeated = boosted or part_in(quoted, "quoted_status") or quoted
    own: dict[str, Any] = {} if boosted else status
    counts = {name: number_in(status, field) for name, field in _COUNTS.items()}
    return items.post(
        raw,
        identity=text_in(status, "uri", "url"),
        kind="repost" if boosted else "comment" if text_in(status, "in_reply_to_id") else "post",
        permalink=text_in(status, "url", "uri"),
        author=_author(status),
        text=f"{text_in(own, 'spoiler_text')}\n{text_in(own, 'content')}".strip(),
        plain=_plain(own),
        repeats=_plain(repeated)[:TEXT_LIMIT] or None,
        language=items.language(text_in(status, "language")),
        posted_at=items.at_text(text_in(status, "created_at")),
        edited_at=items.at_text(text_in(status, "edited_at")),
        counts={name: count for name, count in counts.items() if count is not None},
        mentions=_mentions(own),
        links=_links(own),
    )


def _plain(status: dict[str, Any]) -> str:
    words = plain_of_html(text_in(status, "content"))
    return f"{text_in(status, 'spoiler_text')}\n{words}".strip()


def _mentions(status: dict[str, Any]) -> tuple[str, ...]:
    handles = filter(None, map(_handle, parts_in(status, "mentions")))
    return tuple(dict.fromkeys(handles))[:_MENTIONS_LIMIT]


def _links(status: dict[str, Any]) -> tuple[str, ...]:
    """Less those of mentions and of hashtags, whichever server's they are."""
    tags = parts_in(status, "tags")
    known = {text_in(part, "url") for part in [*parts_in(status, "mentions"), *tags]}
    ends = tuple(f"/tags/{text_in(tag, 'name')}".casefold() for tag in tags)
    found = links_of_html(text_in(status, "content"))
    return tuple(u for u in found if u not in known and not u.casefold().endswith(ends))


def _author_id(status: dict[str, Any]) -> str:
    return text_in(part_in(status, "account"), "uri", "url")


def _author(status: dict[str, Any]) -> Author:
    account = part_in(status, "account")
    return items.author(
        _author_id(status),
        handle=_handle(account),
        name=text_in(account, "display_name", "username"),
        profile_url=text_in(account, "url"),
        followers=number_in(account, "followers_count"),
    )


def _handle(account: Any) -> str:
    """``user@host``, the same whichever server tells it: at home a name comes without the host."""
    name = text_in(account, "acct", "username")
    try:
        host = urlsplit(text_in(account, "url", "uri")).hostname
    except ValueError:
        host = None
    return name if "@" in name or not host or not name else f"{name}@{host}"
