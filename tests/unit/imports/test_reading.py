"""What an import makes of a file: every row is accepted or has its line, column and reason."""

import csv
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.business import (
    Account,
    Contact,
    EntryKind,
    Holiday,
    Seller,
    WatchlistEntry,
    WorkingHours,
)
from earshot.domain.values import Model
from earshot.imports.columns import ImportKind
from earshot.imports.errors import ImportFileError
from earshot.imports.reading import RowProblem, open_sheet
from earshot.imports.tables import TABLES
from earshot_ops.chalice_configuration import ROOT

SAMPLE = ROOT / "infra/sample"
ACCOUNTS = ImportKind.ACCOUNTS
CONTACTS = ImportKind.CONTACTS
CELLS = st.text(max_size=30) | st.sampled_from(("nora", "acme.example", "1,200", "mon-fri", "yes"))


@dataclass(frozen=True)
class Reading:
    accepted: tuple[Model, ...]
    problems: tuple[RowProblem, ...]
    unused: tuple[str, ...]
    rejected: int
    notes: tuple[tuple[str, str], ...]


def read(kind: ImportKind, content: bytes) -> Reading:
    sheet = open_sheet(kind, BytesIO(content))
    rows = list(sheet.rows())
    return Reading(
        tuple(row.made for row in rows if row.made),
        tuple(problem for row in rows for problem in row.problems),
        sheet.unused,
        sum(row.made is None for row in rows),
        tuple(note for row in rows for note in row.notes),
    )


def file_of(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def _says_something(row: list[str]) -> bool:
    return any(cell.strip() for cell in row)


def problem_in(kind: ImportKind, *lines: str) -> RowProblem:
    reading = read(kind, file_of(*lines))
    assert reading.accepted == ()
    return reading.problems[0]


# Files


@pytest.mark.parametrize("kind", ImportKind)
def test_the_sample_is_imported_without_a_doubt(kind: ImportKind) -> None:
    reading = read(kind, Path(SAMPLE / f"{kind}.csv").read_bytes())
    assert reading.accepted
    assert (reading.problems, reading.unused) == ((), ())


def test_headers_as_a_crm_writes_them_are_understood() -> None:
    content = file_of(
        "Record ID,Company Name,Website,Number of Employees,Annual Revenue,Account Owner,Deputy",
        '17,Acme,https://www.acme.example/about,"1,200",€1.500.000,Nora Brandt,jonas; maya',
    )
    (account,) = read(ACCOUNTS, content).accepted
    assert account == Account(
        account_id="17",
        name="Acme",
        domains=("acme.example",),
        employees=1200,
        revenue=1_500_000,
        owner="Nora Brandt",
        deputies=("jonas", "maya"),
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_tells_the_delimiter(delimiter: str) -> None:
    content = file_of("account_id;name;stage".replace(";", delimiter), delimiter.join("1ac"))
    (account,) = read(ACCOUNTS, content).accepted
    assert account == Account(account_id="1", name="a", stage="c")


def test_a_byte_order_mark_and_windows_lines_do_no_harm() -> None:
    content = b"\xef\xbb\xbfaccount_id,name\r\n1,Acme\r\n\r\n , \r\n"
    (account,) = read(ACCOUNTS, content).accepted
    assert account == Account(account_id="1", name="Acme")


def test_a_quoted_cell_may_hold_line_breaks_and_lines_are_still_counted() -> None:
    problem = problem_in(ACCOUNTS, "account_id,name,aliases,employees", '1,Acme,"a', 'b",many', "")
    assert str(problem) == "line 2, employees: 'many' is no whole number"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"account_id,name\n", "a header and no rows"),
        (b"account_id\n1\n", "the header has no name"),
        (b"account_id,name,Name\n1,a,b\n", "two columns mean name"),
        (b"PK\x03\x04\x14\x00", "is a workbook"),
    ],
)
def test_a_file_that_holds_no_table_is_refused_as_a_whole(content: bytes, reason: str) -> None:
    with pytest.raises(ImportFileError, match=reason):
        read(ACCOUNTS, content)


# Rows


