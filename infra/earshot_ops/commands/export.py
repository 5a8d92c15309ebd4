"""`earshot export`: accounts for a spreadsheet, or all that is held of a person."""

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, TextIO

import typer

from earshot.domain.business import Account
from earshot.imports.cells import neutralised
from earshot_ops.access_request import held_of
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.identities import identity_of
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.screen import note, print_json, safe, say, working
from earshot_ops.target import Target

COLUMNS = tuple(Account.model_fields)

What = Annotated[
    list[str],
    typer.Argument(
        metavar="[KIND] FILE", help="accounts and a CSV file; or a JSON file.", show_default=False
    ),
]
Person = Annotated[
    str | None, typer.Option(help="An author, source:author_id: all that is held of them.")
]


@on_target
def export(
    target: Target, what: What, *, person: Person = None, as_json: AsJson = False
) -> ExitCode:
    """Write the accounts as everybody sees them into a CSV file, or all that is held of a person
    into a JSON file.

    `earshot import accounts` reads the CSV file back as it was. A cell that a spreadsheet would run
    as a formula has an apostrophe before it. Accounts that are merged into another are not in it.

    [bold]Examples[/bold]

      earshot export accounts accounts.csv --stage prod

      earshot export --person github:583231 person.json --stage prod
    """
    if person:
        return _export_person(target, person, _file(what, ()), as_json=as_json)
    file = _file(what, ("accounts",))
    with working("Exporting accounts"), file.open("w", encoding="utf-8-sig", newline="") as opened:
        rows = write(target.accounts.accounts(), opened)
    if as_json:
        print_json({"kind": "accounts", "rows": rows, "file": str(file)})
    else:
        say(f"{rows} accounts exported to {safe(file)}")
    return ExitCode.OK


def _file(what: list[str], kind: tuple[str, ...]) -> Path:
    *given, name = what
    if tuple(given) != kind:
        raise typer.BadParameter("give either accounts and a file, or --person and a file")
    return Path(name)


def _export_person(target: Target, person: str, file: Path, *, as_json: bool) -> ExitCode:
    with working("Looking for what is held"):
        found = held_of(target, *identity_of(person, "--person"))
    text = json.dumps(found, indent=2, ensure_ascii=False, sort_keys=True)
    file.write_text(f"{text}\n", encoding="utf-8")
    posts = len(found["posts"])
    if as_json:
        print_json({"person": person, "posts": posts, "file": str(file)})
    else:
        say(f"{posts} posts of {safe(person)}, with all that is held of them, are in {safe(file)}")
    if not posts:
        note("nothing is held of them by that id")
    return ExitCode.OK if posts else ExitCode.PROBLEMS


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
