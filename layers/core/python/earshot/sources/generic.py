"""Anything that can post JSON: `docs/generic-source.md` is what a sender reads.

Signed by Standard Webhooks 1.0.
"""

import json
from collections.abc import Iterator
from typing import Any

from earshot.errors import MalformedPayloadError
from earshot.sources import generic_posts, standard_webhooks
from earshot.sources.payload import read_object
from earshot.sources.surface import Headers, Held, Item, RawDelivery

reads_headers: tuple[str, ...] = ()
verify = standard_webhooks.verify


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """Every entry stands for itself: a malformed one is ignored and the others go on."""
    for entry in _entries(raw.body):
        yield generic_posts.read(entry, raw)


def held(headers: Headers, body: bytes) -> Iterator[Held]:  # noqa: ARG001
    """An entry that could not be read may hold somebody's words all the same."""
    yield from filter(None, map(generic_posts.held, _entries(body)))


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:  # noqa: ARG001
    """Of a deletion its identity stays, so that a replay still tells of it."""
    entries = (one for one in _entries(body) if not generic_posts.tells(one, native_id))
    kept = [generic_posts.without_words(entry) for entry in entries]
    return json.dumps({"posts": kept}).encode() if kept else None


def _entries(body: bytes) -> list[Any]:
    payload = read_object(body)
    posts = payload.get("posts", [payload])
    if not isinstance(posts, list):
        raise MalformedPayloadError("posts is no list")
    return posts
