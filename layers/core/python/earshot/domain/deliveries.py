"""What comes in, and through which connection."""

from enum import StrEnum

from pydantic import Field

from earshot.domain.values import Identifier, Model, Slug, Utc


class DataClass(StrEnum):
    """What we may keep of a source."""

    OWNED = "owned"
    COPIED = "copied"
    BORROWED = "borrowed"
    DISPLAYED = "displayed"


class Purpose(StrEnum):
    """Learning and reports refuse data that is only operational."""

    OPERATIONAL = "operational"
    ANALYTIC = "analytic"


class Connection(Model):
    """One configured instance of a source; its secrets live in Secrets Manager.

    ``url`` is where a polled source is fetched, ``query`` what it is asked for; ``hook_url`` is the
    address that a platform posts to. Where a hub pushes a feed (WebSub), ``hub`` is its address and
    ``url`` the topic. ``keep_hours`` is how long words are kept; ``None`` as long as wanted.
    """

    source: Slug
    connection_id: Slug
    data_class: DataClass
    purpose: Purpose = Purpose.OPERATIONAL
    keep_hours: int | None = Field(default=None, ge=1)
    url: str | None = None
    query: str | None = None
    hub: str | None = None
    hook_url: str | None = None
    cursor: dict[str, str] = {}
    created_at: Utc


class Delivery(Model):
    """One webhook request or one page of a poll, archived as received."""

    source: Slug
    connection_id: Slug
    delivery_id: Identifier
    raw_key: Identifier
    received_at: Utc


class ConnectionState(Model):
    """When a connection last delivered, and why it last failed; ``None`` where it never did.

    ``handshake_at`` is when its platform last proved our address, ``polled_at`` when it was last
    asked, ``not_before`` when it may be asked again, ``lease_until`` when its hub stops to push.
    ``pauses`` has the longest pause between deliveries of each week, in seconds.
    """

    source: Slug
    connection_id: Slug
    last_delivery_at: Utc | None = None
    last_error: str | None = None
    last_error_at: Utc | None = None
    handshake_at: Utc | None = None
    polled_at: Utc | None = None
    not_before: Utc | None = None
    lease_until: Utc | None = None
    pauses: dict[str, int] = {}
