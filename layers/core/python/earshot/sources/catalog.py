"""Sources by name, each imported when it is first used."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, cast

from earshot.errors import UnknownSourceError
from earshot.sources.surface import (
    Handshake,
    Held,
    HoldsOthers,
    Item,
    PolledSource,
    RawDelivery,
    Source,
    WebhookSource,
)

if TYPE_CHECKING:
    from earshot.aws.raw_archive import RawObject
    from earshot.domain.models import Delivery

WEBHOOKS = {
    "generic": "earshot.sources.generic",
    "github": "earshot.sources.github",
}
POLLED = {
    "rss": "earshot.sources.rss",
}
SOURCES = WEBHOOKS | POLLED


def source(name: str) -> Source:
    """``UnknownSourceError`` when there is none of that name."""
    return cast("Source", _load(SOURCES, name))


def webhook(name: str) -> WebhookSource:
    """``UnknownSourceError`` also for a source that is fetched and takes no webhooks."""
    return cast("WebhookSource", _load(WEBHOOKS, name))


def handshake(name: str) -> Handshake | None:
    """How the platform proves an address, where it does."""
    return cast("Handshake | None", getattr(_load(WEBHOOKS, name), "handshake", None))


def polled(name: str) -> PolledSource:
    return cast("PolledSource", _load(POLLED, name))


def normalise(delivery: "Delivery", raw: "RawObject") -> Iterator[Item]:
    """What an archived delivery holds."""
    return source(delivery.source).normalise(
        RawDelivery(
            delivery=delivery, headers=raw.headers, body=raw.body, data_class=raw.data_class
        )
    )


def held(name: str, raw: "RawObject") -> Iterable[Held]:
    """Posts whose words lie in the raw object whether or not ``normalise`` yields them from it: an
    erasure has to find those too."""
    found = cast("HoldsOthers | None", getattr(source(name), "held", None))
    return found(raw.headers, raw.body) if found else ()


def without(name: str, raw: "RawObject", native_id: str) -> "RawObject | None":
    """The raw object with no word of the post, for an erasure; ``None`` when it has to go whole."""
    rest = source(name).without(raw.headers, raw.body, native_id)
    return None if rest is None else replace(raw, body=rest)


def _load(modules: dict[str, str], name: str) -> object:
    if name not in modules:
        raise UnknownSourceError(name)
    return import_module(modules[name])
