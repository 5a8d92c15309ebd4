"""A delivery, read from the archive and normalised by its source."""

from dataclasses import dataclass
from datetime import datetime

from earshot.aws.raw_archive import RawArchive
from earshot.domain.models import Deletion, Delivery, Post
from earshot.errors import GoneError
from earshot.sources import catalog
from earshot.sources.surface import Held, Item


@dataclass(frozen=True, slots=True)
class Contents:
    """``items`` are what the delivery tells of; ``beside`` are posts whose words lie in its raw
    object although it does not; ``expires_at`` is when the words have to go, where they may not
    stay."""

    items: tuple[Item, ...]
    beside: tuple[Held, ...]
    expires_at: datetime | None = None

    @property
    def posts(self) -> tuple[Post, ...]:
        return tuple(item for item in self.items if isinstance(item, Post))


def read(delivery: Delivery, archive: RawArchive) -> Contents:
    """``GoneError`` when its raw object was erased or has expired, ``MalformedPayloadError`` when
    the source cannot read it."""
    raw = archive.get(delivery.raw_key)
    items = tuple(catalog.normalise(delivery, raw))
    told = {item.native_id for item in items if isinstance(item, Post | Deletion)}
    held = catalog.held(delivery.source, raw)
    return Contents(
        items,
        tuple(post for post in held if post.native_id not in told),
        catalog.archived(delivery, raw).expires_at,
    )


def find(delivery: Delivery, archive: RawArchive, *, native_id: str, version: str) -> Post:
    """One version of a post; ``GoneError`` when the archive no longer holds it."""
    for post in read(delivery, archive).posts:
        if (post.native_id, post.version) == (native_id, version):
            return post
    raise GoneError("the delivery no longer holds this version")
