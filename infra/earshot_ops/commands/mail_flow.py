"""`earshot mail`: whether mail flows, how fast, and to whom it must not."""

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from earshot.aws.config_store import Config
from earshot.aws.keys import timestamp
from earshot.domain.mail_health import DAYS, MailFigures
from earshot.imports import cells
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.screen import note, print_json, safe, say
from earshot_ops.target import Target

_PANEL = "Change something (one at a time)"
_NOTHING_TO_DO = {
    "resume": "mail is not paused",
    "pause": "mail is paused already",
    "suppress": "it is on the list already",
    "unsuppress": "it is not on the list",
}


def _address(given: str | None) -> str | None:
    try:
        return cells.email(given) if given else None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


Resume = Annotated[
    bool,
    typer.Option(
        "--resume", help="Mail goes out again; begin to count anew.", rich_help_panel=_PANEL
    ),
]
Pause = Annotated[
    bool, typer.Option("--pause", help="Hold all mail back until --resume.", rich_help_panel=_PANEL)
]
Suppress = Annotated[
    str | None,
    typer.Option(
        callback=_address, metavar="EMAIL", help="Never write to it.", rich_help_panel=_PANEL
    ),
]
Unsuppress = Annotated[
    str | None,
    typer.Option(
        callback=_address, metavar="EMAIL", help="Write to it again.", rich_help_panel=_PANEL
    ),
]
Rate = Annotated[
    int | None,
    typer.Option(min=1, max=1_000, help="Mails a second at most.", rich_help_panel=_PANEL),
]


@on_target
def mail(
    target: Target,
    *,
    resume: Resume = False,
    pause: Pause = False,
    suppress: Suppress = None,
    unsuppress: Unsuppress = None,
    rate: Rate = None,
    as_json: AsJson = False,
) -> ExitCode:
    """Show whether mail flows, what came back of the last seven days, and who is suppressed.

    [bold]Examples[/bold]

      earshot mail --stage prod

      earshot mail --resume --stage prod
    """
    wishes: dict[str, Any] = {
        "resume": resume,
        "pause": pause,
        "suppress": suppress,
        "unsuppress": unsuppress,
        "rate": rate,
    }
    asked = {name: value for name, value in wishes.items() if value}
    if len(asked) > 1:
        raise typer.BadParameter("one change at a time")
    changed = True
    for name, value in asked.items():
        changed = _change(target, name, value)
    if as_json:
        print_json(_state(target))
    else:
        _tell(_state(target))
    return ExitCode.OK if changed else ExitCode.PROBLEMS


def _change(target: Target, name: str, value: Any) -> bool:
    """Whether there was something to change."""
    now = datetime.now(UTC)
    health, configs = target.mail_health, target.config
    if name == "resume":
        changed = configs.get().mail_paused_at is not None
        if changed:
            health.begin_anew(now)
            changed = configs.resume(now)
    elif name == "pause":
        changed = configs.pause("operator", now, seen=configs.get())
    elif name == "suppress":
        changed = health.suppress(value, "operator", now)
    elif name == "unsuppress":
        changed = _unsuppress(target, value)
    else:
        changed = configs.set_rate(value).mails_per_second == value
    if changed:
        target.journal.append("mail", now, timestamp(now), payload={"change": name})
    else:
        note(_NOTHING_TO_DO[name])
    return changed


def _unsuppress(target: Target, address: str) -> bool:
    """SES has a list of its own, and would drop the mail."""
    listed = target.mail_health.unsuppress(address)
    if target.access.endpoint is None:
        ses = target.access.client("sesv2")
        try:
            ses.delete_suppressed_destination(EmailAddress=address)
        except ses.exceptions.NotFoundException:
            return listed
        return True
    return listed


def _state(target: Target) -> dict[str, Any]:
    config = target.config.get()
    figures = target.mail_health.figures(datetime.now(UTC), config.mail_resumed_at)
    return {
        "paused": config.mail_paused_at is not None,
        **config.model_dump(mode="json", include={"mail_paused_at", "mail_paused_reason"}),
        **config.model_dump(mode="json", include={"mail_resumed_at", "mails_per_second"}),
        "figures": figures.model_dump(),
        "suppressed": _suppressed(target, config),
    }


def _suppressed(target: Target, config: Config) -> list[dict[str, Any]]:
    """Whom of those that we write to: the list itself does not know its addresses."""
    name_by_address = {seller.email: seller.seller_id for seller in target.sellers.all()}
    if config.operator_email:
        name_by_address.setdefault(config.operator_email, "the operator")
    found = target.mail_health.suppressions(name_by_address)
    return [
        {"seller_id": name_by_address[address], **one.model_dump(mode="json")}
        for address, one in sorted(found.items(), key=lambda pair: name_by_address[pair[0]])
    ]


def _tell(state: dict[str, Any]) -> None:
    if state["paused"]:
        say(f"paused since {state['mail_paused_at']}: {safe(state['mail_paused_reason'])}")
    else:
        say("mail flows")
    say(f"at most {state['mails_per_second']} mails a second")
    say(figures_in_words(MailFigures(**state["figures"])))
    for one in state["suppressed"]:
        say(f"suppressed {safe(one['seller_id'])}: {one['reason']}, {one['suppressed_at']}")


def figures_in_words(figures: MailFigures) -> str:
    came_back = {"bounced": figures.bounced, "complained about": figures.complained}
    parts = [
        f"{number} {what}" + (f" ({100 * number / figures.sent:.2f} %)" if figures.sent else "")
        for what, number in came_back.items()
    ]
    return f"{figures.sent} mails in {DAYS} days: {', '.join(parts)}"
