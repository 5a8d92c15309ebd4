"""What an import makes of a file: every row is accepted or has its line, column and reason."""

import csv
from contextlib import suppress
from datetime import time
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.models import Account, Contact, EntryKind, Seller, WatchlistEntry, WorkingHours
from earshot_ops import import_cells, import_doubts, imports
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.import_columns import TABLES, ImportKind
from earshot_ops.imports import ImportFileError, RowProblem

SAMPLE = ROOT / "infra/sample"
ACCOUNTS = ImportKind.ACCOUNTS
CELLS = st.text(max_size=30) | st.sampled_from(("nora", "acme.example", "1,200", "mon-fri", "yes"))


def file_of(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def _says_something(row: list[str]) -> bool:
    return any(cell.strip() for cell in row)


def problem_in(kind: ImportKind, *lines: str) -> RowProblem:
    reading = imports.read(kind, file_of(*lines))
    assert reading.accepted == ()
    return reading.problems[0]


# Files


@pytest.mark.parametrize("kind", ImportKind)
def test_the_sample_is_imported_without_a_doubt(kind: ImportKind) -> None:
    reading = imports.read(kind, Path(SAMPLE / f"{kind}.csv").read_bytes())
    assert reading.accepted
    assert (reading.problems, reading.unused) == ((), ())


def test_every_owner_deputy_and_desk_of_the_sample_exists() -> None:
    sample = {
        kind: imports.read(kind, (SAMPLE / f"{kind}.csv").read_bytes()).accepted
        for kind in ImportKind
    }
    sellers = [row for row in sample[ImportKind.SELLERS] if isinstance(row, Seller)]
    accounts = [row for row in sample[ACCOUNTS] if isinstance(row, Account)]
    contacts = [row for row in sample[ImportKind.CONTACTS] if isinstance(row, Contact)]
    entries = [row for row in sample[ImportKind.WATCHLIST] if isinstance(row, WatchlistEntry)]
    doubts = [
        *import_doubts.of_accounts(accounts, {seller.seller_id for seller in sellers}),
        *import_doubts.of_contacts(contacts, {account.account_id for account in accounts}),
        *import_doubts.of_sellers(sellers, {entry.entry_id for entry in entries}),
        *import_doubts.of_watchlist(entries),
    ]
    assert doubts == []


def test_headers_as_a_crm_writes_them_are_understood() -> None:
    content = file_of(
        "Record ID,Company Name,Website,Number of Employees,Annual Revenue,Account Owner,Deputy",
        '17,Acme,https://www.acme.example/about,"1,200",€1.500.000,Nora,jonas; MAYA',
    )
    (account,) = imports.read(ACCOUNTS, content).accepted
    assert account == Account(
        account_id="17",
        name="Acme",
        domains=("acme.example",),
        employees=1200,
        revenue=1_500_000,
        owner="nora",
        deputies=("jonas", "maya"),
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_tells_the_delimiter(delimiter: str) -> None:
    content = file_of("account_id;name;stage".replace(";", delimiter), delimiter.join("1ac"))
    (account,) = imports.read(ACCOUNTS, content).accepted
    assert account == Account(account_id="1", name="a", stage="c")


def test_a_byte_order_mark_and_windows_lines_do_no_harm() -> None:
    content = b"\xef\xbb\xbfaccount_id,name\r\n1,Acme\r\n\r\n , \r\n"
    (account,) = imports.read(ACCOUNTS, content).accepted
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
        (b"account_id,name,company\n1,a,b\n", "two columns mean name"),
        ("account_id,name\n1,Müller\n".encode("latin-1"), r"not UTF-8 \(byte 0xfc in line 2\)"),
        ("account_id,name\n1,a\n".encode("utf-16"), r"not UTF-8 \(byte 0xff in line 1\)"),
        (b'account_id,name\n1,"a\n', "the row in line 2 is no CSV"),
        (b'account_id,name\n1,"a"b\n', "the row in line 2 is no CSV"),
    ],
)
def test_a_file_that_holds_no_table_is_refused_as_a_whole(content: bytes, reason: str) -> None:
    with pytest.raises(ImportFileError, match=reason):
        imports.read(ACCOUNTS, content)