def test_a_bad_row_says_where_and_why_and_leaves_the_others_alone() -> None:
    content = file_of(
        "account_id,name,domains,employees,colour",
        "1,Acme,acme,some,red",
        "2,Good,good.example,12,red",
        "4,,,,",
        "5,Short",
        '6,"Torn',
        '7,"Quoted" badly,,,',
        "8,Fine,,,",
    )
    reading = read(ACCOUNTS, content)
    assert [str(problem) for problem in reading.problems] == [
        "line 2, domains: 'acme' is no domain, such as acme.example",
        "line 2, employees: 'some' is no whole number",
        "line 4, name: is empty",
        "line 5, row: has 2 cells, and the header has 5",
        "line 6, row: a quotation mark is never closed",
        "line 7, row: is no CSV: ',' expected after '\"'",
    ]
    assert (reading.rejected, reading.unused) == (5, ("colour",))
    assert [getattr(row, "name", "") for row in reading.accepted] == ["Good", "Fine"]


def test_what_no_column_refuses_the_model_still_may() -> None:
    problem = problem_in(ACCOUNTS, "account_id,name", f"1,{'x' * 600}")
    assert (problem.line, problem.column) == (2, "name")


def test_a_seller_has_hours_of_four_columns() -> None:
    content = file_of(
        "seller_id,name,email,time zone,from,to,days,desk,urgent",
        "Ada,Ada L,ada@x.example,Europe/Paris,7:30,16.00,mon-thu,topic:crm,yes",
        "bob,Bob B,bob@x.example,,,,,,",
    )
    ada, bob = read(ImportKind.SELLERS, content).accepted
    assert ada == Seller(
        seller_id="ada",
        name="Ada L",
        email="ada@x.example",
        desks=("topic:crm",),
        hours=WorkingHours(zone="Europe/Paris", start=time(7, 30), end=time(16), days=(1, 2, 3, 4)),
        urgent_anytime=True,
    )
    assert bob == Seller(seller_id="bob", name="Bob B", email="bob@x.example")


def test_a_seller_has_days_off_a_budget_and_a_time_for_the_digest() -> None:
    content = file_of(
        "seller_id,name,email,products,vacation,daily budget,digest",
        "ada,Ada L,ada@x.example,brand:fernwave,2026-12-24..2026-12-26,3,16:30",
        "bob,Bob B,bob@x.example,,,,",
    )
    ada, bob = read(ImportKind.SELLERS, content).accepted
    assert ada == Seller(
        seller_id="ada",
        name="Ada L",
        email="ada@x.example",
        products=("brand:fernwave",),
        hours=WorkingHours(holidays=(Holiday(first=date(2026, 12, 24), last=date(2026, 12, 26)),)),
        budget=3,
        digest_at=time(16, 30),
    )
    assert bob == Seller(seller_id="bob", name="Bob B", email="bob@x.example")


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("holidays", "Christmas", "'Christmas' is no holiday, such as 2026-12-24"),
        ("budget", "many", "'many' is no budget"),
        ("digest_at", "noon", "'noon' is no time of day, such as 08:30"),
        ("products", "topic:crm", "'topic:crm' is no product of ours"),
    ],
)
def test_what_else_is_wrong_with_a_seller_is_said_plainly(
    column: str, cell: str, reason: str
) -> None:
    problem = problem_in(
        ImportKind.SELLERS, f"seller_id,name,email,{column}", f"a,A,a@x.example,{cell}"
    )
    assert (problem.line, problem.column) == (2, column)
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("a b,A,a@x.example,,,", "seller_id", "'a b' is no seller id"),
        ("Earshot-Heartbeat,A,a@x.example,,,", "seller_id", "'Earshot-Heartbeat' is the name of"),
        ("a,A,nobody,,,", "email", "is no e-mail address"),
        ("a,A,a@x.example,Mars/Base,,", "zone", "unknown time zone 'Mars/Base'"),
        ("a,A,a@x.example,,25:00,", "start", "'25:00' is no time of day, such as 08:30"),
        ("a,A,a@x.example,,,someday", "days", "'someday' names no days, such as mon-fri"),
    ],
)
def test_a_seller_that_cannot_be_is_refused(row: str, column: str, reason: str) -> None:
    problem = problem_in(ImportKind.SELLERS, "seller_id,name,email,zone,start,days", row)
    assert problem.column == column
    assert problem.reason.startswith(reason)


