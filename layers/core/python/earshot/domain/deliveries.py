"""What comes in, and through which connection."""

from enum import StrEnum

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
    """One configured instance of a source; its secrets live in Secrets Manager."""

    source: Slug
    connection_id: Slug
    data_class: DataClass
    purpose: Purpose = Purpose.OPERATIONAL
    url: str | None = None
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
    """When a connection last delivered, and why it last failed; ``None`` where it never did."""

    source: Slug
    connection_id: Slug
    last_delivery_at: Utc | None = None
    last_error: str | None = None
    last_error_at: Utc | None = None
