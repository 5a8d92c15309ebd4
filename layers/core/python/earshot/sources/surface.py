"""What every source offers, by the shape of its module; there is nothing to inherit.

Every module has ``reads_headers``, ``normalise`` and ``without``. One of a source that posts to us
has ``verify`` beside them, and where its platform asks for it ``handshake``, ``answer`` or
``token_of``; one of a source that we fetch has ``poll``. ``held`` is for those whose deliveries
repeat other posts. ``catalog`` knows them by name; `docs/adding-a-source.md` shows one.

Its values are named tuples because every cold start makes their classes: a dataclass takes seven
times as long.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from earshot.domain.deliveries import Connection, DataClass, Delivery
from earshot.domain.keeping import KEEPING

if TYPE_CHECKING:
    from earshot.domain.posts import AuthorDeletion, Deletion, Ignored, Post

Headers = Mapping[str, str]
Item: TypeAlias = "Post | Deletion | AuthorDeletion | Ignored"

DELETED_VERSION = "9999-12-31T23:59:59.999999Z#deleted"
KEPT_WHEN_BORROWED = KEEPING[DataClass.BORROWED].hours or 0
"""Hours, at most: what is borrowed is acted on, not kept."""

_ID_BYTES = 256


class RawDelivery(NamedTuple):
    """A delivery as it lies in the archive. Header names are lower case."""

    delivery: Delivery
    headers: Headers
    body: bytes
    data_class: DataClass
    keep_hours: int | None = None

    @property
    def expires_at(self) -> datetime | None:
        """When the words have to go, where they may not stay."""
        hours = self.keep_hours
        if self.data_class is DataClass.BORROWED:
            hours = min(hours or KEPT_WHEN_BORROWED, KEPT_WHEN_BORROWED)
        return None if hours is None else self.delivery.received_at + timedelta(hours=hours)


class Held(NamedTuple):
    """A post whose words lie in a delivery that tells of something else. ``parts`` are posts that
    go too when its platform deletes it: what hangs on a thread, or another number of itself."""

    native_id: str
    author_id: str
    parts: tuple[str, ...] = ()


class Question(NamedTuple):
    """A request that may ask whether the address of a connection is ours. Header names are lower
    case; ``secrets`` are the live ones, the newest first."""

    method: str
    query: Mapping[str, str]
    headers: Headers
    connection: Connection
    secrets: tuple[bytes, ...]


class Reply(NamedTuple):
    """The answer to a question or to a delivery that waits for a certain one. A hub that says how
    long it will push sets ``lease_seconds``, one that says that it will not sets ``denied``. What
    answers something else than whether the address is ours clears ``proves``."""

    body: str
    status: int = 200
    content_type: str = "text/plain"
    headers: Mapping[str, str] = {}
    lease_seconds: int | None = None
    denied: bool = False
    proves: bool = True

    @property
    def agrees(self) -> bool:
        return self.proves and self.status < 300


class FetchedPage(NamedTuple):
    """What a fetch brought: ``status`` is 200 or 304 (202 or 204 may answer a form), ``url`` is
    where the redirects ended."""

    status: int
    url: str
    headers: Headers
    body: bytes


class PolledPage(NamedTuple):
    """One page to archive, and the cursor to save once it is archived and queued. When
    ``wait_seconds`` is set, the source asks not to be asked again before."""

    headers: dict[str, str]
    body: bytes
    cursor: dict[str, str]
    wait_seconds: int = 0


class HoldsOthers(Protocol):
    def __call__(self, headers: Headers, body: bytes, /) -> Iterable[Held]: ...


class Fetch(Protocol):
    def __call__(
        self, url: str, headers: Headers, /, *, form: Mapping[str, str] | None = None
    ) -> FetchedPage:
        """GET, or POST of a form where one is given, written as JSON where ``content-type`` says
        so; ``FetchError`` for whatever goes wrong."""


@dataclass(frozen=True, slots=True)
class Polling:
    """What a poll works with. ``secrets`` reads the connection's, the newest first, and raises
    ``SecretMissingError`` where it has none. ``session`` is for what one run of a connection may
    keep from search to search, like a token; it is never stored."""

    connection: Connection
    fetch: Fetch
    now: datetime
    secrets: Callable[[], tuple[bytes, ...]]
    session: dict[str, str] = field(default_factory=dict)


class Source(Protocol):
    @property
    def reads_headers(self) -> tuple[str, ...]:
        """Lower-case names of the headers that ``normalise`` reads; archived with the body."""

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
    def poll(self, asked: Polling, /) -> Iterator[PolledPage]: ...


class Handshake(Protocol):
    def __call__(self, question: Question, /) -> Reply | None:
        """``None`` for what is no question. ``SignatureError`` for one of somebody who does not
        know the secret."""


class Answer(Protocol):
    def __call__(
        self, headers: Headers, body: bytes, /, *, connection: Connection, delivery: Delivery
    ) -> Reply | None:
        """What the platform waits for once the delivery is safe; ``None`` where any 2xx will do."""


class TokenOf(Protocol):
    def __call__(self, headers: Headers, body: bytes, /) -> str | None:
        """What the platform signs once in place of the body: good for one delivery only."""


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
