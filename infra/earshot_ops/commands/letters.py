"""`earshot letters`: what lies in the dead-letter queues, and what becomes of it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from earshot.aws.raw_archive import RawArchive
from earshot.errors import GoneError
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, Yes, on_target
from earshot_ops.commands.screen import ago, heading, note, print_json, progress, safe, say
from earshot_ops.dead_letters import NO_REASON, QUEUES, DeadLetters, Held, Letter
from earshot_ops.target import Target

_FAILED = "failed five times, for a cause that might have passed"

Queue = Annotated[str | None, typer.Option(help=f"One of {', '.join(QUEUES)}; else all.")]
Reason = Annotated[
    str | None, typer.Option(help=f"Those of this reason; {NO_REASON!r} for those without one.")
]
One = Annotated[str | None, typer.Option("--letter", help="One, by its id or how that begins.")]
Redrive = Annotated[bool, typer.Option("--redrive", help="Send them back to their queue.")]
Discard = Annotated[bool, typer.Option("--discard", help="Delete them; asks before.")]


@dataclass(frozen=True)
class Wanted:
    queues: tuple[str, ...]
    reason: str | None
    letter: str | None

    def takes(self, letter: Letter) -> bool:
        of_reason = self.reason in {None, letter.reason}
        return of_reason and letter.letter_id.startswith(self.letter or "")


@on_target
def letters(
    target: Target,
    *,
    queue: Queue = None,
    reason: Reason = None,
    letter: One = None,
    redrive: Redrive = False,
    discard: Discard = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> ExitCode:
    """List the dead letters, send them back to their queue, or delete them.

    Messages that could not work, with the reason and what they point to; never a body. What is sent
    back may fail again. What was decided stays decided, and nobody is mailed twice.

    [bold]Examples[/bold]

      earshot letters

      earshot letters --redrive --reason none --stage prod

      earshot letters --discard --queue deliveries --reason MalformedPayloadError
    """
    if redrive and discard:
        raise typer.BadParameter("give either --redrive or --discard")
    if queue is not None and queue not in QUEUES:
        raise typer.BadParameter(f"--queue is one of {', '.join(QUEUES)}")
    wanted = Wanted((queue,) if queue else tuple(QUEUES), reason, letter)
    lying = DeadLetters(target.sqs, target.queues)
    if redrive:
        return _redrive(lying, wanted, as_json=as_json)
    if discard:
        return _discard(target, lying, wanted, yes=yes, as_json=as_json)
    return _list(target, lying, wanted, as_json=as_json)


def _walk(lying: DeadLetters, wanted: Wanted, doing: str) -> Iterator[Held]:
    """All that are wanted, with progress."""
    total = sum(map(lying.waiting, wanted.queues))
    with progress(doing, total) as show:
        done = 0
        for queue in wanted.queues:
            with closing(lying.walk(queue)) as found:
                for held in found:
                    if wanted.takes(held.letter):
                        yield held
                    done += 1
                    show(done, done)


def _redrive(lying: DeadLetters, wanted: Wanted, *, as_json: bool) -> ExitCode:
    """What fails at once comes back while this runs: it is left then, not sent around for ever."""
    sent: set[str] = set()
    counts: Counter[str] = Counter()
    for held in _walk(lying, wanted, "Sending back"):
        if held.mark in sent:
            counts["left"] += 1
            continue
        lying.redrive(held)
        sent.add(held.mark)
        counts[held.letter.queue] += 1
    left = counts.pop("left", 0)
    if as_json:
        print_json({"redriven": dict(counts), "left": left})
    else:
        for queue, count in counts.items():
            say(f"{_many(count)} sent back to {queue}")
        if left:
            note(f"{_many(left)} left: the same was sent back before, and may have failed again")
    return _found(counts.total())


def _discard(
    target: Target, lying: DeadLetters, wanted: Wanted, *, yes: bool, as_json: bool
) -> ExitCode:
    """Those that were there when the operator was asked, and no other."""
    found = [held.letter for held in _walk(lying, wanted, "Looking")]
    if found and not yes:
        _summarise(found)
        ask = f"Delete {_many(len(found))} from stage {target.stage}, for good?"
        typer.confirm(ask, abort=True, err=True)
    known, gone = {letter.letter_id for letter in found}, 0
    for held in _walk(lying, wanted, "Deleting"):
        if held.letter.letter_id in known:
            lying.delete(held)
            gone += 1
    if as_json:
        print_json({"discarded": gone})
    elif gone:
        say(f"{_many(gone)} deleted")
    return _found(gone)


def _list(target: Target, lying: DeadLetters, wanted: Wanted, *, as_json: bool) -> ExitCode:
    now = datetime.now(UTC)
    found = [held.letter for held in _walk(lying, wanted, "Looking")]
    hidden = 0
    if wanted.reason is None and wanted.letter is None:
        hidden = max(0, sum(map(lying.waiting, wanted.queues)) - len(found))
    raws = {letter.letter_id: _raw(target, letter) for letter in found} if wanted.letter else {}
    if as_json:
        told = [{**_as_json(letter, now), **_raw_json(raws, letter)} for letter in found]
        reasons = Counter(letter.reason for letter in found)
        print_json({"letters": told, "reasons": dict(reasons), "hidden": hidden})
    elif found:
        _summarise(found)
        for letter in found:
            _tell(letter, now, raw=raws.get(letter.letter_id, ""))
    else:
        note("there is no such letter" if wanted.letter else "no dead letters")
    if hidden:
        note(f"about {hidden} more lie behind those, or are held by somebody who looks")
    return ExitCode.PROBLEMS if wanted.letter and not found else ExitCode.OK


def _summarise(found: Sequence[Letter]) -> None:
    for (queue, reason), count in sorted(Counter((f.queue, f.reason) for f in found).items()):
        why = _FAILED if reason == NO_REASON else safe(reason)
        say(f"{count:>6}  {queue:<11}{why}")


def _tell(letter: Letter, now: datetime, *, raw: str) -> None:
    """Ids stay whole, however narrow the screen is, so that they can be copied."""
    heading(f"[bold]{safe(letter.letter_id)}[/bold]")
    for label, words in _lines(letter, now):
        say(f"  [dim]{label:<12}[/dim]{safe(words)}")
    if raw:
        say(f"  [dim]{'raw object':<12}[/dim]{raw}")


def _lines(letter: Letter, now: datetime) -> Iterator[tuple[str, str]]:
    yield "lies in", f"{letter.queue}, for {ago(letter.sent_at, now)}"
    yield "reason", _FAILED if letter.reason == NO_REASON else letter.reason
    if one := letter.delivery:
        yield "connection", f"{one.source}/{one.connection_id}"
        yield "delivery", one.delivery_id
    if letter.post:
        yield "post", letter.post
    if letter.file:
        yield "file", letter.file
    if not (letter.delivery or letter.file):
        yield "points to", "nothing that can be read"


def _raw(target: Target, letter: Letter) -> str:
    """Whether what it points to is still there."""
    if letter.delivery is None:
        return ""
    try:
        RawArchive(target.s3, target.bucket).get(letter.delivery.raw_key)
    except GoneError:
        return "gone: sent back, it ends as expired"
    return f"there, at {safe(letter.delivery.raw_key)}"


def _raw_json(raws: dict[str, str], letter: Letter) -> dict[str, Any]:
    told = raws.get(letter.letter_id)
    return {"raw_object": told.startswith("there")} if told else {}


def _as_json(letter: Letter, now: datetime) -> dict[str, Any]:
    one = letter.delivery
    return {
        "letter": letter.letter_id,
        "queue": letter.queue,
        "reason": letter.reason,
        "source": one.source if one else None,
        "connection": one.connection_id if one else None,
        "delivery_id": one.delivery_id if one else None,
        "raw_key": one.raw_key if one else None,
        "post": letter.post or None,
        "file": letter.file or None,
        "sent_at": letter.sent_at.isoformat(),
        "age_seconds": int((now - letter.sent_at).total_seconds()),
    }


def _many(count: int) -> str:
    return f"{count} letter{'' if count == 1 else 's'}"


def _found(count: int) -> ExitCode:
    if not count:
        note("there is no such letter")
    return ExitCode.OK if count else ExitCode.PROBLEMS
