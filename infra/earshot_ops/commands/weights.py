"""`earshot weights`: what a score is made of."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from earshot.aws.keys import timestamp
from earshot.domain.relevance import Weights
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, Yes, on_target
from earshot_ops.commands.screen import is_attended, note, print_json, safe, say
from earshot_ops.errors import OperationError
from earshot_ops.target import Target

_MOST_POINTS = 1_000
_NOT_POINTS = frozenset({"young_days", "large_from_employees", "valuable_from_revenue"})
_LONGEST_VERSION = 40

SetFile = Annotated[
    Path | None,
    typer.Option(
        "--set",
        metavar="FILE",
        exists=True,
        dir_okay=False,
        readable=True,
        help="A JSON file with new weights, as --json prints them.",
        show_default=False,
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would change, and write nothing.")
]

Table = dict[str, str]
Changes = dict[str, tuple[str, str]]


class WeightsFileError(OperationError):
    """The file holds no weights; the message says where."""


@on_target
def weights(
    target: Target,
    *,
    set_file: SetFile = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> ExitCode:
    """Show the weights of relevance, or put others in their place.

    A file says all: a field that it leaves out is as shipped, and of a table (intent, role, ...)
    what it leaves out counts nothing. It needs a version of its own, which is stored with every
    score. Stories are decided by it from within a minute on; what was decided stays.

    [bold]Examples[/bold]

      earshot weights

      earshot weights --json > weights.json

      earshot weights --set weights.json --dry-run
    """
    now = target.weights.get()
    if set_file is None:
        _show(now, as_json=as_json)
        return ExitCode.OK
    new = read_weights(set_file.read_bytes())
    changes = dict(difference(now, new))
    if changes and new.version == now.version:
        raise WeightsFileError(
            f"version: {now.version!r} is that of the present weights, and these are others"
        )
    if not as_json:
        _tell(changes)
    writes = bool(changes) and not dry_run
    if writes and is_attended() and not (yes or as_json):
        writes = typer.confirm("Write this?", err=True)
    if writes:
        target.weights.put(new)
        _record(target, new, before=now, changes=changes)
    _answer(new, changes, written=writes, as_json=as_json)
    return ExitCode.OK


def read_weights(body: bytes) -> Weights:
    """``WeightsFileError`` when it holds none."""
    try:
        found = Weights.model_validate_json(body, strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise WeightsFileError(f"{place}: {first['msg']}") from error
    if problem := next(_problems(found), None):
        raise WeightsFileError(problem)
    return found


def _problems(found: Weights) -> Iterator[str]:
    if "version" not in found.model_fields_set:
        yield "version: is missing"
    if not found.version.strip() or len(found.version) > _LONGEST_VERSION:
        yield f"version: has 1 to {_LONGEST_VERSION} characters"
    if not 0 < found.digest_from <= found.alert_from <= 100:
        yield "digest_from and alert_from: 1 to 100, that of the digest not above the other"
    for name, points in _numbers(found.model_dump(mode="json")):
        if abs(points) > _MOST_POINTS and name not in _NOT_POINTS:
            yield f"{name}: {points} is more than {_MOST_POINTS:,} points"
        if name in _NOT_POINTS and points < 0:
            yield f"{name}: {points} is less than none"


def _numbers(fields: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, int]]:
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _numbers(value, f"{name}.")
        elif isinstance(value, int):
            yield f"{within}{name}", value


def difference(before: Weights, after: Weights) -> Iterator[tuple[str, tuple[str, str]]]:
    """By name what was and what is; ``-`` where there is nothing."""
    old, new = table(before), table(after)
    for name in dict.fromkeys([*old, *new]):
        if name != "version" and old.get(name) != new.get(name):
            yield name, (old.get(name, "-"), new.get(name, "-"))


def table(shown: Weights) -> Table:
    """``intent.purchase`` and so on, in words."""
    return dict(_rows(shown.model_dump(mode="json")))


def _rows(fields: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _rows(value, f"{name}.")
        elif isinstance(value, list):
            yield f"{within}{name}", ", ".join(map(str, value)) or "none"
        else:
            yield f"{within}{name}", str(value)


def _show(shown: Weights, *, as_json: bool) -> None:
    if as_json:
        print_json(shown.model_dump(mode="json"))
        return
    for name, value in table(shown).items():
        say(f"{safe(name):<28}{safe(value):>12}")


def _answer(new: Weights, changes: Changes, *, written: bool, as_json: bool) -> None:
    if as_json:
        told = {name: {"before": old, "after": now} for name, (old, now) in changes.items()}
        print_json({"version": new.version, "written": written, "changes": told})
        return
    if written:
        say(f"version {safe(new.version)} is in place; Lambdas have it within a minute")
    elif changes:
        note("nothing was written")
    else:
        say("nothing to change: these are the present weights")


def _tell(changes: Changes) -> None:
    for name, (old, new) in changes.items():
        say(f"{safe(name):<28}{safe(old):>12} → {safe(new)}")


def _record(target: Target, new: Weights, *, before: Weights, changes: Changes) -> None:
    now = datetime.now(UTC)
    body = new.model_dump_json().encode()
    payload = {
        "version": new.version,
        "instead_of": before.version,
        "weights": f"sha256:{hashlib.sha256(body).hexdigest()}",
        "changes": {name: list(pair) for name, pair in changes.items()},
    }
    target.journal.append("weights", now, timestamp(now), payload=payload)
