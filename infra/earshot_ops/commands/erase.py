"""`earshot erase`: a post or a person, everywhere and for good."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from earshot.aws.guard_store import GuardStore
from earshot.aws.story_store import StoryStore
from earshot.domain.models import AlertState
from earshot.domain.stories import tell
from earshot.sources import catalog
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, Yes, on_target
from earshot_ops.commands.screen import note, print_json, safe, say, working
from earshot_ops.target import Target

Post = Annotated[str | None, typer.Option(help="A permalink, or source:native_id.")]
Person = Annotated[str | None, typer.Option(help="An author: source:author_id.")]


@on_target
def erase(
    target: Target,
    *,
    post: Post = None,
    person: Person = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> ExitCode:
    """Erase a post, or all posts of a person, wherever they are, and refuse them from now on.

    Rows, raw deliveries, and mails that are not sent yet. What was mailed lies in mailboxes, and is
    counted. It can be run again, and cannot be undone.

    [bold]Examples[/bold]

      earshot erase --post https://forum.example/t/906

      earshot erase --person github:583231 --yes --stage prod
    """
    if (post is None) == (person is None):
        raise typer.BadParameter("give either --post or --person")
    source, identity = _identity(person, "--person") if person else _post(target, post or "")
    if not source:
        note("no post is known by that address; source:native_id also refuses what is yet to come")
        return ExitCode.PROBLEMS
    native_ids = target.posts.of_author(source, identity) if person else (identity,)
    if not yes:
        what = f"{len(native_ids)} posts of {person}" if person else f"{source}:{identity}"
        typer.confirm(f"Erase {what} from stage {target.stage}, for good?", abort=True, err=True)
    with working("Erasing"):
        found = [take_stock(target, source, native_id) for native_id in native_ids]
        if person:
            target.eraser.erase_person(source, identity)
        else:
            target.eraser.erase_post(source, identity)
    report = _report(target, [stock for stock in found if stock.rows])
    if as_json:
        print_json(report)
    else:
        _tell(report)
    return ExitCode.OK if report["erased"] else ExitCode.PROBLEMS


def _post(target: Target, reference: str) -> tuple[str, str]:
    """Empty when it is the address of no post we know."""
    if found := target.posts.find(reference):
        return found
    if "://" in reference:
        return "", ""
    return _identity(reference, "--post")


def _identity(reference: str, option: str) -> tuple[str, str]:
    source, _, identity = reference.partition(":")
    if source not in catalog.SOURCES or not identity:
        known = ", ".join(sorted(catalog.SOURCES))
        raise typer.BadParameter(f"{option} wants source:id, with one of the sources {known}")
    return source, identity


@dataclass(frozen=True)
class Stock:
    """What there is of one post, by identities."""

    reference: str
    rows: int
    raw_keys: frozenset[str]
    signal_ids: frozenset[str]
    alert_ids: frozenset[str]


def take_stock(target: Target, source: str, native_id: str) -> Stock:
    rows = target.posts.rows(source, native_id)
    guards = GuardStore(target.table).of_post(source, native_id)
    return Stock(
        reference=f"{source}:{native_id}",
        rows=len(rows),
        raw_keys=frozenset(str(row["raw_key"]) for row in rows if "raw_key" in row),
        signal_ids=frozenset(_signal_ids(target, source, native_id)),
        alert_ids=frozenset(one.alert_id for one in guards if one.alert_id),
    )


def _report(target: Target, gone: Sequence[Stock]) -> dict[str, Any]:
    alert_ids = frozenset().union(*(stock.alert_ids for stock in gone))
    states = [alert.state for one in alert_ids if (alert := target.outbox.get(one))]
    return {
        "erased": [stock.reference for stock in gone],
        "rows": sum(stock.rows for stock in gone),
        "raw_deliveries": len(frozenset().union(*(stock.raw_keys for stock in gone))),
        "signals": len(frozenset().union(*(stock.signal_ids for stock in gone))),
        "mails_stopped": states.count(AlertState.CANCELLED),
        "mails_sent": states.count(AlertState.SENT),
    }


def _tell(report: dict[str, Any]) -> None:
    for reference in report["erased"]:
        say(f"erased {safe(reference)}")
    if not report["erased"]:
        note("nothing of it was here; it is refused from now on")
        return
    say(
        f"with {report['rows']} rows, in {report['raw_deliveries']} raw deliveries and "
        f"{report['signals']} signals; {report['mails_stopped']} mails stopped"
    )
    if report["mails_sent"]:
        note(f"{report['mails_sent']} mails about it were sent before and lie in mailboxes")


def _signal_ids(target: Target, source: str, native_id: str) -> Iterator[str]:
    """Of the signals that the post is part of."""
    head = target.posts.head(source, native_id)
    for told in tell(StoryStore(target.table).region(sorted(head.strand_ids))) if head else ():
        if any(post.identity == (source, native_id) for post in told.posts):
            yield told.signal_id
