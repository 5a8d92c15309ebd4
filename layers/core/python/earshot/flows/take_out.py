"""What an erasure leaves of a raw object."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from earshot.aws.raw_archive import RawObject, delivery_of
from earshot.domain.models import Author, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import catalog
from earshot.sources.naming import unnamed
from earshot.sources.surface import Item

_UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""A raw object does not tell when it came."""

_SHORTEST = 2


def without_post(raw_key: str, raw: RawObject, native_id: str) -> RawObject | None:
    """With no word of the post; ``None`` when it has to go whole."""
    return catalog.without(_source(raw_key), raw, native_id)


def without_person(
    raw_key: str, raw: RawObject, native_id: str, *, author_id: str
) -> RawObject | None:
    """The same for all that the author of the post wrote in it; nor does a field beside others'
    posts name them, where these stay as they are without it."""
    items = _items(raw_key, raw)
    authors = [one.author for one in _posts(items) if one.author.author_id == author_id]
    held = (one for one in catalog.held(_source(raw_key), raw) if one.author_id == author_id)
    theirs = (one.native_id for one in _posts(items) if one.author.author_id == author_id)
    rest: RawObject | None = raw
    for one in dict.fromkeys([native_id, *theirs, *(post.native_id for post in held)]):
        rest = rest and without_post(raw_key, rest, one)
    return rest and _unnamed(raw_key, rest, _names(author_id, authors))


def _unnamed(raw_key: str, raw: RawObject, names: frozenset[str]) -> RawObject:
    changed = replace(raw, body=unnamed(raw.body, names))
    is_same = _told(_items(raw_key, changed)) == _told(_items(raw_key, raw))
    return changed if is_same else raw


def _names(author_id: str, authors: Iterable[Author]) -> frozenset[str]:
    told = (name for a in authors for name in (a.handle, a.name, a.email, a.profile_url))
    return frozenset(name for name in (author_id, *told) if name and len(name) >= _SHORTEST)


def _items(raw_key: str, raw: RawObject) -> tuple[Item, ...]:
    """Nothing of what its source cannot read."""
    try:
        return tuple(catalog.normalise(delivery_of(raw_key, _UNKNOWN_TIME), raw))
    except MalformedPayloadError:
        return ()


def _posts(items: Iterable[Item]) -> list[Post]:
    return [item for item in items if isinstance(item, Post)]


def _told(items: Iterable[Item]) -> list[object]:
    """What matters of them beyond whom they name."""
    return [_identity(item) for item in items if not isinstance(item, Ignored)]


def _identity(item: Item) -> object:
    if isinstance(item, Post):
        return item.native_id, item.version, item.author, item.thread_id, item.permalink
    return item


def _source(raw_key: str) -> str:
    return delivery_of(raw_key, _UNKNOWN_TIME).source
