"""The columns that the files of an import have, what CRMs call them, what their cells become."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from earshot.domain.models import Account, Contact, EntryKind, Model, Seller, WatchlistEntry
from earshot_ops import import_cells as cells

Values = dict[str, object]


@dataclass(frozen=True)
class Column:
    """``field`` is the model's and the column's own name; ``also`` are other names of it."""

    field: str
    read: Callable[[str], object] = cells.text
    also: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True)
class Table:
    """``finish`` turns the values of one row into the fields of the model, or raises ``ValueError``
    about the column ``identity``."""

    model: type[Model]
    identity: str
    columns: tuple[Column, ...]
    finish: Callable[[Values], Values] = dict


class ImportKind(StrEnum):
    ACCOUNTS = "accounts"
    CONTACTS = "contacts"
    SELLERS = "sellers"
    WATCHLIST = "watchlist"


def _hours(values: Values) -> Values:
    """Zone, start, end and days are columns of the file and one field of the seller."""
    names = ("zone", "start", "end", "days")
    hours = {name: values[name] for name in names if name in values}
    rest = {name: value for name, value in values.items() if name not in names}
    return {**rest, "hours": hours}


def _entry(values: Values) -> Values:
    """``entry_id`` is ``kind:id``; a file may leave out the kind, or the id for the name's sake."""
    kind, given = str(values["kind"]), str(values.get("entry_id", ""))
    before, colon, after = given.partition(":")
    if colon and before != kind:
        raise ValueError(f"{given!r} does not begin with {kind}:")
    identity = (after if colon else given) or "-".join(str(values["name"]).casefold().split())
    return {**values, "entry_id": f"{kind}:{cells.identifier(identity)}"}


def _kind(cell: str) -> EntryKind:
    kind = cell.casefold()
    if kind == EntryKind.ACCOUNT:
        raise ValueError("accounts come in by: earshot import accounts")
    if kind not in set(EntryKind):
        raise ValueError(f"{cell!r} is neither brand, competitor nor topic")
    return EntryKind(kind)


_ALIASES = Column("aliases", cells.items, also=("alias", "also_known_as", "aka", "other_names"))
_DOMAINS = Column("domains", cells.domains, also=("domain", "website", "web_site", "url"))
_HANDLES = Column("handles", cells.handles, also=("handle", "social", "github", "twitter"))
_PHONE = Column("phone", also=("telephone", "phone_number"))

TABLES: Mapping[ImportKind, Table] = {
    ImportKind.ACCOUNTS: Table(
        Account,
        "account_id",
        (
            Column("account_id", cells.identifier, also=("id", "record_id"), required=True),
            Column("name", also=("account_name", "company", "company_name"), required=True),
            _ALIASES,
            _DOMAINS,
            _HANDLES,
            Column("industry", also=("sector",)),
            Column(
                "employees",
                cells.whole_number,
                also=("number_of_employees", "employee_count", "headcount"),
            ),
            Column("revenue", cells.whole_number, also=("annual_revenue",)),
            _PHONE,
            Column("stage", also=("lifecycle_stage", "status")),
            Column("territory", also=("region",)),
            Column("owner", cells.seller_id, also=("owner_id", "account_owner")),
            Column("deputies", cells.seller_ids, also=("deputy", "backup")),
        ),
    ),
    ImportKind.CONTACTS: Table(
        Contact,
        "contact_id",
        (
            Column("contact_id", cells.identifier, also=("id", "record_id"), required=True),
            Column("account_id", cells.identifier, also=("account", "company_id")),
            Column("name", also=("full_name", "contact_name"), required=True),
            Column("email", cells.email, also=("e_mail", "mail", "email_address")),
            _PHONE,
            Column("title", also=("job_title", "role")),
            _HANDLES,
        ),
    ),
    ImportKind.SELLERS: Table(
        Seller,
        "seller_id",
        (
            Column("seller_id", cells.seller_id, also=("id", "user_id"), required=True),
            Column("name", also=("full_name",), required=True),
            Column("email", cells.email, also=("e_mail", "mail", "email_address"), required=True),
            Column("territories", cells.items, also=("territory", "regions", "region")),
            Column("desks", cells.entry_ids, also=("desk",)),
            Column("zone", cells.zone, also=("time_zone", "timezone")),
            Column("start", cells.clock, also=("from", "hours_start")),
            Column("end", cells.clock, also=("to", "hours_end")),
            Column("days", cells.days, also=("weekdays", "working_days")),
            Column("urgent_anytime", cells.yes_or_no, also=("urgent",)),
        ),
        finish=_hours,
    ),
    ImportKind.WATCHLIST: Table(
        WatchlistEntry,
        "entry_id",
        (
            Column("kind", _kind, also=("type",), required=True),
            Column("entry_id", cells.identifier, also=("id",)),
            Column("name", required=True),
            _ALIASES,
            _DOMAINS,
            _HANDLES,
        ),
        finish=_entry,
    ),
}


def normal_name(header: str) -> str:
    """``Number of Employees`` is ``number_of_employees``."""
    return "_".join(header.strip().casefold().replace("-", " ").replace("_", " ").split())


def column_of(table: Table, header: str) -> Column | None:
    """By its own name before another column's other names."""
    name = normal_name(header)
    own = next((column for column in table.columns if column.field == name), None)
    return own or next((column for column in table.columns if name in column.also), None)
