"""`earshot import`: CSV files of the CRM into the table."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from earshot.aws.keys import timestamp
from earshot.domain.models import Account, Contact, Model, Seller, WatchlistEntry
from earshot.flows.compile_watchlist import compile_from
from earshot_ops import import_doubts, imports
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.screen import note, print_json, progress, safe, say
from earshot_ops.import_columns import TABLES, ImportKind
from earshot_ops.imports import Reading
from earshot_ops.target import Target

_SHOWN = 50

Kind = Annotated[
    ImportKind,
    typer.Argument(
        metavar="KIND", help="accounts, contacts, sellers or watchlist.", show_default=False
    ),
]
File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        exists=True,
        dir_okay=False,
        readable=True,
        help="A CSV file in UTF-8.",
        show_default=False,
    ),
]
SkipBadRows = Annotated[
    bool, typer.Option("--skip-bad-rows", help="Import the rows that are right.")
]


@on_target
def import_file(
    target: Target,
    kind: Kind,
    file: File,
    *,
    skip_bad_rows: SkipBadRows = False,
    as_json: AsJson = False,
) -> ExitCode:
    """Import accounts, contacts, sellers or watchlist entries from a CSV file.

    One row that cannot be read keeps the whole file out, and each gets its line, column and reason;
    --skip-bad-rows takes the others. An import replaces rows of the same id and removes none, so it
    can be repeated. Import sellers first: owners and deputies are seller ids.

    [bold]Examples[/bold]

      earshot import sellers sellers.csv

      earshot import accounts export.csv --skip-bad-rows --stage prod --profile sales
    """
    content = file.read_bytes()
    reading = imports.read(kind, content)
    report: dict[str, Any] = {
        "kind": kind,
        "accepted": len(reading.accepted),
        "rejected": [vars(problem) for problem in reading.problems],
        "unused_columns": list(reading.unused),
        "written": 0,
    }
    if not reading.accepted or (reading.problems and not skip_bad_rows):
        _tell(reading, report, doubts=(), as_json=as_json)
        return ExitCode.PROBLEMS
    doubts = tuple(_doubts(target, kind, reading.accepted))
    _write(target, kind, reading.accepted)
    report |= {"written": len(reading.accepted), "warnings": list(doubts)}
    if kind is not ImportKind.SELLERS:
        report["watchlist_version"] = compile_from(target.accounts, target.watchlist).version
    _record(target, kind, reading, content=content)
    _tell(reading, report, doubts=doubts, as_json=as_json)
    return ExitCode.OK


def _doubts(target: Target, kind: ImportKind, accepted: Sequence[Model]) -> Iterator[str]:
    if kind is ImportKind.ACCOUNTS:
        sellers = {seller.seller_id for seller in target.sellers.all()}
        return import_doubts.of_accounts(cast("Sequence[Account]", accepted), sellers)
    if kind is ImportKind.CONTACTS:
        accounts = {account.account_id for account in target.accounts.accounts()}
        return import_doubts.of_contacts(cast("Sequence[Contact]", accepted), accounts)
    if kind is ImportKind.SELLERS:
        entries = {entry.entry_id for entry in target.accounts.entries()}
        return import_doubts.of_sellers(cast("Sequence[Seller]", accepted), entries)
    return import_doubts.of_watchlist(cast("Sequence[WatchlistEntry]", accepted))


def _write(target: Target, kind: ImportKind, accepted: Sequence[Model]) -> None:
    """Every row is put as a whole; a run that was interrupted can be repeated."""
    rows: Iterable[Any] = progress(accepted, f"Writing {kind}", total=len(accepted))
    if kind is ImportKind.ACCOUNTS:
        target.accounts.put_accounts(rows)
    elif kind is ImportKind.CONTACTS:
        target.accounts.put_contacts(rows)
    elif kind is ImportKind.WATCHLIST:
        target.accounts.put_entries(rows)
    else:
        sellers = target.sellers
        for row in rows:
            sellers.put(row)


def _record(target: Target, kind: ImportKind, reading: Reading, *, content: bytes) -> None:
    """Ids only, and the digest that tells which file it was."""
    now = datetime.now(UTC)
    identity = TABLES[kind].identity
    target.journal.append(
        "import",
        now,
        f"{kind}-{timestamp(now)}",
        payload={
            "kind": kind,
            "sha256": hashlib.sha256(content).hexdigest(),
            "ids": [getattr(row, identity) for row in reading.accepted],
            "rejected": reading.rejected,
        },
    )


def _tell(
    reading: Reading, report: dict[str, Any], *, doubts: Sequence[str], as_json: bool
) -> None:
    if as_json:
        print_json(report)
        return
    for header in reading.unused:
        note(f"[yellow]column {safe(header)!s} is not used[/yellow]")
    _list(doubts, "yellow")
    _list([str(problem) for problem in reading.problems], "red")
    if report["written"]:
        skipped = f", {reading.rejected} skipped" if reading.rejected else ""
        what = "watchlist entries" if report["kind"] == "watchlist" else report["kind"]
        say(f"{report['written']} {what} imported{skipped}")
    else:
        total = reading.rejected + len(reading.accepted)
        note(f"[red]nothing was written: {reading.rejected} of {total} rows cannot be read[/red]")
        if reading.accepted:
            note(f"--skip-bad-rows imports the other {len(reading.accepted)}")


def _list(lines: Sequence[str], colour: str) -> None:
    for line in lines[:_SHOWN]:
        note(f"[{colour}]{safe(line)}[/{colour}]")
    if len(lines) > _SHOWN:
        note(f"[{colour}]and {len(lines) - _SHOWN} more: --json lists all[/{colour}]")
