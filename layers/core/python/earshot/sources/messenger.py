"""Messenger: what is written to a page, and what the page answers.

One app has one address for everything of its pages (object ``page``); of what comes there, changes
of the feed are left to the source ``facebook``, which keeps them for less long; an erasure finds
them here too.
"""

from collections.abc import Iterable, Iterator

from earshot.domain.posts import Ignored
from earshot.sources import facebook, meta, meta_entries, meta_messages
from earshot.sources.meta_entries import Part, safely
from earshot.sources.surface import Headers, Held, Item, RawDelivery

reads_headers = meta.reads_headers
verify = meta.verify
verify_token = meta.verify_token
handshake = meta.handshake
answer = meta.answer

_OTHER_FIELDS = frozenset(("conversations", "feed", "leadgen", "mention", "messages", "ratings"))


def normalise(raw: RawDelivery) -> Iterator[Item]:
    yield from meta_entries.normalise(raw, about="page", read=_read)


def held(headers: Headers, body: bytes) -> Iterable[Held]:
    return meta_entries.held(headers, body, facebook.find)


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:
    return meta_entries.without(headers, body, native_id, find=facebook.find)


def _read(raw: RawDelivery, part: Part) -> Iterator[Item]:
    if part.is_event:
        yield safely(meta_messages.read, raw, part)
    else:
        yield Ignored(reason=part.field if part.field in _OTHER_FIELDS else "other_event")
