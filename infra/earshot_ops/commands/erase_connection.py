"""`earshot erase --connection`: all that a connection brought, and itself."""

import typer

from earshot.sources import catalog
from earshot_ops import erase_connection
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.screen import note, print_json, safe, say, working
from earshot_ops.target import Target


def erase_whole(target: Target, reference: str, *, yes: bool, as_json: bool) -> ExitCode:
    source, name = _connection(reference)
    with working("Looking for what it brought"):
        found = erase_connection.brought_by(target, source, name)
    is_known = any((c.source, c.connection_id) == (source, name) for c in target.connections.list())
    posts, deliveries = len(found.native_ids), len(found.raw_keys)
    if not yes:
        what = f"{source}/{name} with {posts} posts and {deliveries} raw deliveries"
        typer.confirm(f"Erase {what} from stage {target.stage}, for good?", abort=True, err=True)
    with working("Erasing"):
        erase_connection.erase(target, source, name)
        left = erase_connection.brought_by(target, source, name)
    report = {
        "connection": f"{source}/{name}",
        "was_connected": is_known,
        "posts": posts,
        "raw_deliveries": deliveries,
        "left": [*left.native_ids, *left.raw_keys, *(row["sk"] for row in left.receipts)],
    }
    if as_json:
        print_json(report)
    elif is_known or found:
        _tell(report)
    else:
        note("there is no such connection, and nothing that it brought")
    return ExitCode.OK if (is_known or found) and not left else ExitCode.PROBLEMS


def _tell(report: dict[str, object]) -> None:
    say(f"erased {safe(report['connection'])} and its secret")
    say(f"with {report['posts']} posts and {report['raw_deliveries']} raw deliveries")
    if report["left"]:
        note("more came meanwhile: run it again")
    else:
        say("looked for posts and raw deliveries of it: nothing was found")
    note("a Lambda may take what is sent for a minute more: run it again then")


def _connection(reference: str) -> tuple[str, str]:
    source, _, name = reference.partition("/")
    if source not in catalog.SOURCES or not name or "/" in name:
        raise typer.BadParameter("--connection wants source/name, as `earshot sources` shows it")
    return source, name
