"""`earshot merge` and `earshot unmerge`: two accounts that are one company."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from earshot.aws.keys import timestamp
from earshot.domain.merging import MergeError
from earshot.flows.compile_watchlist import compile_from
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.screen import note, print_json, safe, say
from earshot_ops.target import Target

Kept = Annotated[str, typer.Argument(metavar="KEPT", help="The id that stays.", show_default=False)]
Gone = Annotated[
    str,
    typer.Argument(metavar="GONE", help="The id that is shown with it.", show_default=False),
]


@on_target
def merge(target: Target, kept: Kept, gone: Gone, *, as_json: AsJson = False) -> ExitCode:
    """Show two accounts as one: the names, domains and handles of both, the rest as of KEPT.

    Nothing is lost: each keeps what is said of it, imports of either id included, and
    `earshot unmerge` takes it back.

    [bold]Example[/bold]

      earshot merge 0015e00000A 0015e00000B
    """
    try:
        account = target.accounts.merge(kept, gone)
    except MergeError as error:
        note(f"[red]earshot:[/red] {safe(error)}")
        return ExitCode.PROBLEMS
    _finish(target, "merge", kept=kept, gone=gone)
    if as_json:
        print_json(account.model_dump(mode="json"))
    else:
        say(f"{safe(gone)} is shown with {safe(kept)}, as {safe(account.name)}")
    return ExitCode.OK


@on_target
def unmerge(target: Target, gone: Gone, *, as_json: AsJson = False) -> ExitCode:
    """Take a merge back: both accounts are as they would be without it.

    [bold]Example[/bold]

      earshot unmerge 0015e00000B
    """
    try:
        account = target.accounts.unmerge(gone)
    except MergeError as error:
        note(f"[red]earshot:[/red] {safe(error)}")
        return ExitCode.PROBLEMS
    _finish(target, "unmerge", gone=gone)
    if as_json:
        print_json(account.model_dump(mode="json"))
    else:
        say(f"{safe(gone)} is an account of its own again: {safe(account.name)}")
    return ExitCode.OK


def _finish(target: Target, what: str, **ids: str) -> None:
    now = datetime.now(UTC)
    compile_from(target.accounts, target.watchlist)
    target.journal.append(what, now, timestamp(now), payload=ids)
