"""Sources by name, each imported when it is first used, and what a new connection of one may keep.

The table is the configuration of data classes, purposes and expiry; an operator changes them for a
connection with `earshot connect`. `docs/sources.md` has the reasons.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from earshot.domain.deliveries import DataClass, Purpose
from earshot.errors import UnknownSourceError
from earshot.sources.surface import (
    KEPT_WHEN_BORROWED,
    Answer,
    Handshake,
    Held,
    HoldsOthers,
    Item,
    PolledSource,
    RawDelivery,
    Source,
    TokenOf,
    WebhookSource,
)

if TYPE_CHECKING:
    from earshot.aws.raw_archive import RawObject
    from earshot.domain.models import Delivery


class Listing(NamedTuple):
    """What a new connection of the source starts with, and how its posts come: ``posts`` to us,
    ``polled`` by us, or either. ``poll_seconds`` is the least time between two polls, where the
    source allows fewer than the schedule makes. One that is ``searched`` is asked for what the
    watchlist names, where its connection says nothing else."""

    data_class: DataClass
    keep_hours: int | None = None
    purpose: Purpose = Purpose.OPERATIONAL
    posts: bool = True
    polled: bool = False
    poll_seconds: int = 0
    searched: bool = False


_OWNED = Listing(DataClass.OWNED)
_COPIED = Listing(DataClass.COPIED)
_BORROWED = Listing(DataClass.BORROWED, KEPT_WHEN_BORROWED)

SOURCES: dict[str, Listing] = {
    "bluesky": _BORROWED._replace(posts=False, polled=True, searched=True, poll_seconds=600),
    "cloudevents": _OWNED,
    "discourse": _OWNED,
    "facebook": _BORROWED,
    "generic": _OWNED,
    "github": _COPIED,
    "hackernews": _COPIED._replace(posts=False, polled=True),
    "instagram": _BORROWED,
    "intercom": _OWNED,
    "mailgun": _OWNED,
    "mastodon": _BORROWED._replace(polled=True),
    "messenger": _OWNED,
    "reddit": _BORROWED._replace(posts=False, polled=True, searched=True),
    "rss": _COPIED._replace(polled=True),
    "slack": _OWNED,
    "stackexchange": _COPIED._replace(posts=False, polled=True, searched=True, poll_seconds=900),
    "telegram": _OWNED,
    "whatsapp": _OWNED,
    "x": _BORROWED,
    "youtube": _BORROWED,
}
WEBHOOKS = frozenset(name for name, listing in SOURCES.items() if listing.posts)
POLLED = frozenset(name for name, listing in SOURCES.items() if listing.polled)


def listing(name: str) -> Listing:
    """``UnknownSourceError`` when there is none of that name."""
    if name not in SOURCES:
        raise UnknownSourceError(name)
    return SOURCES[name]


def source(name: str) -> Source:
    """``UnknownSourceError`` when there is none of that name."""
    listing(name)
    return cast("Source", import_module(f"earshot.sources.{name}"))


def webhook(name: str) -> WebhookSource:
    """``UnknownSourceError`` also for a source that is fetched and takes no webhooks."""
    if not listing(name).posts:
        raise UnknownSourceError(name)
    return cast("WebhookSource", source(name))


def polled(name: str) -> PolledSource:
    if not listing(name).polled:
        raise UnknownSourceError(name)
    return cast("PolledSource", source(name))


def poll_interval(name: str) -> int:
    return listing(name).poll_seconds


def handshake(name: str) -> Handshake | None:
    """How the platform proves an address, where it does."""
    return cast("Handshake | None", _perhaps(name, "handshake"))


def answer(name: str) -> Answer | None:
    """What the platform is told beside that we have it, where it waits for more."""
    return cast("Answer | None", _perhaps(name, "answer"))


def token_of(name: str) -> TokenOf | None:
    """What a delivery is told from its replay by, where the body is not signed."""
    return cast("TokenOf | None", _perhaps(name, "token_of"))


def archived(delivery: "Delivery", raw: "RawObject") -> RawDelivery:
    return RawDelivery(
        delivery=delivery,
        headers=raw.headers,
        body=raw.body,
        data_class=raw.data_class,
        keep_hours=raw.keep_hours,
    )


def normalise(delivery: "Delivery", raw: "RawObject") -> Iterator[Item]:
    """What an archived delivery holds."""
    return _module(delivery.source, raw).normalise(archived(delivery, raw))


def held(name: str, raw: "RawObject") -> Iterable[Held]:
    """Posts whose words lie in the raw object whether or not ``normalise`` yields them from it: an
    erasure has to find those too."""
    found = cast("HoldsOthers | None", getattr(_module(name, raw), "held", None))
    return found(raw.headers, raw.body) if found else ()


def without(name: str, raw: "RawObject", native_id: str) -> "RawObject | None":
    """The raw object with no word of the post, for an erasure; ``None`` when it has to go whole."""
    rest = _module(name, raw).without(raw.headers, raw.body, native_id)
    return None if rest is None else replace(raw, body=rest)


def _module(name: str, raw: "RawObject") -> Source:
    """What is only displayed lies reduced in the archive, whichever source it is of."""
    if raw.data_class is DataClass.DISPLAYED:
        listing(name)
        return cast("Source", import_module("earshot.sources.displayed"))
    return source(name)


def _perhaps(name: str, function: str) -> Any:
    return getattr(source(name), function, None)
