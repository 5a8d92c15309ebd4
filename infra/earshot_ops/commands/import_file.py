"""`earshot import`: CSV files of the CRM into the table."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from earshot.aws.keys import timestamp
from earshot.flows.compile_watchlist import compile_from
from earshot.imports import importing
from earshot.imports.columns import ImportKind
from earshot.imports.reading import open_sheet
from earshot.imports.report import Report
from earshot.imports.shelves import Stores
from earshot_ops.commands import import_answer
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, Yes, on_target
from earshot_ops.commands.screen import is_attended, note, print_json, progress
from earshot_ops.target import Target

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
        help="A CSV file, as the CRM or the spreadsheet exports it.",
        show_default=False,
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what the import would do, and write nothing.")
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Write nothing at all if one row cannot be read.")
]


@on_target
def import_file(
    target: Target,
    kind: Kind,
    file: File,
    *,
    dry_run: DryRun = False,
    strict: Strict = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> ExitCode:
    """Import accounts, contacts, sellers or watchlist entries from a CSV file.

    On a terminal it first shows how the columns were understood and what would change, and asks.
    A row that cannot be read is left out, with its line and reason, and the others are imported;
    then the exit code is 1. What is known already is not written again, and what a person corrected
    stays. Rows that are in the file no more are named, never deleted. Import sellers first: owners
    and deputies are sellers.

    [bold]Examples[/bold]

      earshot import sellers sellers.csv

      earshot import accounts export.csv --dry-run

      earshot import accounts export.csv --yes --stage prod --profile sales
    """
    with file.open("rb") as opened:
        open_sheet(kind, opened)
    asks = is_attended() and not (yes or as_json or dry_run)
    if dry_run or strict or asks:
        preview = _run(target, kind, file, write=False)
        stops = dry_run or (strict and preview.rejected > 0)
        if stops or not preview.accepted:
            return _answer(preview, as_json=as_json, shows_columns=dry_run)
        if asks and not _agrees(preview):
            return ExitCode.OK
    report = _run(target, kind, file, write=True)
    if kind is not ImportKind.SELLERS and report.accepted:
        compile_from(target.accounts, target.watchlist)
    if report.written:
        _record(target, report, file)
    return _answer(report, as_json=as_json, shows_columns=False)


def _run(target: Target, kind: ImportKind, file: Path, *, write: bool) -> Report:
    stores = Stores(target.accounts, target.sellers, target.manifests)
    doing = f"Writing {kind}" if write else f"Comparing {kind}"
    with file.open("rb") as opened, progress(doing, file.stat().st_size) as show:
        return importing.import_file(
            kind,
            opened,
            stores,
            now=datetime.now(UTC),
            write=write,
            on_rows=lambda rows: show(opened.tell(), rows),
        )


def _agrees(preview: Report) -> bool:
    import_answer.tell(preview, shows_columns=True)
    if not preview.new + preview.changed:
        return True
    return typer.confirm("Write this?", err=True)


def _answer(report: Report, *, as_json: bool, shows_columns: bool) -> ExitCode:
    if as_json:
        print_json(report.as_json())
    else:
        import_answer.tell(report, shows_columns=shows_columns)
        if not report.accepted:
            note("[red]nothing was written: no row can be read[/red]")
    return ExitCode.PROBLEMS if report.rejected else ExitCode.OK


def _record(target: Target, report: Report, file: Path) -> None:
    """Ids only, and the digest that tells which file it was."""
    now = datetime.now(UTC)
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    payload = report.for_journal(f"sha256:{digest}")
    target.journal.append("import", now, f"{report.kind}-{timestamp(now)}", payload=payload)
