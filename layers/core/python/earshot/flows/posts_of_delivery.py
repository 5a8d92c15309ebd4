"""A delivery, read from the archive and normalised by its source."""

from dataclasses import dataclass
from datetime import timedelta

from earshot.aws.expiry_store import Expiry
from earshot.aws.raw_archive import RawArchive, RawObject
from earshot.domain.models import DataClass, Deletion, Delivery, Ignored, Post
from earshot.errors import GoneError
from earshot.sources import catalog
from earshot.sources.surface import Held, Item

NOTHING_KEPT_FOR = timedelta(hours=48)
BROKEN_KEPT_FOR = timedelta(days=14)
MALFORMED = "malformed_post"


@dataclass(frozen=True, slots=True)
class Contents:
    """``items`` are what the delivery tells of; ``beside`` are posts whose words lie in its raw
    object although it does not; ``expiry`` tells when that has to go, where it may not stay."""

    items: tuple[Item, ...]
    beside: tuple[Held, ...]
    expiry: Expiry | None = None

    @property
    def posts(self) -> tuple[Post, ...]:
        return tuple(item for item in self.items if isinstance(item, Post))


def read(delivery: Delivery, archive: RawArchive) -> Contents:
    """``GoneError`` when its raw object was erased or has expired, ``MalformedPayloadError`` when
    the source cannot read it."""
    return contents_of(delivery, archive.get(delivery.raw_key))


def contents_of(delivery: Delivery, raw: RawObject) -> Contents:
    """The same of a raw object that was read."""
    items = tuple(catalog.normalise(delivery, raw))
    told = {item.native_id for item in items if isinstance(item, Post | Deletion)}
    held = catalog.held(delivery.source, raw)
    beside = tuple(post for post in held if post.native_id not in told)
    return Contents(items, beside, _expiry(items, delivery, raw))


def _expiry(items: tuple[Item, ...], delivery: Delivery, raw: RawObject) -> Expiry | None:
    """A payload without a post may name people all the same, and one that has a person erased does:
    it goes once that was done. One that could not be read waits for somebody to look into it."""
    at, once_told = catalog.archived(delivery, raw).expires_at, raw.data_class is DataClass.BORROWED
    reasons = {item.reason for item in items if isinstance(item, Ignored)}
    if at is None and not any(isinstance(item, Post | Deletion) for item in items):
        once_told = MALFORMED not in reasons
        at = delivery.received_at + (NOTHING_KEPT_FOR if once_told else BROKEN_KEPT_FOR)
    return Expiry(delivery=delivery, expires_at=at, once_told=once_told) if at else None


def find(delivery: Delivery, archive: RawArchive, *, native_id: str, version: str) -> Post:
    """One version of a post; ``GoneError`` when the archive no longer holds it."""
    for post in read(delivery, archive).posts:
        if (post.native_id, post.version) == (native_id, version):
            return post
    raise GoneError("the delivery no longer holds this version")
