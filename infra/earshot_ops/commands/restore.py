"""`earshot restore`: bring back rows that are missing from a recovered table, and nothing that was
erased since."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

import typer
from botocore.exceptions import ClientError

from earshot.aws import held_rows
from earshot.aws.items import Item
from earshot_ops import restoring, restoring_signals
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, Yes, on_target
from earshot_ops.commands.screen import note, print_json, progress, safe, say
from earshot_ops.restoring import Restoring
from earshot_ops.target import Target

From = Annotated[str, typer.Option("--from", help="The table that point-in-time recovery made.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Count by kind of row, and write nothing.")]


@on_target
def restore(
    target: Target,
    *,
    from_table: From,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> ExitCode:
    """Copy rows from a recovered table to this stage's, where they are missing.

    Tombstones come first, from both tables and the journal: what was erased since stays away. Left
    out is also what was on its way to a mailbox, and what has ended or moved on. Nobody is mailed
    for it. It can be cut short, and run again.

    [bold]Examples[/bold]

      earshot restore --from earshot-prod-recovered --dry-run --stage prod

      earshot restore --from earshot-prod-recovered --stage prod
    """
    rows = _size(target, from_table)
    if from_table == target.table.name or rows is None:
        note("--from wants the name of another table, which has to be there")
        return ExitCode.PROBLEMS
    if not dry_run and not yes:
        ask = f"Copy what is missing from {from_table} to stage {target.stage}? Stop what writes."
        typer.confirm(ask, abort=True, err=True)
    source = target.access.resource("dynamodb").Table(from_table)
    into = Restoring(target, source, datetime.now(UTC), rehearses=dry_run)
    tombstones = into.put_tombstones()
    for doing, step, kinds in _STEPS:
        _walk(into, doing, step, takes=kinds, total=rows)
    with progress("Signals anew", len(into.strands)) as show:
        for done in restoring_signals.compute_anew(into):
            show(done, done)
    _tell(into, tombstones, as_json=as_json)
    return ExitCode.OK


Step = Callable[[Restoring, list[Item]], None]


def _is_first(kind: str) -> bool:
    later = restoring.AFTER_HEADS | {restoring.AFTER_STORIES}
    return kind not in later and not kind.startswith(f"{restoring.WITH_SIGNALS} ")


_STEPS: tuple[tuple[str, Step, Callable[[str], bool]], ...] = (
    ("Rows", Restoring.copy, _is_first),
    ("Stories", Restoring.copy, restoring.AFTER_HEADS.__contains__),
    ("Signals", restoring_signals.copy_signals, restoring.AFTER_STORIES.__eq__),
)


def _walk(
    into: Restoring, doing: str, step: Step, *, takes: Callable[[str], bool], total: int
) -> None:
    seen = 0
    with progress(doing, total) as show:
        for page in into.pages():
            step(into, [row for row in page if takes(held_rows.kind_of(row))])
            seen += len(page)
            show(seen, seen)


def _size(target: Target, name: str) -> int | None:
    """Of six hours ago, so good for a bar only; ``None`` where there is no such table."""
    try:
        answer = target.access.client("dynamodb").describe_table(TableName=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None
    return int(answer["Table"].get("ItemCount", 0))


def _tell(into: Restoring, tombstones: int, *, as_json: bool) -> None:
    by_kind: dict[str, dict[str, int]] = {}
    for (kind, what), count in sorted(into.counts.items()):
        by_kind.setdefault(kind, {})[what] = count
    if as_json:
        print_json({"dry_run": into.rehearses, "tombstones": tombstones, "rows": by_kind})
        return
    say(f"{tombstones:,} tombstones first")
    for kind, counts in by_kind.items():
        said = ", ".join(f"{count:,} {what}" for what, count in counts.items())
        say(f"{safe(kind)}: {said}")
    if into.rehearses:
        note("nothing was written; of posts and signals fewer may come back")
