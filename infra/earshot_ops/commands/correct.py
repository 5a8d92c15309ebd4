"""`earshot correct`: a person's word on an account, which no import and no refresh overwrites."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from earshot.aws.keys import timestamp
from earshot.domain import facts
from earshot.domain.facts import FIELDS, Origin, Statement
from earshot.flows.compile_watchlist import compile_from
from earshot.imports import cells
from earshot.imports.columns import ImportKind
from earshot.imports.doubts import People
from earshot.imports.figures import Noted
from earshot.imports.tables import TABLES
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.screen import note, print_json, safe, say
from earshot_ops.target import Target


def _field(given: str) -> str:
    if given not in FIELDS:
        raise typer.BadParameter(f"there is no field {given!r}; they are {', '.join(FIELDS)}")
    return given


AccountId = Annotated[
    str, typer.Argument(metavar="ACCOUNT", help="The account's id.", show_default=False)
]
Field = Annotated[
    str,
    typer.Argument(
        metavar="FIELD", callback=_field, help=f"{', '.join(FIELDS)}.", show_default=False
    ),
]
Value = Annotated[
    str, typer.Argument(metavar="VALUE", help="As a cell of an import.", show_default=False)
]
Withdraw = Annotated[
    bool, typer.Option("--withdraw", help="Take the correction back; others are shown again.")
]


@on_target
def correct(
    target: Target,
    account: AccountId,
    field: Field,
    *,
    value: Value = "",
    withdraw: Withdraw = False,
    as_json: AsJson = False,
) -> ExitCode:
    """Correct a field of an account by hand. No import and no refresh overwrites it.

    [bold]Examples[/bold]

      earshot correct northwind industry "Machine tools"

      earshot correct northwind aliases "Northwind; NW Tooling"

      earshot correct northwind industry --withdraw
    """
    if bool(value) == withdraw:
        raise typer.BadParameter("give either a VALUE or --withdraw")
    values = {} if withdraw else {field: _read(target, field, value)}
    if target.accounts.get(account) is None:
        note(f"[red]earshot:[/red] there is no account {safe(repr(account))}")
        return ExitCode.PROBLEMS
    now = datetime.now(UTC)
    said = Statement(
        account_id=account,
        origin=Origin.HUMAN,
        seen_at=now,
        values=values,
        covers=frozenset({field}),
    )
    target.accounts.put_facts([said])
    compile_from(target.accounts, target.watchlist)
    payload = {"account_id": account, "field": field, "withdrawn": withdraw}
    target.journal.append("correction", now, timestamp(now), payload=payload)
    _tell(target, account, field, as_json=as_json)
    return ExitCode.OK


def _read(target: Target, field: str, value: str) -> facts.Value:
    """As an import reads the cell; people have to be sellers."""
    column = next(one for one in TABLES[ImportKind.ACCOUNTS].columns if one.field == field)
    try:
        found = column.read(cells.content(value)) if cells.content(value) else ()
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    found = found.value if isinstance(found, Noted) else found
    if found == ():
        raise typer.BadParameter("the value says nothing")
    if field in {"owner", "deputies"}:
        return _sellers(target, field, found)
    assert isinstance(found, str | int | tuple)
    return found


def _sellers(target: Target, field: str, named: object) -> facts.Value:
    people = People.of(target.sellers.all())
    given = named if isinstance(named, tuple) else (named,)
    found = tuple(people.ids.get(str(one).casefold(), "") for one in given)
    if "" in found:
        raise typer.BadParameter(f"there is no seller {given[found.index('')]!r}")
    return found if field == "deputies" else found[0]


def _tell(target: Target, account: str, field: str, *, as_json: bool) -> None:
    shown = next((one for one in target.accounts.facts(account) if one.field == field), None)
    if as_json:
        print_json(
            {
                "account_id": account,
                "field": field,
                "shown": shown and shown.model_dump(mode="json"),
            }
        )
    elif shown is None:
        say(f"{safe(account)}: nobody says anything of {field}")
    else:
        say(f"{safe(account)}: {field} is {safe(shown.fact.text)}, says {shown.fact.origin}")
