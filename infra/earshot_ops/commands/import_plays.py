"""`earshot import plays`: a folder of Markdown files into the table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from earshot.aws.keys import timestamp
from earshot.domain.plays import Play
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.screen import note, print_json, safe, say, working
from earshot_ops.plays_reading import PlayProblem, Vocabulary, ids_in, read_folder
from earshot_ops.target import Target


@dataclass(frozen=True)
class Choices:
    dry_run: bool
    strict: bool
    prune: bool
    asks: bool
    as_json: bool


@dataclass(frozen=True)
class Found:
    """What is in the folder, beside what is stored. ``gone`` are stored and have no file."""

    new: list[Play]
    changed: list[Play]
    unchanged: list[Play]
    problems: list[PlayProblem]
    gone: list[str]

    @property
    def plays(self) -> list[Play]:
        return [*self.new, *self.changed, *self.unchanged]


def import_plays(target: Target, folder: Path, choices: Choices) -> ExitCode:
    """A file that cannot be read keeps itself out, and what is stored of it stays."""
    found = _look(target, folder)
    stops = choices.dry_run or not found.plays or (choices.strict and bool(found.problems))
    if not choices.as_json:
        _tell(found, choices)
    if stops or (choices.asks and not _agrees(found, choices)):
        return _answer(found, choices, written=0, removed=[])
    written = target.plays.put_all(found.plays)
    removed = found.gone if choices.prune else []
    target.plays.remove(removed)
    if written or removed:
        _record(target, found, removed)
    return _answer(found, choices, written=written, removed=removed)


def _look(target: Target, folder: Path) -> Found:
    with working("Reading the industries of all accounts"):
        accounts = (account.industry for account in target.accounts.accounts())
        industries = frozenset(industry for industry in accounts if industry)
    products = frozenset(entry.entry_id for entry in target.accounts.entries())
    known = Vocabulary(products=products, industries=industries)
    plays, problems = read_folder(folder, known)
    stored = {play.play_id: play for play in target.plays.all()}
    return Found(
        new=[play for play in plays if play.play_id not in stored],
        changed=[play for play in plays if stored.get(play.play_id, play) != play],
        unchanged=[play for play in plays if stored.get(play.play_id) == play],
        problems=problems,
        gone=sorted(stored.keys() - ids_in(folder)),
    )


def _agrees(found: Found, choices: Choices) -> bool:
    if not (found.new or found.changed or (choices.prune and found.gone)):
        return True
    return typer.confirm("Write this?", err=True)


def _answer(found: Found, choices: Choices, *, written: int, removed: list[str]) -> ExitCode:
    if choices.as_json:
        print_json(_as_json(found, written, removed))
    else:
        say(_summary(found, written) + (f", {len(removed)} removed" if removed else ""))
        if not found.plays:
            note("[red]nothing was written: there is no play that can be read[/red]")
    return ExitCode.PROBLEMS if found.problems or not found.plays else ExitCode.OK


def _tell(found: Found, choices: Choices) -> None:
    fate = "to be removed" if choices.prune else "kept (--prune removes it)"
    _list(found.gone, "yellow", before=f"no longer in the folder, {fate}: ")
    _list(found.problems, "red", before="left out: ")


def _list(lines: Iterable[object], colour: str, *, before: str) -> None:
    for line in lines:
        note(f"[{colour}]{before}{safe(line)}[/{colour}]")


def _summary(found: Found, written: int) -> str:
    counts = (
        f"{len(found.new)} new, {len(found.changed)} changed, {len(found.unchanged)} as they were"
    )
    if found.problems:
        counts += f", {len(found.problems)} left out"
    if written:
        return f"{written} plays imported: {counts}"
    if found.new or found.changed:
        return f"plays, not written: {counts}"
    return f"nothing to change in plays: {counts}"


def _as_json(found: Found, written: int, removed: list[str]) -> dict[str, Any]:
    return {
        "kind": "plays",
        "new": _ids(found.new),
        "changed": _ids(found.changed),
        "unchanged": _ids(found.unchanged),
        "written": written,
        "rejected": len(found.problems),
        "problems": [
            {"file": one.file, "line": one.line, "reason": one.reason} for one in found.problems
        ],
        "vanished": found.gone,
        "removed": removed,
    }


def _ids(plays: Iterable[Play]) -> list[str]:
    return [play.play_id for play in plays]


def _record(target: Target, found: Found, removed: list[str]) -> None:
    """Ids and versions; the words are in the table and in the team's own folder."""
    now = datetime.now(UTC)
    changed = {play.play_id: play.version for play in [*found.new, *found.changed]}
    payload = {
        "kind": "plays",
        "ids": sorted(changed),
        "versions": changed,
        "removed": removed,
        "written": len(changed),
        "rejected": len(found.problems),
    }
    target.journal.append("import", now, f"plays-{timestamp(now)}", payload=payload)