# Rows


def test_a_bad_row_says_where_and_why_and_leaves_the_others_alone() -> None:
    content = file_of(
        "account_id,name,domains,employees,colour",
        "1,Acme,acme,some,red",
        "2,Good,good.example,12,red",
        "2,Twin,,,",
        ",Nameless,,,",
        "5,Short",
    )
    reading = imports.read(ACCOUNTS, content)
    assert [str(problem) for problem in reading.problems] == [
        "line 2, domains: 'acme' is no domain, such as acme.example",
        "line 2, employees: 'some' is no whole number",
        "line 4, account_id: '2' is in line 3 already",
        "line 5, account_id: is empty",
        "line 6, row: has 2 cells, and the header has 5",
    ]
    assert (reading.rejected, reading.unused) == (4, ("colour",))
    assert [getattr(row, "name", "") for row in reading.accepted] == ["Good"]


def test_a_rejected_row_does_not_take_its_id_away() -> None:
    content = file_of("account_id,name,employees", "1,Bad,x", "1,Good,1")
    assert len(imports.read(ACCOUNTS, content).accepted) == 1


def test_what_no_column_refuses_the_model_still_may() -> None:
    problem = problem_in(ACCOUNTS, "account_id,name", f"1,{'x' * 600}")
    assert (problem.line, problem.column) == (2, "name")


def test_a_seller_has_hours_of_four_columns() -> None:
    content = file_of(
        "seller_id,name,email,time zone,from,to,days,desk,urgent",
        "Ada,Ada L,ada@x.example,Europe/Paris,7:30,16.00,mon-thu,topic:crm,yes",
        "bob,Bob B,bob@x.example,,,,,,",
    )
    ada, bob = imports.read(ImportKind.SELLERS, content).accepted
    assert ada == Seller(
        seller_id="ada",
        name="Ada L",
        email="ada@x.example",
        desks=("topic:crm",),
        hours=WorkingHours(zone="Europe/Paris", start=time(7, 30), end=time(16), days=(1, 2, 3, 4)),
        urgent_anytime=True,
    )
    assert bob == Seller(seller_id="bob", name="Bob B", email="bob@x.example")


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("a b,A,a@x.example,,,", "seller_id", "'a b' is no seller id"),
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
    (entry,) = imports.read(ImportKind.WATCHLIST, file_of("kind,id,name", row)).accepted
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


def test_two_entries_of_one_id_are_one_too_many_even_if_spelled_differently() -> None:
    content = file_of("kind,id,name", "topic,crm,CRM", "topic,topic:crm,Other")
    assert [p.reason for p in imports.read(ImportKind.WATCHLIST, content).problems] == [
        "'topic:crm' is in line 2 already"
    ]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_a_sentence(content: bytes) -> None:
    for kind in ImportKind:
        with suppress(ImportFileError):
            imports.read(kind, content)


@given(kind=st.sampled_from(ImportKind), data=st.data())
def test_messy_cells_never_escape_and_no_row_is_forgotten(
    kind: ImportKind, data: st.DataObject
) -> None:
    header = [column.field for column in TABLES[kind].columns]
    row = st.lists(CELLS, min_size=len(header), max_size=len(header))
    rows = data.draw(st.lists(row.filter(_says_something), min_size=1, max_size=5))
    written = StringIO()
    csv.writer(written).writerows([header, *rows])
    reading = imports.read(kind, written.getvalue().encode("utf-8", "replace"))
    assert len(reading.accepted) + reading.rejected == len(rows)
    assert all(problem.reason and problem.column for problem in reading.problems)


# Cells


@given(st.integers(0, 10**12), st.sampled_from((",", ".", " ", "'", "\u202f", "")))
def test_a_number_may_be_written_in_groups(number: int, separator: str) -> None:
    assert import_cells.whole_number(f"{number:,}".replace(",", separator)) == number


@pytest.mark.parametrize(
    ("cell", "number"), [("1200.00", 1200), ("$1,200.00", 1200), ("€ 5", 5), ("1.200,00", 1200)]
)
def test_cents_of_nothing_and_currency_signs_do_no_harm(cell: str, number: int) -> None:
    assert import_cells.whole_number(cell) == number


