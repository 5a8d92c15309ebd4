"""`earshot replay`: understand deliveries again, by the present watchlist and models."""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from earshot.aws.envelopes import DeliveryMessage
from earshot.aws.queues import Queue
from earshot.domain.models import Delivery
from earshot.domain.posts import PostId
from earshot.domain.retelling import Again, moved
from earshot.errors import GoneError, PermanentError
from earshot_ops import receipts_walk
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, Yes, on_target
from earshot_ops.commands.replay_told import Compared, tell
from earshot_ops.commands.screen import note, print_json, progress, say
from earshot_ops.receipts_walk import Wanted
from earshot_ops.target import Target

AT_ONCE = 8
A_WEEK = "7d"
_AGO = re.compile(r"(\d{1,4})([dh])")

Since = Annotated[str, typer.Option(help="When it came: 2026-03-02T14:00 (UTC), or 12h or 7d ago.")]
Until = Annotated[str | None, typer.Option(help="The same; else until now.")]
Source = Annotated[str | None, typer.Option(help="Of this source only.")]
Connection = Annotated[str | None, typer.Option(help="Of connections of this name only.")]
One = Annotated[
    str | None, typer.Option("--delivery", help="This one only, by its id or how that begins.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only show what would be otherwise.")]
Mail = Annotated[bool, typer.Option("--mail", help="Let sellers hear of what is new to them.")]


@on_target
def replay(
    target: Target,
    *,
    since: Since = A_WEEK,
    until: Until = None,
    source: Source = None,
    connection: Connection = None,
    delivery: One = None,
    dry_run: DryRun = False,
    mail: Mail = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> ExitCode:
    """Send deliveries through the whole way again: same ids, and nobody is mailed for it.

    For a new watchlist, new models or a mended source. What was erased stays away. With --dry-run
    nothing is written: stored relevance is compared with what would come now, byte for byte.

    [bold]Examples[/bold]

      earshot replay --since 2d --dry-run

      earshot replay --since 2026-03-02T08:00 --until 2026-03-02T10:00 --source slack

      earshot replay --delivery 47c8ea40 --stage prod
    """
    now = datetime.now(UTC)
    wanted = Wanted(
        since=_moment(since, now),
        until=_moment(until, now) if until else now,
        source=source,
        connection_id=connection,
        delivery_id=delivery or "",
    )
    if mail and not dry_run and not yes:
        typer.confirm("Let sellers hear of old posts?", abort=True, err=True)
    hours = _hours(target, wanted)
    if dry_run:
        return _compare(target, hours, now, as_json=as_json)
    return _send(target, hours, replayed=not mail, as_json=as_json)


def _moment(text: str, now: datetime) -> datetime:
    if ago := _AGO.fullmatch(text):
        count = int(ago[1])
        return now - (timedelta(days=count) if ago[2] == "d" else timedelta(hours=count))
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is no time: 2026-03-02T14:00, 12h or 7d") from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _hours(target: Target, wanted: Wanted) -> Iterator[list[Delivery]]:
    """With progress."""
    chosen = [one for one in target.connections.list() if wanted.asks(one)]
    if not chosen:
        note("there is no such connection")
    total, found = len(chosen) * len(wanted.hours), 0
    with progress("Replaying", total) as show:
        walked = receipts_walk.walk(target.receipts, chosen, wanted)
        for done, deliveries in enumerate(walked, start=1):
            yield deliveries
            found += len(deliveries)
            show(done, found)


def _send(
    target: Target, hours: Iterator[list[Delivery]], *, replayed: bool, as_json: bool
) -> ExitCode:
    """Each goes to the queue where it went when it came."""
    queue, sent = Queue(target.sqs, target.queues["deliveries"]), 0

    def send(delivery: Delivery) -> None:
        queue.send(DeliveryMessage(delivery=delivery, replayed=replayed))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for deliveries in hours:
            sent += len(list(pool.map(send, deliveries)))
    if as_json:
        print_json({"replayed": sent, "mails": not replayed})
    elif sent:
        say(f"{sent:,} deliveries replayed" + ("; nobody is mailed for it" if replayed else ""))
    return _found(sent)


def _compare(
    target: Target, hours: Iterator[list[Delivery]], now: datetime, *, as_json: bool
) -> ExitCode:
    comparing, counts = target.comparing, Counter[str]()
    agains: dict[PostId, Again] = {}
    for delivery in (one for deliveries in hours for one in deliveries):
        counts["deliveries"] += 1
        try:
            for again in comparing.understand(delivery):
                counts["posts"] += 1
                if again.strand_ids:
                    identity = (again.head.source, again.head.native_id)
                    agains[identity] = _newer(agains.get(identity), again)
        except GoneError:
            counts["gone"] += 1
        except PermanentError:
            counts["unreadable"] += 1
    found = list(comparing.compare(agains, now))
    compared = Compared(
        counts=dict(counts),
        moved=[one for again in agains.values() if (one := moved(again))],
        same=found.count(None),
        found=[one for one in found if one],
    )
    if as_json:
        print_json(compared.as_json())
    else:
        tell(compared)
    if not counts["deliveries"]:
        return _found(0)
    return ExitCode.PROBLEMS if compared.differs else ExitCode.OK


def _newer(known: Again | None, again: Again) -> Again:
    return known if known and known.head.version > again.head.version else again


def _found(count: int) -> ExitCode:
    if not count:
        note("no such delivery came in that time")
    return ExitCode.OK if count else ExitCode.PROBLEMS
