"""The company's own side: customers, the names it listens for, and its sellers."""

from datetime import date, time
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from earshot.domain.values import EmailAddress, Identifier, Model, Slug
from earshot.domain.zones import check_zone

Zone = Annotated[str, AfterValidator(check_zone)]


class Account(Model):
    """A company in the seller's CRM, with the static business data. ``language`` is that of its
    website, ``registration`` is active or inactive in the register that gave the ``lei``."""

    account_id: Identifier
    name: Identifier
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    description: str | None = None
    website_text: str | None = None
    language: str | None = None
    legal_name: str | None = None
    lei: str | None = None
    parent: str | None = None
    registration: str | None = None
    country: str | None = None
    industry: str | None = None
    employees: int | None = None
    revenue: int | None = None
    phone: str | None = None
    stage: str | None = None
    territory: str | None = None
    owner: str | None = None
    deputies: tuple[str, ...] = ()


class Contact(Model):
    """A person in the seller's CRM."""

    contact_id: Identifier
    account_id: str | None = None
    name: Identifier
    email: EmailAddress | None = None
    phone: str | None = None
    title: str | None = None
    handles: tuple[str, ...] = ()


class EntryKind(StrEnum):
    ACCOUNT = "account"
    BRAND = "brand"
    COMPETITOR = "competitor"
    TOPIC = "topic"


class WatchlistEntry(Model):
    """One name that we listen for; ``entry_id`` is ``kind:id``.

    ``query`` is a topic's own condition (``crm AND (slow OR "too expensive") NOT hiring``); with
    one, the topic's name alone matches nothing.
    """

    entry_id: Identifier
    kind: EntryKind
    name: Identifier
    aliases: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    tickers: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    query: str | None = None


class Holiday(Model):
    """Local dates on which somebody is away, the last one included."""

    first: date
    last: date


class WorkingHours(Model):
    """When a seller may be interrupted: ``start`` up to, not including, ``end``, local time.

    ``days`` are ISO weekdays, Monday 1 to Sunday 7. ``start`` equal to ``end`` is a whole day; an
    ``end`` before ``start`` runs past midnight and belongs to the day it started on. No hours begin
    on a day of ``holidays``.
    """

    zone: Zone = "UTC"
    start: time = time(8)
    end: time = time(18)
    days: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1)] = (
        *range(1, 6),
    )
    holidays: tuple[Holiday, ...] = ()


class Seller(Model):
    """A person who gets alerts.

    ``desks`` are watchlist entry ids, or ``SERVICE_DESK``; ``products`` are entry ids of own brands
    that the seller sells, and hears of as of a desk. ``urgent_anytime`` is the seller's own rule
    that urgent things may interrupt outside the hours. ``budget`` is how many interruptions a local
    day may hold; ``digest_at`` when the digest comes, on the seller's clock.
    """

    seller_id: Slug
    name: Identifier
    email: EmailAddress
    territories: tuple[str, ...] = ()
    desks: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    hours: WorkingHours = WorkingHours()
    urgent_anytime: bool = False
    budget: Annotated[int, Field(ge=0, le=100)] = 5
    digest_at: time = time(8)


SERVICE_DESK = "service:support"
"""The desk that posts of support go to."""


class Desk(Model):
    """A named list of sellers for a competitor, product or topic."""

    entry_id: Identifier
    seller_ids: tuple[Slug, ...]