@pytest.mark.parametrize("cell", ["12.5", "-3", "1,20", "1e3", "٣", "12 Mio", "1,200.50", "0x1"])
def test_what_is_no_whole_number_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="is no whole number"):
        import_cells.whole_number(cell)


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("mon-fri", (1, 2, 3, 4, 5)),
        ("Monday \u2013 Wednesday", (1, 2, 3)),
        ("1-5", (1, 2, 3, 4, 5)),
        ("sat;sun", (6, 7)),
        ("sat-tue", (1, 2, 6, 7)),
        ("wed, fri", (3, 5)),
        ("all", (1, 2, 3, 4, 5, 6, 7)),
    ],
)
def test_days_are_written_in_many_ways(cell: str, days: tuple[int, ...]) -> None:
    assert import_cells.days(cell) == days


@pytest.mark.parametrize("cell", ["0", "8", "mon-", "-", "m0n", "²", "feiertags"])
def test_what_names_no_days_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="names no days"):
        import_cells.days(cell)


@pytest.mark.parametrize(
    ("cell", "host"),
    [
        ("acme.example", "acme.example"),
        ("HTTPS://WWW.Acme.Example:8443/path?q", "acme.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("acme.example.", "acme.example"),
    ],
)
def test_a_domain_is_found_in_a_web_address(cell: str, host: str) -> None:
    assert import_cells.domains(cell) == (host,)


@pytest.mark.parametrize("cell", ["acme", "a b.example", "http://[::1", "..", "10.0.0.1", "a..b"])
def test_what_is_no_domain_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="is no domain"):
        import_cells.domains(cell)


def test_lists_are_separated_by_semicolons_bars_and_lines() -> None:
    assert import_cells.items("a; b|c\nd;;a") == ("a", "b", "c", "d")
    assert import_cells.handles("@octocat; github:@hub") == ("octocat", "github:hub")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("\x00", "control character"), ("x" * 2001, "longer than 2,000 characters")],
)
def test_a_cell_that_no_store_should_hold_is_refused(cell: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        import_cells.text(cell)


@pytest.mark.parametrize("cell", ["a\u200bb", "ü" * 101])
def test_an_id_that_cannot_be_a_key_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be printed|longer than 200 bytes"):
        import_cells.identifier(cell)


def test_a_desk_is_a_watchlist_entry() -> None:
    with pytest.raises(ValueError, match="'rivalcrm' is no watchlist entry"):
        import_cells.entry_ids("topic:crm; rivalcrm")


def test_yes_and_no_are_the_only_answers() -> None:
    assert (import_cells.yes_or_no("Yes"), import_cells.yes_or_no("0")) == (True, False)
    with pytest.raises(ValueError, match="neither yes nor no"):
        import_cells.yes_or_no("maybe")


# Doubts


def test_what_points_to_nowhere_is_doubted() -> None:
    accounts = [
        Account(account_id="1", name="A", owner="zed", deputies=("nora", "yan"), domains=("a.b",)),
        Account(account_id="2", name="B", domains=("a.b",)),
    ]
    contacts = [Contact(contact_id="c", name="C", account_id="9")]
    sellers = [Seller(seller_id="nora", name="N", email="n@x.example", desks=("topic:x",))]
    entries = [
        WatchlistEntry(entry_id="topic:a", kind=EntryKind.TOPIC, name="CRM"),
        WatchlistEntry(entry_id="topic:b", kind=EntryKind.TOPIC, name="B", aliases=("crm",)),
    ]
    assert [
        *import_doubts.of_accounts(accounts, {"nora"}),
        *import_doubts.of_contacts(contacts, {"1"}),
        *import_doubts.of_sellers(sellers, {"topic:a"}),
        *import_doubts.of_watchlist(entries),
    ] == [
        "account 1: owner 'zed' is no seller",
        "account 1: deputy 'yan' is no seller",
        "account 2: a.b belongs to 1 too",
        "contact c: there is no account '9'",
        "seller nora: desk 'topic:x' is not on the watchlist",
        "entry topic:b: 'crm' names topic:a too",
    ]
