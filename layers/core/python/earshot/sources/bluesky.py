"""Bluesky: posts as a search shows them, and as the network's events tell of them (Jetstream).

A post is known by its at-uri, an author by their DID. Views tell no edits; events of them have the
time of their revision (https://atproto.com/specs/tid) and of the stream. ``createdAt`` is what the
author's app claims, and not believed when it lies ahead of those.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from earshot.domain.models import AuthorDeletion, Ignored
from earshot.errors import MalformedPayloadError
from earshot.sources import bluesky_search, items, payload
from earshot.sources.bluesky_records import (
    event_of,
    find_post,
    is_post_uri,
    record_uri,
    time_of,
    view_of,
)
from earshot.sources.payload import part_in, read_json, text_in
from earshot.sources.surface import Headers, Held, Item, RawDelivery
from earshot.sources.surface import native_id as native_id_of

address = bluesky_search.address
reads_headers: tuple[str, ...] = ()
poll = bluesky_search.poll

_COLLECTIONS = {
    "app.bsky.actor.profile": "profile",
    "app.bsky.feed.generator": "feed_generator",
    "app.bsky.feed.like": "like",
    "app.bsky.feed.postgate": "postgate",
    "app.bsky.feed.repost": "repost",
    "app.bsky.feed.threadgate": "threadgate",
    "app.bsky.graph.block": "block",
    "app.bsky.graph.follow": "follow",
    "app.bsky.graph.list": "list",
    "app.bsky.graph.listblock": "list_block",
    "app.bsky.graph.listitem": "list_item",
    "app.bsky.graph.starterpack": "starter_pack",
}
_STILL_THERE = frozenset(("desynchronized", "throttled"))
"""Of accounts whose server has trouble; nobody took anything back."""


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """A page of views, or an event, or one on each line."""
    found = [_value(line) for line in _lines(raw.body)]
    if not any(isinstance(value, dict | list) for value in found):
        raise MalformedPayloadError("neither views nor events")
    for value in found:
        for part in value if isinstance(value, list) else [value]:
            yield from _read(part, raw)


def held(headers: Headers, body: bytes) -> Iterable[Held]:  # noqa: ARG001
    """Also what a post quotes."""
    for line in _lines(body):
        yield from payload.held_in(_value(line), find_post)


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:  # noqa: ARG001
    lines = [_without(line, native_id) for line in _lines(body)]
    kept = [line for line in lines if line is not None]
    return b"\n".join(kept) if kept else None


def _without(line: bytes, native_id: str) -> bytes | None:
    if _value(line) is None:
        return None if native_id.rpartition("/")[2].encode() in line else line
    return payload.without_held(line, native_id, find_post)


def _lines(body: bytes) -> list[bytes]:
    """The whole body where it is one JSON text, else its lines."""
    if _value(body) is not None:
        return [body]
    return [line for line in body.splitlines() if line.strip()]


def _value(line: bytes) -> Any:
    try:
        return read_json(line)
    except MalformedPayloadError:
        return None


def _read(part: Any, raw: RawDelivery) -> Iterator[Item]:
    if not isinstance(part, dict):
        yield Ignored(reason="malformed_post")
    elif isinstance(part.get("posts"), list):
        views = part["posts"]
        yield from (_view(view, raw) for view in views)
        if not views:
            yield Ignored(reason="empty_page")
    else:
        yield _event(part, raw)


def _view(view: Any, raw: RawDelivery) -> Item:
    try:
        return view_of(view, raw)
    except ValidationError:
        return Ignored(reason="malformed_post")


def _event(event: dict[str, Any], raw: RawDelivery) -> Item:
    kind = text_in(event, "kind")
    if kind == "commit":
        return _commit(event, raw)
    if kind == "account":
        return _account(event, raw)
    return Ignored(reason="identity" if kind == "identity" else "other_event")


def _commit(event: dict[str, Any], raw: RawDelivery) -> Item:
    commit, uri = part_in(event, "commit"), record_uri(event)
    collection, operation = text_in(commit, "collection"), text_in(commit, "operation")
    if collection != "app.bsky.feed.post":
        return Ignored(reason=_COLLECTIONS.get(collection, "other_event"))
    if operation == "delete" and is_post_uri(uri):
        return items.deletion(raw, uri, at=time_of(event))
    if operation not in {"create", "update", "delete"}:
        return Ignored(reason="other_event")
    try:
        return event_of(event, raw)
    except ValidationError:
        return Ignored(reason="malformed_post")


def _account(event: dict[str, Any], raw: RawDelivery) -> Item:
    """A closed account takes everything with it; one that is locked may come back."""
    account = part_in(event, "account")
    did, status = text_in(account, "did") or text_in(event, "did"), text_in(account, "status")
    if account.get("active") is not False or status in _STILL_THERE or not did.startswith("did:"):
        return Ignored(reason="account")
    return AuthorDeletion(
        source=raw.delivery.source,
        author_id=native_id_of(did),
        comes_back=status != "deleted",
    )
