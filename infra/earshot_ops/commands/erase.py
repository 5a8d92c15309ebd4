"""`earshot erase`: a post, a person or a connection, everywhere and for good."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from earshot.domain.models import AlertState
from earshot_ops import holdings
from earshot_ops.commands.erase_connection import erase_whole
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.identities import identity_of
from earshot_ops.commands.on_target import AsJson, Yes, on_target
from earshot_ops.commands.screen import note, print_json, safe, say, working
from earshot_ops.holdings import Holding
from earshot_ops.proof import known_of, left
from earshot_ops.stores import Kept
from earshot_ops.target import Target

Post = Annotated[str | None, typer.Option(help="A permalink, or source:native_id.")]
Connection = Annotated[
    str | None, typer.Option(help="A connection: source/name, with all that it brought.")
]
Scan = Annotated[
    bool, typer.Option("--scan", help="Look for what is left in every row, object and message.")
]
Person = Annotated[str | None, typer.Option(help="An author: source:author_id.")]


@on_target
def erase(
    target: Target,
    *,
    post: Post = None,
    person: Person = None,
    connection: Connection = None,
    scan: Scan = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> ExitCode:
    """Erase a post, all posts of a person, or a connection with its secret and all that it brought,
    wherever they are, and refuse the posts from now on.

    Rows, raw deliveries, and mails that are not sent yet. What was mailed lies in mailboxes, and is
    counted. It can be run again, and cannot be undone. Then texts, ids and addresses that were
    known, and of a person handle and name, are looked for in all that held them; with --scan in
    everything there is.

    [bold]Examples[/bold]

      earshot erase --post https://forum.example/t/906

      earshot erase --person github:583231 --scan --stage prod

      earshot erase --connection slack/main --stage prod
    """
    if sum(one is not None for one in (post, person, connection)) != 1:
        raise typer.BadParameter("give either --post or --person or --connection")
    if connection is not None:
        return erase_whole(target, connection, yes=yes, as_json=as_json)
    source, identity = identity_of(person, "--person") if person else _post(target, post or "")
    if not source:
        note("no post is known by that address; source:native_id also refuses what is yet to come")
        return ExitCode.PROBLEMS
    gather = holdings.of_person if person else _of_post
    found = gather(target, source, identity)
    if not yes:
        what = f"{len(found)} posts of {person}" if person else f"{source}:{identity}"
        typer.confirm(f"Erase {what} from stage {target.stage}, for good?", abort=True, err=True)
    with working("Erasing"):
        known = known_of(found, author_id=identity if person else None)
        if person:
            target.eraser.erase_person(source, identity)
        else:
            target.eraser.erase_post(source, identity)
        target.scans.forget_names()
    with working("Looking for what is left"):
        remains = left(target, known, scan=scan)
    report = _report(target, [one for one in found if one.rows], remains)
    if as_json:
        print_json(report)
    else:
        _tell(report, scan=scan)
    return ExitCode.OK if report["erased"] and not remains else ExitCode.PROBLEMS


def _of_post(target: Target, source: str, native_id: str) -> tuple[Holding, ...]:
    return (holdings.of_post(target, source, native_id),)


def _post(target: Target, reference: str) -> tuple[str, str]:
    """Empty when it is the address of no post we know."""
    if found := target.posts.find(reference):
        return found
    if "://" in reference:
        return "", ""
    return identity_of(reference, "--post")


def _report(target: Target, gone: Sequence[Holding], remains: Sequence[Kept]) -> dict[str, Any]:
    alert_ids = frozenset().union(*(one.alert_ids for one in gone))
    states = [alert.state for one in alert_ids if (alert := target.outbox.get(one))]
    signals = {signal.signal_id for one in gone for signal in one.signals}
    return {
        "erased": [one.reference for one in gone],
        "rows": sum(len(one.rows) for one in gone),
        "raw_deliveries": len(frozenset().union(*(one.raw_keys for one in gone))),
        "signals": len(signals),
        "mails_stopped": states.count(AlertState.CANCELLED),
        "mails_sent": states.count(AlertState.SENT),
        "left": [{"kind": kept.kind, "name": kept.name} for kept in remains],
    }


def _tell(report: dict[str, Any], *, scan: bool) -> None:
    for reference in report["erased"]:
        say(f"erased {safe(reference)}")
    if report["erased"]:
        say(
            f"with {report['rows']} rows, in {report['raw_deliveries']} raw deliveries and "
            f"{report['signals']} signals; {report['mails_stopped']} mails stopped"
        )
    else:
        note("nothing of it was here; it is refused from now on")
    if report["mails_sent"]:
        note(f"{report['mails_sent']} mails about it were sent before and lie in mailboxes")
    where = "any row, object or message" if scan else "what held it"
    if report["left"]:
        say(f"still found in {len(report['left'])} places:")
    elif report["erased"] or scan:
        say(f"looked for all that was known of it: nothing was found in {where}")
    for kept in report["left"]:
        say(f"  {safe(kept['kind'])}: {safe(kept['name'])}")
