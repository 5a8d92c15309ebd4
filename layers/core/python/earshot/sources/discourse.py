"""Discourse: the posts of a forum of ours.

``X-Discourse-Event-Signature`` is HMAC-SHA-256 over the raw body, ``X-Discourse-Event`` says what
happened and ``X-Discourse-Instance`` where; the body is one object under the name of its type
(Discourse: app/jobs/regular/emit_web_hook_event.rb, app/serializers/web_hook_post_serializer.rb).
``X-Discourse-Event-Id`` is a new one at every attempt, so it says nothing.

A topic has no words but its title, which stands in its first post and, once more, in every reply.
Ids count per forum, so the forum's host is before them.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pydantic_core import to_json

from earshot.domain.models import Author, AuthorDeletion, Ignored, Post
from earshot.sources import items, signing
from earshot.sources.payload import number_in, part_in, read_object, text_in
from earshot.sources.surface import Headers, Held, Item, RawDelivery
from earshot.sources.surface import native_id as native_id_of
from earshot.sources.text import is_web_address, links_of_html, plain_of_html, plain_of_markdown

reads_headers = ("x-discourse-event", "x-discourse-instance")

_OTHER_TYPES = (
    *("ping", "user", "notification", "reviewable", "category", "tag", "group", "group_user"),
    *("like", "solved", "assign", "user_badge", "user_promoted", "topic_voting", "chat_message"),
)
_WORDY = {"post": "post", "topic": "topic", "like": "post", "solved": "post", "user": "user"}
"""Types of events that hold words, by what these belong to."""

_WITHOUT_WORDS = {"3": "small_action", "4": "whisper"}
"""By ``post_type``; a whisper is among staff."""

_DESTROYED = frozenset(("post_destroyed", "topic_destroyed", "user_destroyed"))
_BONES = ("id", "deleted_at", "user_deleted")
"""What a deletion needs."""

_TITLES = ("topic_title", "topic_html_title")
_MOMENTS = ("created", "updated")
_COUNTS = {"replies": "reply_count", "quotes": "quote_count", "reads": "reads"}


def verify(
    headers: Headers,
    body: bytes,
    /,
    *,
    secrets: Iterable[bytes],
    now: datetime,  # noqa: ARG001  Discourse signs no time
) -> None:
    """``SignatureError`` unless signed; a forum without a secret signs nothing."""
    name = "x-discourse-event-signature"
    signing.check_hex(headers, name, secrets, signed=body, prefix="sha256=")


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """Posts that anybody may read, and what was deleted: posts, topics and users. A topic deletes
    its own identity, which is the thread's; its first post comes with a deletion of its own."""
    event, name = read_object(raw.body), raw.headers.get("x-discourse-event", "")
    place = _place(raw.headers) or raw.delivery.connection_id
    kind = _kind(event)
    part = part_in(event, kind)
    number = text_in(part, "id")
    if kind in {"post", "topic"} and number and _is_deleted(raw.headers, part):
        deleted_at = items.at_text(text_in(part, "deleted_at"))
        yield items.deletion(raw, f"{place}:{kind}:{number}", at=deleted_at)
    elif kind == "post":
        reason = _why_no_post(part)
        yield Ignored(reason=reason) if reason else _post(raw, part, place)
    elif kind == "user" and name == "user_destroyed" and number:
        gone = native_id_of(f"{place}:user:{number}")
        yield AuthorDeletion(source=raw.delivery.source, author_id=gone)
    else:
        yield Ignored(reason=kind)


def held(headers: Headers, body: bytes) -> Iterable[Held]:
    """Of every event the post itself, also where nobody else may read it, and the topic whose
    title it repeats. Who began the topic is told by the topic's own events alone. What is told of
    a user goes with all else that is theirs, and a post with its topic where that is deleted."""
    place = _place(headers)
    hanging: tuple[str, ...] = ()
    for thing, by in _told(read_object(body)) if place else ():
        identity = native_id_of(f"{place}:{thing}")
        yield Held(identity, _author_id(place, by) or identity, hanging)
        hanging = (identity,)


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:
    """Of a deletion its identity stays; a reply outlives the title of its topic."""
    event, place = read_object(body), _place(headers)
    told = [_is(native_id, place, thing) for thing, _ in _told(event)]
    if True not in told:
        return body
    kind = _kind(event)
    part = event[kind]
    if kind == "post" and not told[0]:
        return to_json({kind: {**part, **dict.fromkeys(_TITLES, "")}})
    bones = {name: part[name] for name in _BONES if name in part}
    return to_json({kind: bones}) if _is_deleted(headers, part) else None


