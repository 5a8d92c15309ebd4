"""`earshot export accounts`: what everybody sees, as a file that a spreadsheet may open."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, TextIO

import typer

from earshot.domain.business import Account
from earshot.imports.cells import neutralised
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.screen import print_json, safe, say, working
from earshot_ops.target import Target

COLUMNS = tuple(Account.model_fields)


def _kind(given: str) -> str:
    if given != "accounts":
        raise typer.BadParameter("only accounts can be exported")
    return given


Kind = Annotated[
    str,
    typer.Argument(metavar="KIND", callback=_kind, help="accounts.", show_default=False),
]
File = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", dir_okay=False, writable=True, help="A CSV file.", show_default=False
    ),
]


@on_target
def export(target: Target, kind: Kind, file: File, *, as_json: AsJson = False) -> ExitCode:
    """Write the accounts as everybody sees them into a CSV file, in UTF-8.

    `earshot import accounts` reads it back as it was. A cell that a spreadsheet would run as a
    formula has an apostrophe before it. Accounts that are merged into another are not in it.

    [bold]Example[/bold]

      earshot export accounts accounts.csv --stage prod
    """
    with working(f"Exporting {kind}"), file.open("w", encoding="utf-8-sig", newline="") as opened:
        rows = write(target.accounts.accounts(), opened)
    if as_json:
        print_json({"kind": kind, "rows": rows, "file": str(file)})
    else:
        say(f"{rows} {kind} exported to {safe(file)}")
    return ExitCode.OK


def write(accounts: Iterable[Account], file: TextIO) -> int:
    """How many rows that were."""
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    rows = 0
    for account in accounts:
        writer.writerow(_cells(account))
        rows += 1
    return rows


def _cells(account: Account) -> Iterator[str]:
    for name in COLUMNS:
        value = getattr(account, name)
        if isinstance(value, tuple):
            value = "; ".join(item.replace(";", ",").replace("|", "/") for item in value)
        yield "" if value is None else neutralised(str(value))
