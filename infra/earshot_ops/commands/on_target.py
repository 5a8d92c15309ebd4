"""The options that say which deployment is meant, on every command alike."""

import inspect
from collections.abc import Callable
from functools import update_wrapper
from typing import Annotated, Any

import typer

from earshot_ops.commands import screen
from earshot_ops.commands.exits import EXPECTED, ExitCode, explain
from earshot_ops.target import LOCAL, Target, open_target

_PANEL = "Which deployment"
_STAGE = r"[a-z][a-z_]{1,30}"

Stage = Annotated[
    str,
    typer.Option(help="A stage of chalice.json: local, dev, prod.", rich_help_panel=_PANEL),
]
Profile = Annotated[
    str | None,
    typer.Option(help="A profile of the AWS configuration.", rich_help_panel=_PANEL),
]
Region = Annotated[
    str | None,
    typer.Option(help="An AWS region; else the profile's.", rich_help_panel=_PANEL),
]
EndpointUrl = Annotated[
    str | None,
    typer.Option(
        help="An embedded AWS; else, for the local stage, the one of `make dev`.",
        rich_help_panel=_PANEL,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]

Command = Callable[..., ExitCode]


def on_target(command: Command) -> Callable[..., None]:
    """The command with the options above; its first parameter gets the ``Target`` they mean.

    What goes wrong becomes one sentence on standard error and an exit code. A ``Target`` in the
    context's ``obj`` is taken instead of the options.
    """

    def run(
        ctx: typer.Context,
        *,
        stage: Stage = LOCAL,
        profile: Profile = None,
        region: Region = None,
        endpoint_url: EndpointUrl = None,
        **given: Any,
    ) -> None:
        try:
            target = ctx.obj if isinstance(ctx.obj, Target) else None
            target = target or open_target(
                stage, profile=profile, region=region, endpoint_url=endpoint_url
            )
            code = command(target, **given)
        except EXPECTED as error:
            sentence, code = explain(error, stage)
            screen.note(f"[red]earshot:[/red] {screen.safe(sentence)}")
        raise typer.Exit(int(code))

    own = list(inspect.signature(command).parameters.values())[1:]
    shared = list(inspect.signature(run).parameters.values())[:-1]
    update_wrapper(run, command)
    ordered = sorted([*own, *shared], key=lambda parameter: parameter.kind)
    run.__signature__ = inspect.Signature(ordered)  # type: ignore[attr-defined]
    return run
