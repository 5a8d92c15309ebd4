"""Posts out of Bluesky's views (``app.bsky.feed.defs#postView``) and out of commits to repositories
(https://github.com/bluesky-social/jetstream)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from earshot.domain.models import Author, Post
from earshot.sources import items
from earshot.sources.payload import number_in, part_in, parts_in, text_in
from earshot.sources.surface import Held, RawDelivery, native_id
from earshot.sources.text import is_web_address, links_of, mentions_of

_POST_URI = re.compile(
    r"at://(did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,200})/app\.bsky\.feed\.post/([A-Za-z0-9._:~-]{1,200})"
)
_HANDLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{1,252}")
_TID = re.compile(r"[2-7a-z]{13}")
_DIGITS = "234567abcdefghijklmnopqrstuvwxyz"
_COUNTS = {
    "likes": "likeCount",
    "quotes": "quoteCount",
    "replies": "replyCount",
    "reposts": "repostCount",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_post_uri(uri: str) -> bool:
    return _POST_URI.fullmatch(uri) is not None


def record_uri(event: dict[str, Any]) -> str:
    """The at-uri of what a commit is about."""
    commit = part_in(event, "commit")
    place = f"{text_in(commit, 'collection')}/{text_in(commit, 'rkey')}"
    return f"at://{text_in(event, 'did')}/{place}"


def find_post(part: dict[str, Any]) -> Held | None:
    """The post whose words an object has: a view, also of what is quoted, or a commit."""
    if part_in(part_in(part, "commit"), "record"):
        uri, did = record_uri(part), text_in(part, "did")
    elif part_in(part, "record", "value"):
        uri, did = text_in(part, "uri"), text_in(part_in(part, "author"), "did")
    else:
        return None
    return Held(native_id(uri), native_id(did or "nobody")) if is_post_uri(uri) else None


def view_of(view: Any, raw: RawDelivery) -> Post:
    """``ValidationError`` for what is no view of a post."""
    record, author = part_in(view, "record"), part_in(view, "author")
    counts = {name: number_in(view, field) for name, field in _COUNTS.items()}
    return _post(
        raw,
        record,
        uri=text_in(view, "uri"),
        author=_author(text_in(author, "did"), author),
        noticed_at=items.at_text(text_in(view, "indexedAt")),
        counts={name: count for name, count in counts.items() if count is not None},
        repeats=quoted_in(part_in(view, "embed")),
    )


def event_of(event: dict[str, Any], raw: RawDelivery) -> Post:
    """``ValidationError`` for what is no commit of a post."""
    commit = part_in(event, "commit")
    at = time_of(event)
    return _post(
        raw,
        part_in(commit, "record"),
        uri=record_uri(event),
        author=_author(text_in(event, "did"), {}),
        noticed_at=at,
        edited_at=at if text_in(commit, "operation") == "update" else None,
    )


def clock_of(tid: str) -> datetime | None:
    """The time in a revision: 53 bits of microseconds before 10 of a clock's number."""
    if not _TID.fullmatch(tid):
        return None
    number = 0
    for letter in tid:
        number = number * 32 + _DIGITS.index(letter)
    return items.plausible(_EPOCH + timedelta(microseconds=(number >> 10) % 2**53))


def time_of(event: dict[str, Any]) -> datetime | None:
    """When a commit was made or, in microseconds, when Jetstream saw it, whichever is later."""
    seen = text_in(event, "time_us")
    told = (
        clock_of(text_in(part_in(event, "commit"), "rev")),
        items.at_seconds(f"{seen[:-6]}.{seen[-6:]}") if seen.isdigit() else None,
    )
    return max((at for at in told if at), default=None)


def quoted_in(embed: dict[str, Any]) -> str | None:
    """The words of the post that is quoted, with or without pictures beside it."""
    record = part_in(embed, "record")
    value = part_in(part_in(record, "record") or record, "value")
    return text_in(value, "text") or None


def _post(raw: RawDelivery, record: dict[str, Any], *, uri: str, **known: Any) -> Post:
    text, reply = text_in(record, "text"), part_in(record, "reply")
    created, noticed = items.at_text(text_in(record, "createdAt")), known.pop("noticed_at")
    later = created is not None and noticed is not None and created > noticed
    mentions, links = _facets(record, text)
    languages = (tag for tag in parts_in(record, "langs") if isinstance(tag, str))
    return items.post(
        raw,
        identity=uri if is_post_uri(uri) and record else "",
        kind="post",
        permalink=_permalink(uri, known["author"]),
        text=text,
        posted_at=noticed if created is None or later else created,
        language=items.language(next(languages, None)),
        thread_id=text_in(part_in(reply, "root"), "uri") or None,
        parent_id=text_in(part_in(reply, "parent"), "uri") or None,
        mentions=mentions,
        links=links,
        **known,
    )


def _permalink(uri: str, author: Author) -> str | None:
    found = _POST_URI.fullmatch(uri)
    return found and f"https://bsky.app/profile/{author.handle or found[1]}/post/{found[2]}"


def _author(did: str, told: dict[str, Any]) -> Author:
    handle = text_in(told, "handle")
    known = handle if _HANDLE.fullmatch(handle) and handle != "handle.invalid" else None
    return items.author(
        did,
        handle=known,
        name=text_in(told, "displayName"),
        profile_url=f"https://bsky.app/profile/{known or did}",
        followers=number_in(told, "followersCount"),
    )


def _facets(record: dict[str, Any], text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who is mentioned and what is linked. Facets count bytes of the text in UTF-8, which shows
    long addresses cut."""
    raw, handles, links = text.encode("utf-8", "replace"), [], []
    for facet in parts_in(record, "facets")[:100]:
        index = part_in(facet, "index")
        start, end = number_in(index, "byteStart"), number_in(index, "byteEnd")
        for feature in parts_in(facet, "features"):
            kind = text_in(feature, "$type")
            if kind == "app.bsky.richtext.facet#mention":
                handles.append(raw[start or 0 : end or 0].decode("utf-8", "ignore").lstrip("@"))
            elif kind == "app.bsky.richtext.facet#link":
                links.append(text_in(feature, "uri"))
    links.append(text_in(part_in(part_in(record, "embed"), "external"), "uri"))
    links = [url for url in links if is_web_address(url)] or [*links_of(text)]
    return _first([*handles, *mentions_of(text)]), _first(links)


def _first(found: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in found if one))[:100]
