"""What an erasure leaves of a raw object."""

from collections.abc import Iterable
from dataclasses import replace

from earshot.aws.raw_archive import RawObject, delivery_of
from earshot.domain.models import Author, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.flows.posts_of_delivery import Contents, contents_of
from earshot.sources import catalog
from earshot.sources.naming import unnamed
from earshot.sources.surface import Item

_SHORTEST = 2


def without_post(raw_key: str, raw: RawObject, native_id: str) -> RawObject | None:
    """With no word of the post; ``None`` when it has to go whole."""
    return catalog.without(delivery_of(raw_key).source, raw, native_id)


def without_person(
    raw_key: str, raw: RawObject, native_id: str, *, author_id: str
) -> RawObject | None:
    """The same for all that the author of the post wrote in it; nor does a field beside others'
    posts name them, where these stay as they are without it."""
    found = contents_of(delivery_of(raw_key), raw)
    theirs = [post for post in found.posts if post.author.author_id == author_id]
    beside = (post.native_id for post in found.beside if post.author_id == author_id)
    rest: RawObject | None = raw
    for one in dict.fromkeys([native_id, *(post.native_id for post in theirs), *beside]):
        rest = rest and without_post(raw_key, rest, one)
    return rest and _unnamed(raw_key, rest, _names(author_id, (post.author for post in theirs)))


def _unnamed(raw_key: str, raw: RawObject, names: frozenset[str]) -> RawObject:
    delivery = delivery_of(raw_key)
    changed = replace(raw, body=unnamed(raw.body, names))
    try:
        is_same = _told(contents_of(delivery, changed)) == _told(contents_of(delivery, raw))
    except MalformedPayloadError:
        return raw
    return changed if is_same else raw


def _names(author_id: str, authors: Iterable[Author]) -> frozenset[str]:
    told = (name for a in authors for name in (a.handle, a.name, a.email, a.profile_url))
    return frozenset(name for name in (author_id, *told) if name and len(name) >= _SHORTEST)


def _told(contents: Contents) -> list[object]:
    """What matters of it beyond whom it names."""
    return [_identity(item) for item in contents.items if not isinstance(item, Ignored)]


def _identity(item: Item) -> object:
    if isinstance(item, Post):
        return item.native_id, item.version, item.author, item.thread_id, item.permalink
    return item
