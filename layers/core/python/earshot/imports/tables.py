"""The columns that the files of an import have, and what CRMs call them."""

from collections.abc import Callable, Mapping

from earshot.domain.business import Account, Contact, EntryKind, Seller, WatchlistEntry
from earshot.imports import cells, figures, identities, seller_cells
from earshot.imports.columns import Column, ImportKind, Table, Values


def _hours(values: Values) -> Values:
    """Zone, start, end, days and holidays are columns of the file and one field of the seller."""
    names = ("zone", "start", "end", "days", "holidays")
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


def _list(field: str, *also: str, read: Callable[[str], object] = cells.items) -> Column:
    return Column(field, read, also=also, gathers=True)


_ALIASES = _list("aliases", "alias", "also known as", "aka", "other names", "trade name", "dba")
_DOMAINS = _list(
    *("domains", "domain", "company domain name", "website", "web site", "url", "website url"),
    *("organization website", "email domain", "homepage", "webseite"),
    read=cells.domains,
)
_HANDLES = _list(
    *("handles", "handle", "social", "github", "twitter", "twitter handle", "twitter username"),
    read=cells.handles,
)
_TICKERS = _list("tickers", "ticker", "ticker symbol", "stock symbol")
_PRODUCTS = _list("products", "product", "brands", "product names")
_PHONE = Column(
    "phone",
    also=(
        *("phone number", "telephone", "organization phone", "person phone", "person phone work"),
        *("account phone", "business phone", "telefon", "mobile phone", "mobile"),
    ),
)
_EMAIL_NAMES = ("e-mail", "mail", "email address", "person email", "person email work")
_FULL_NAME = ("full name", "contact name", "person name")

TABLES: Mapping[ImportKind, Table] = {
    ImportKind.ACCOUNTS: Table(
        Account,
        "account_id",
        (
            Column(
                "account_id",
                cells.identifier,
                also=("organization id", "company id", "record id", "hs object id", "id"),
            ),
            Column(
                "name",
                also=(
                    *("account name", "company name", "organization name", "company"),
                    *("organization", "legal name", "firma", "firmenname"),
                ),
                required=True,
            ),
            _ALIASES,
            _DOMAINS,
            _HANDLES,
            _TICKERS,
            _PRODUCTS,
            Column(
                "description",
                cells.prose,
                also=("account description", "about us", "about", "beschreibung"),
            ),
            Column("website_text", cells.prose),
            Column(
                "country",
                also=(
                    *("billing country", "country region", "billing country code", "country code"),
                    *("organization country of address", "shipping country", "land"),
                ),
            ),
            Column("industry", also=("sector", "organization industry", "branche")),
            Column(
                "employees",
                figures.headcount,
                also=(
                    *("number of employees", "no of employees", "employee count", "headcount"),
                    *("employee size", "company size", "organization number of employees"),
                    *("organization employee count", "mitarbeiter"),
                ),
            ),
            Column(
                "revenue",
                figures.amount,
                also=("annual revenue", "organization annual revenue", "turnover", "umsatz"),
            ),
            _PHONE,
            Column(
                "stage", also=("lifecycle stage", "status", "account status", "organization label")
            ),
            Column("territory", also=("region", "sales region", "sales territory", "gebiet")),
            Column(
                "owner",
                also=(
                    *("account owner", "company owner", "organization owner", "deal owner"),
                    *("owner name", "owner id", "account owner alias", "besitzer"),
                ),
            ),
            Column("deputies", cells.people, also=("deputy", "backup"), gathers=True),
        ),
        finish=identities.of_account,
    ),
    ImportKind.CONTACTS: Table(
        Contact,
        "contact_id",
        (
            Column(
                "contact_id",
                cells.identifier,
                also=("person id", "record id", "hs object id", "id"),
            ),
            Column(
                "account_id",
                cells.identifier,
                also=(
                    *("associated company ids", "primary associated company id", "company id"),
                    *("person organization id", "organization id", "account"),
                ),
            ),
            Column("name", also=_FULL_NAME),
            Column("first_name", also=("person first name", "given name", "vorname")),
            Column("last_name", also=("person last name", "surname", "family name", "nachname")),
            Column("email", cells.email, also=_EMAIL_NAMES),
            _PHONE,
            Column("title", also=("job title", "role", "person job title", "position")),
            _HANDLES,
        ),
        finish=identities.of_contact,
    ),
    ImportKind.SELLERS: Table(
        Seller,
        "seller_id",
        (
            Column("seller_id", cells.seller_id, also=("id", "user_id"), required=True),
            Column("name", also=("full_name",), required=True),
            Column("email", cells.email, also=_EMAIL_NAMES, required=True),
            Column(
                "territories",
                cells.items,
                also=("territory", "regions", "region"),
                gathers=True,
            ),
            Column("desks", cells.entry_ids, also=("desk",), gathers=True),
            Column("products", seller_cells.brands, also=("product", "brands"), gathers=True),
            Column("zone", cells.zone, also=("time zone",)),
            Column("start", cells.clock, also=("from", "hours_start")),
            Column("end", cells.clock, also=("to", "hours_end")),
            Column("days", cells.days, also=("weekdays", "working_days")),
            Column("holidays", seller_cells.holidays, also=("absences", "days_off", "vacation")),
            Column("urgent_anytime", cells.yes_or_no, also=("urgent",)),
            Column("budget", seller_cells.budget, also=("alerts_a_day", "daily_budget")),
            Column("digest_at", cells.clock, also=("digest", "digest_time")),
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
            _TICKERS,
            _PRODUCTS,
            Column("query", cells.query, also=("condition", "search")),
        ),
        finish=_entry,
    ),
}