@pytest.mark.parametrize(
    ("row", "entry_id"),
    [
        ("competitor,rivalcrm,RivalCRM", "competitor:rivalcrm"),
        ("competitor,competitor:rivalcrm,RivalCRM", "competitor:rivalcrm"),
        ("Topic,,Sales  Tools", "topic:sales-tools"),
    ],
)
def test_an_entry_has_its_kind_in_its_id(row: str, entry_id: str) -> None:
    (entry,) = read(ImportKind.WATCHLIST, file_of("kind,id,name", row)).accepted
    assert isinstance(entry, WatchlistEntry)
    assert (entry.entry_id, entry.kind) == (entry_id, EntryKind(entry_id.partition(":")[0]))


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("account,acme,Acme", "kind", "accounts come in by: earshot import accounts"),
        ("rival,x,X", "kind", "'rival' is neither brand, competitor nor topic"),
        ("topic,brand:x,X", "entry_id", "'brand:x' does not begin with topic:"),
    ],
)
def test_an_entry_of_another_kind_is_refused(row: str, column: str, reason: str) -> None:
    problem = problem_in(ImportKind.WATCHLIST, "kind,id,name", row)
    assert (problem.column, problem.reason) == (column, reason)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_a_sentence(content: bytes) -> None:
    for kind in ImportKind:
        with suppress(ImportFileError):
            read(kind, content)


def test_a_zero_byte_in_a_cell_is_dirt_and_no_other_encoding() -> None:
    reading = read(ImportKind.CONTACTS, b"contact_id,name,title\n1,Jo,\x00\n2,Ann,CIO\n")
    assert len(reading.accepted) + reading.rejected == 2


@given(kind=st.sampled_from(ImportKind), data=st.data())
def test_messy_cells_never_escape_and_no_row_is_forgotten(
    kind: ImportKind, data: st.DataObject
) -> None:
    header = [column.field for column in TABLES[kind].columns]
    row = st.lists(CELLS, min_size=len(header), max_size=len(header))
    rows = data.draw(st.lists(row.filter(_says_something), min_size=1, max_size=5))
    written = StringIO()
    csv.writer(written).writerows([header, *rows])
    reading = read(kind, written.getvalue().encode("utf-8", "replace"))
    assert len(reading.accepted) + reading.rejected == len(rows)
    assert all(problem.reason and problem.column for problem in reading.problems)


# Exports as the CRMs write them


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            (
                "Account ID,Account Name,Website,Industry,Annual Revenue,Employees,Billing Country,"
                "Account Owner,Ticker Symbol,Description"
            ),
            (
                '001A,Acme GmbH,http://www.acme.example,Tools,"USD 2,500,000.00",51,DE,Nora B,'
                'ACM,"Saws,\nblades"'
            ),
        ),
        (
            (
                "Id,Name,Website,Industry,AnnualRevenue,NumberOfEmployees,BillingCountry,OwnerId,"
                "TickerSymbol,Description"
            ),
            '001A,Acme GmbH,acme.example,Tools,2500000.0,51,DE,Nora B,ACM,"Saws,\nblades"',
        ),
        (
            (
                "Record ID,Company name,Company Domain Name,Industry,Annual Revenue,"
                "Number of Employees,Country/Region,Company owner,Tickers,About us"
            ),
            '001A,Acme GmbH,acme.example,Tools,$2.5M,51-200,DE,Nora B,ACM,"Saws,\nblades"',
        ),
        (
            (
                "Organization - ID;Organization - Name;Organization - Website;"
                "Organization - Industry;"
                "Organization - Annual revenue;Organization - Number of employees;"
                "Organization - Country of Address;Organization - Owner;Ticker;Description"
            ),
            '001A;Acme GmbH;acme.example;Tools;2.500.000,00 €;51+;DE;Nora B;ACM;"Saws,\nblades"',
        ),
    ],
    ids=["salesforce report", "salesforce api", "hubspot", "pipedrive"],
)
def test_every_crm_says_the_same_of_an_account_in_its_own_way(header: str, row: str) -> None:
    reading = read(ACCOUNTS, file_of(header, row))
    assert (reading.problems, reading.unused) == ((), ())
    assert reading.accepted == (
        Account(
            account_id="001A",
            name="Acme GmbH",
            domains=("acme.example",),
            industry="Tools",
            revenue=2_500_000,
            employees=51,
            country="DE",
            owner="Nora B",
            tickers=("ACM",),
            description="Saws,\nblades",
        ),
    )


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            "Contact ID,First Name,Last Name,Account ID,Title,Email,Phone",
            "7,Ada,Li,1,CTO,a@x.example,5",
        ),
        (
            (
                "Record ID,First Name,Last Name,Primary Associated Company ID,Job Title,Email,"
                "Phone Number"
            ),
            "7,Ada,Li,1,CTO,a@x.example,5",
        ),
        (
            (
                "Person - ID,Person - Name,Organization - ID,Person - Job title,"
                "Person - Email - Work,"
                "Person - Phone - Work"
            ),
            "7,Ada Li,1,CTO,a@x.example,5",
        ),
    ],
    ids=["salesforce", "hubspot", "pipedrive"],
)
def test_every_crm_says_the_same_of_a_contact_in_its_own_way(header: str, row: str) -> None:
    (contact,) = read(CONTACTS, file_of(header, row)).accepted
    assert contact == Contact(
        contact_id="7", account_id="1", name="Ada Li", email="a@x.example", phone="5", title="CTO"
    )


