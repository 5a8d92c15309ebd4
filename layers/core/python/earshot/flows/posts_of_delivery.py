"""A delivery, read from the archive and normalised by its source."""

from collections.abc import Iterator

from earshot.aws.raw_archive import RawArchive
from earshot.domain.models import Deletion, Delivery, Ignored, Post
from earshot.errors import GoneError
from earshot.sources import catalog


def read(delivery: Delivery, archive: RawArchive) -> Iterator[Post | Deletion | Ignored]:
    """What the delivery holds; ``GoneError`` when its raw object was erased or has expired,
    ``MalformedPayloadError`` when the source cannot read it."""
    raw = archive.get(delivery.raw_key)
    return catalog.normalise(delivery, raw)


def find(delivery: Delivery, archive: RawArchive, native_id: str, version: str) -> Post:
    """One version of a post; ``GoneError`` when the archive no longer holds it."""
    for item in read(delivery, archive):
        if isinstance(item, Post) and (item.native_id, item.version) == (native_id, version):
            return item
    raise GoneError("the delivery no longer holds this version")