def _told(event: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What words of an event belong to and who tells their author: what it is about first, then the
    topic whose title a reply repeats."""
    kind = _kind(event)
    part = part_in(part_in(event, kind), "post") if kind == "like" else part_in(event, kind)
    number = text_in(part, "id")
    if kind not in _WORDY or not number or part.keys() <= {*_BONES}:
        return
    yield f"{_WORDY[kind]}:{number}", {} if kind == "user" else part
    topic = text_in(part, "topic_id")
    if topic and not _is_first(part) and text_in(part, *_TITLES):
        yield f"topic:{topic}", {}


def _is(native_id: str, place: str, thing: str) -> bool:
    """Before an archive without the forum's name stands the connection, which is not known here."""
    if not place:
        return native_id.endswith(f":{thing}")
    return native_id == native_id_of(f"{place}:{thing}")


def _kind(event: dict[str, Any]) -> str:
    """The type of what the event is about, or ours for those that nobody announced."""
    about = (name for name in ("post", "topic") if isinstance(event.get(name), dict))
    return next(about, None) or next((n for n in _OTHER_TYPES if n in event), "other_event")


def _is_deleted(headers: Headers, part: dict[str, Any]) -> bool:
    """An author who deletes a post leaves a stub first, for a day by default."""
    destroyed = headers.get("x-discourse-event") in _DESTROYED
    return destroyed or bool(part.get("deleted_at")) or part.get("user_deleted") is True


def _is_first(post: dict[str, Any]) -> bool:
    return number_in(post, "post_number") == 1


def _why_no_post(post: dict[str, Any]) -> str | None:
    """Messages between members are theirs, and what flags have hidden nobody reads."""
    if not text_in(post, "id") or not _author_id("", post):
        return "malformed_post"
    if text_in(post, "topic_archetype") == "private_message":
        return "private_message"
    if post.get("hidden") is True:
        return "hidden_post"
    return _WITHOUT_WORDS.get(text_in(post, "post_type"))


def _post(raw: RawDelivery, post: dict[str, Any], place: str) -> Post:
    """The title is the first line of the post that opens a topic."""
    title = text_in(post, "topic_title") if _is_first(post) else ""
    words, markup = text_in(post, "raw"), text_in(post, "cooked")
    plain = plain_of_html(markup) if markup else plain_of_markdown(words)
    topic = text_in(post, "topic_id")
    created, updated = (items.at_text(text_in(post, f"{what}_at")) for what in _MOMENTS)
    counts = {name: number_in(post, field) for name, field in _COUNTS.items()}
    known = {"links": links_of_html(markup)} if markup else {}
    return items.post(
        raw,
        identity=f"{place}:post:{text_in(post, 'id')}",
        kind="post" if _is_first(post) else "comment",
        permalink=_permalink(raw.headers, post),
        author=_author(raw.headers, post, place),
        text=f"{title}\n{words or markup}".strip(),
        plain=f"{title}\n{plain}".strip(),
        language=items.language(text_in(post, "locale")),
        posted_at=created,
        edited_at=updated if updated and created and updated > created else None,
        clock=updated,
        thread_id=f"{place}:topic:{topic}" if topic else None,
        counts={name: count for name, count in counts.items() if count is not None},
        **known,
    )


def _author(headers: Headers, post: dict[str, Any], place: str) -> Author:
    handle, address = text_in(post, "username"), _address(headers)
    return items.author(
        _author_id(place, post),
        handle=handle,
        name=text_in(post, "name", "display_username"),
        profile_url=f"{address}/u/{quote(handle)}" if address and handle else None,
    )


def _author_id(place: str, part: dict[str, Any]) -> str:
    """Nothing for one that names nobody."""
    known = text_in(part, "user_id") or text_in(part_in(part, "created_by"), "id")
    known = known or text_in(part, "username")
    return native_id_of(f"{place}:user:{known}") if known else ""


def _permalink(headers: Headers, post: dict[str, Any]) -> str | None:
    """The slug is for readers: a topic is found without."""
    address, topic = _address(headers), text_in(post, "topic_id")
    number = text_in(post, "post_number")
    if not (address and topic and number):
        return None
    path = "/".join(filter(None, (text_in(post, "topic_slug"), topic, number)))
    return f"{address}/t/{quote(path, safe='/%')}"


def _address(headers: Headers) -> str:
    address = headers.get("x-discourse-instance", "").rstrip("/")
    return address if is_web_address(address) else ""


def _place(headers: Headers) -> str:
    """The host, and the folder where the forum has but one on it."""
    return _address(headers).partition("://")[2].lower()