def test_of_two_headers_for_one_field_the_better_is_read_and_the_other_named() -> None:
    reading = read(ACCOUNTS, file_of("account_id,name,company,Status,Stage", "1,a,b,old,new"))
    assert reading.accepted == (Account(account_id="1", name="a", stage="new"),)
    assert reading.unused == ("company", "Status")


def test_several_columns_fill_a_list_together() -> None:
    content = file_of("id,name,Website,Company Domain Name", "1,a,https://b.example/x,c.example")
    (account,) = read(ACCOUNTS, content).accepted
    assert account == Account(account_id="1", name="a", domains=("b.example", "c.example"))


def test_titles_above_the_header_are_passed_over() -> None:
    content = file_of("Accounts of DACH", "", "as of,2026-11-22", "id,name", "1,Acme")
    assert read(ACCOUNTS, content).accepted == (Account(account_id="1", name="Acme"),)


@pytest.mark.parametrize("cell", ["n/a", "-", "NULL", "#N/A", "(blank)", "\u2014", " ", "None"])
def test_what_means_nothing_is_nothing(cell: str) -> None:
    content = file_of("id,name,employees,domains,owner", f"1,Acme,{cell},{cell},{cell}")
    assert read(ACCOUNTS, content).accepted == (Account(account_id="1", name="Acme"),)


def test_a_range_is_noted() -> None:
    reading = read(ACCOUNTS, file_of("id,name,employees", "1,Acme,51-200"))
    assert reading.notes == (("employees", "a range became its lower end"),)


# Rows without an id


@pytest.mark.parametrize(
    ("row", "account_id"),
    [
        ("Acme,https://shop.acme.co.uk/x", "domain:acme.co.uk"),
        ("Acme GmbH,", "name:acme"),
        ("Acme,linkedin.com/company/acme", "name:acme"),
        ("ACME Tools B.V.,", "name:acme-tools"),
    ],
)
def test_a_domain_or_else_the_name_stands_for_an_id(row: str, account_id: str) -> None:
    (account,) = read(ACCOUNTS, file_of("name,website", row)).accepted
    assert isinstance(account, Account)
    assert account.account_id == account_id


@pytest.mark.parametrize(
    ("kind", "lines", "reason"),
    [
        (ACCOUNTS, ("name", "!!!"), "is empty, and neither domain nor name can stand for it"),
        (CONTACTS, ("name", "Ada"), "is empty, and there is no e-mail address to stand for it"),
        (CONTACTS, ("id,name", "1,"), "has neither a name nor an e-mail address"),
    ],
)
def test_a_row_that_nothing_tells_apart_is_refused(
    kind: ImportKind, lines: tuple[str, ...], reason: str
) -> None:
    assert problem_in(kind, *lines).reason == reason


def test_a_contact_without_an_id_is_known_by_a_digest_of_the_address() -> None:
    (contact,) = read(CONTACTS, file_of("first name,email", "Ada,Ada@x.example")).accepted
    assert isinstance(contact, Contact)
    assert contact.contact_id.startswith("email:")
    assert "ada" not in contact.contact_id.casefold()
