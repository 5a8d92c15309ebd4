"""What every source offers, by the shape of its module; there is nothing to inherit.

A module of a source that is posted to has ``reads_headers``, ``defaults``, ``verify`` and
``normalise``, and ``handshake`` where the platform asks for one; a module of a source that is
fetched has ``poll`` in place of ``verify``. ``catalog`` knows them by name.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeAlias

from earshot.domain.deliveries import Connection, DataClass, Delivery, Purpose

if TYPE_CHECKING:
    from earshot.domain.posts import Deletion, Ignored, Post

Headers = Mapping[str, str]
Item: TypeAlias = "Post | Deletion | Ignored"

DELETED_VERSION = "9999-12-31T23:59:59.999999Z#deleted"
KEPT_WHEN_BORROWED = timedelta(hours=48)

_ID_BYTES = 256


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a new connection of the source starts with."""

    data_class: DataClass
    purpose: Purpose = Purpose.OPERATIONAL


@dataclass(frozen=True, slots=True)
class RawDelivery:
    """A delivery as it lies in the archive. Header names are lower case."""

    delivery: Delivery
    headers: Headers
    body: bytes
    data_class: DataClass

    @property
    def expires_at(self) -> datetime | None:
        """When the words have to go, for what is only borrowed."""
        if self.data_class is DataClass.BORROWED:
            return self.delivery.received_at + KEPT_WHEN_BORROWED
        return None


@dataclass(frozen=True, slots=True)
class Held:
    """A post whose words lie in a delivery that tells of something else."""

    native_id: str
    author_id: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a handshake."""

    body: str
    status: int = 200
    content_type: str = "text/plain"


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """What a fetch brought: ``status`` is 200 or 304, ``url`` where the redirects ended."""

    status: int
    url: str
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class PolledPage:
    """One page to archive, and the cursor to save once it is archived and queued."""

    headers: dict[str, str]
    body: bytes
    cursor: dict[str, str] = field(default_factory=dict)


class HoldsOthers(Protocol):
    def __call__(self, headers: Headers, body: bytes, /) -> Iterable[Held]: ...


class Fetch(Protocol):
    def __call__(self, url: str, headers: Headers, /) -> FetchedPage: ...


class Source(Protocol):
    @property
    def reads_headers(self) -> tuple[str, ...]:
        """Lower-case names of the headers that ``normalise`` reads; archived with the body."""

    @property
    def defaults(self) -> Defaults: ...

    def normalise(self, raw: RawDelivery, /) -> Iterator[Item]:
        """``MalformedPayloadError`` when the body as a whole cannot be read."""

    def without(self, headers: Headers, body: bytes, native_id: str, /) -> bytes | None:
        """The body with no word of the post; every other post in it keeps its version. ``None``
        when nothing worth keeping is left, or when the one cannot go without the others."""


class WebhookSource(Source, Protocol):
    def verify(
        self, headers: Headers, body: bytes, /, *, secrets: Iterable[bytes], now: datetime
    ) -> None:
        """Raises unless the platform signed these bytes with one of the secrets."""


class PolledSource(Source, Protocol):
    def poll(self, connection: Connection, fetch: Fetch, /) -> Iterator[PolledPage]: ...


class Handshake(Protocol):
    def __call__(
        self,
        method: str,
        query: Mapping[str, str],
        /,
        *,
        headers: Headers,
        secrets: Iterable[bytes],
    ) -> Reply | None: ...


def read_headers(names: Iterable[str], headers: Headers) -> dict[str, str]:
    """Those of the headers that the source reads, each value on one line."""
    return {name: " ".join(headers[name].split()) for name in sorted(names) if name in headers}


def delivery_id(headers: Headers, body: bytes) -> str:
    """SHA-256 over the headers that are read (``name:value`` lines by name, an empty line) and the
    body as received: no clock, so a redelivery is the same delivery."""
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    return hashlib.sha256(lines.encode("utf-8", "surrogatepass") + b"\n" + body).hexdigest()


def native_id(identity: str) -> str:
    """The source's own id, or a digest that stands for it where it is too long for a key."""
    raw = identity.encode()
    return identity if len(raw) <= _ID_BYTES else f"sha256:{hashlib.sha256(raw).hexdigest()}"


def version(clock: str, text: str) -> str:
    """The source's own clock (UTC text of fixed width), then eight digits of the text, so that the
    newest version is the greatest in any order of arrival, also when two share a clock."""
    return f"{clock}#{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:8]}"
