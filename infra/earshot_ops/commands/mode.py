"""`earshot go-live` and `earshot observe`: whether mails go to the sellers."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from earshot.aws.config_store import Config
from earshot.aws.keys import timestamp
from earshot.imports import cells
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.screen import print_json, safe, say
from earshot_ops.target import Target


def _address(given: str) -> str:
    try:
        return cells.email(given)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


Operator = Annotated[
    str,
    typer.Option(
        callback=_address, metavar="EMAIL", help="Who gets the mails.", show_default=False
    ),
]


@on_target
def go_live(target: Target, *, as_json: AsJson = False) -> ExitCode:
    """From now on mails go to the sellers. A new deployment only observes.

    [bold]Example[/bold]

      earshot go-live --stage prod
    """
    config = target.config.go_live()
    _record(target, config)
    if as_json:
        print_json({"live": True})
    else:
        say("live: mails go to the sellers")
    return ExitCode.OK


@on_target
def observe(target: Target, *, operator: Operator, as_json: AsJson = False) -> ExitCode:
    """From now on every mail goes to the operator only, marked with whom it was for.

    [bold]Example[/bold]

      earshot observe --operator sales-ops@acme.example --stage prod
    """
    _record(target, target.config.observe(operator))
    if as_json:
        print_json({"live": False, "operator_email": operator})
    else:
        say(f"observing: mails go to {safe(operator)} only")
    return ExitCode.OK


def _record(target: Target, config: Config) -> None:
    """Without the address: a journal holds no names of persons."""
    now = datetime.now(UTC)
    target.journal.append("mode", now, timestamp(now), payload={"live": config.live})
