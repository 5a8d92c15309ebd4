"""`earshot import`: CSV files of the CRM, and the team's plays, into the table."""

import hashlib
from datetime import UTC, datetime
from enum import StrEnum
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
from earshot_ops.commands.import_plays import Choices, import_plays
from earshot_ops.commands.on_target import AsJson, Yes, on_target
from earshot_ops.commands.screen import is_attended, note, print_json, progress
from earshot_ops.target import Target


class WhatToImport(StrEnum):
    """The kinds of CSV files, and plays, which are a folder."""

    ACCOUNTS = ImportKind.ACCOUNTS.value
    CONTACTS = ImportKind.CONTACTS.value
    SELLERS = ImportKind.SELLERS.value
    WATCHLIST = ImportKind.WATCHLIST.value
    PLAYS = "plays"


Kind = Annotated[
    WhatToImport,
    typer.Argument(
        metavar="KIND", help="accounts, contacts, sellers, watchlist or plays.", show_default=False
    ),
]
File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        exists=True,
        readable=True,
        help="A CSV file, as the CRM or the spreadsheet exports it; for plays, a folder of "
        "Markdown files.",
        show_default=False,
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what the import would do, and write nothing.")
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Write nothing at all if one row or play cannot be read.")
]
Prune = Annotated[
    bool, typer.Option("--prune", help="Remove plays that are not in the folder any more.")
]


@on_target
def import_file(
    target: Target,
    kind: Kind,
    file: File,
    *,
    dry_run: DryRun = False,
    strict: Strict = False,
    prune: Prune = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> ExitCode:
    """Import accounts, contacts, sellers or watchlist entries from a CSV file, or plays.

    On a terminal it first shows how the columns were understood and what would change, and asks.
    A row that cannot be read is left out, with its line and reason, and the others are imported;
    then the exit code is 1. What is known already is not written again, and what a person corrected
    stays. Rows that are in the file no more are named, never deleted. Import sellers first: owners
    and deputies are sellers. Plays come last: they name products and industries.

    [bold]Examples[/bold]

      earshot import sellers sellers.csv

      earshot import accounts export.csv --dry-run

      earshot import accounts export.csv --yes --stage prod --profile sales

      earshot import plays plays/ --prune
    """
    asks = is_attended() and not (yes or as_json or dry_run)
    choices = Choices(dry_run=dry_run, strict=strict, prune=prune, asks=asks, as_json=as_json)
    if kind is WhatToImport.PLAYS:
        return import_plays(target, _folder(file), choices)
    if prune:
        raise typer.BadParameter("is for plays: other imports delete nothing", param_hint="--prune")
    if file.is_dir():
        raise typer.BadParameter(f"File '{file}' is a directory.", param_hint="FILE")
    return _import_sheet(target, ImportKind(kind.value), file, choices=choices)


def _folder(file: Path) -> Path:
    if not file.is_dir():
        raise typer.BadParameter("plays are a folder of Markdown files", param_hint="FILE")
    return file


def _import_sheet(target: Target, kind: ImportKind, file: Path, *, choices: Choices) -> ExitCode:
    with file.open("rb") as opened:
        open_sheet(kind, opened)
    if choices.dry_run or choices.strict or choices.asks:
        preview = _run(target, kind, file, write=False)
        stops = choices.dry_run or (choices.strict and preview.rejected > 0)
        if stops or not preview.accepted:
            return _answer(preview, as_json=choices.as_json, shows_columns=choices.dry_run)
        if choices.asks and not _agrees(preview):
            return ExitCode.OK
    report = _run(target, kind, file, write=True)
    if kind is not ImportKind.SELLERS and report.accepted:
        compile_from(target.accounts, target.watchlist)
    if report.written:
        _record(target, report, file)
    return _answer(report, as_json=choices.as_json, shows_columns=False)


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
