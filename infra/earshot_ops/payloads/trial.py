"""One delivery put through its source as ingest does it: verified, answered and read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from earshot.domain.deliveries import Connection
from earshot.errors import EarshotError
from earshot.flows.accept_delivery import delivery_of, raw_object
from earshot.sources import catalog
from earshot.sources.fetch import FetchError
from earshot.sources.surface import FetchedPage, Headers, Item, Polling, read_headers
from earshot_ops.payloads.proving import FailedError, Verdicts, failing, proven
from earshot_ops.payloads.signing import Signed, schemes_of
from earshot_ops.payloads.wrapping import ADDRESS, Sent

FETCHES = 20
"""A poll is answered so often: the same answer for ever has no last page."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was read of one delivery, or why nothing could be."""

    note: str
    items: tuple[Item, ...] = ()
    failure: str = ""

    def is_like(self, other: "Outcome") -> bool:
        """Whether the same was read, wherever it is archived."""
        return self.failure == other.failure and _told(self.items) == _told(other.items)


def _told(items: tuple[Item, ...]) -> list[dict[str, Any]]:
    return [item.model_dump(exclude={"raw_key"}) for item in items]


def tried(sent: Sent, *, now: datetime, verdicts: Verdicts) -> Outcome:
    """Nothing that a source raises escapes."""
    connection = connection_of(sent.source, now)
    try:
        if sent.is_pushed:
            return Outcome(sent.note, _pushed(connection, sent, now, verdicts=verdicts))
        items = _read(connection, sent.headers, sent.body, now=now)
        with failing("poll"):
            _poll(connection, sent, now)
        return Outcome(sent.note, items)
    except FailedError as error:
        return Outcome(sent.note, failure=str(error))


def connection_of(source: str, now: datetime) -> Connection:
    """As a new one of the source starts."""
    listing = catalog.listing(source)
    return Connection(
        source=source,
        connection_id="payloads",
        data_class=listing.data_class,
        purpose=listing.purpose,
        keep_hours=listing.keep_hours,
        url=ADDRESS,
        query="earshot",
        hook_url=f"https://earshot.example/hooks/{source}/payloads",
        created_at=now,
    )


def _pushed(
    connection: Connection, sent: Sent, now: datetime, *, verdicts: Verdicts
) -> tuple[Item, ...]:
    schemes = schemes_of(sent.source)
    if not schemes:
        raise FailedError("signing: no scheme")
    signed = [proven(sent, scheme, now=now, verdicts=verdicts) for scheme in schemes]
    items = _read(connection, signed[0].headers, signed[0].body, now=now)
    with failing("answer"):
        _answer(connection, signed[0], now)
    return items


def _read(
    connection: Connection, headers: Headers, body: bytes, *, now: datetime
) -> tuple[Item, ...]:
    with failing("normalise"):
        kept = read_headers(catalog.source(connection.source).reads_headers, headers)
        delivery = delivery_of(connection, kept, body, at=now)
        raw = raw_object(connection, delivery, kept, body=body)
        return tuple(catalog.normalise(delivery, raw))


def _answer(connection: Connection, signed: Signed, now: datetime) -> None:
    if token_of := catalog.token_of(connection.source):
        token_of(signed.headers, signed.body)
    if answer := catalog.answer(connection.source):
        kept = read_headers(catalog.source(connection.source).reads_headers, signed.headers)
        delivery = delivery_of(connection, kept, signed.body, at=now)
        answer(signed.headers, signed.body, connection=connection, delivery=delivery)


def _poll(connection: Connection, sent: Sent, now: datetime) -> None:
    """A poll to which everything answers with the file, which mostly is not what it asked for."""
    left = iter(range(FETCHES))

    def fetch(
        url: str,
        _headers: Headers,
        /,
        *,
        form: Mapping[str, str] | None = None,  # noqa: ARG001  a form is answered alike
    ) -> FetchedPage:
        if next(left, None) is None:
            raise FetchError("enough")
        return FetchedPage(200, url, sent.headers, sent.body)

    asked = Polling(connection, fetch, now, secrets=lambda: (b"client:secret",))
    try:
        for page in islice(catalog.polled(connection.source).poll(asked), FETCHES):
            _read(connection, page.headers, page.body, now=now)
    except EarshotError:
        return
