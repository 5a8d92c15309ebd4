"""What the operator sees: data on standard output, everything else on standard error."""

import json
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn
from rich.text import Text

_NARROWEST, _WIDEST = 20, 100
_LABEL_WIDTH = 13

out = Console(soft_wrap=True, highlight=False, emoji=False)
err = Console(stderr=True, soft_wrap=True, highlight=False, emoji=False)


def clean(text: object) -> str:
    """Words that came from elsewhere, on one line: no control of the terminal."""
    return "".join(
        " " if letter in "\n\t" else letter
        for letter in str(text)
        if letter in "\n\t" or unicodedata.category(letter)[0] != "C"
    )


def safe(text: object) -> str:
    """The same in a line that holds markup: none of it is theirs."""
    return escape(clean(text))


def say(line: str) -> None:
    """A line of the answer; may hold markup."""
    out.print(line)


def paragraph(words: str | Text, indent: int = 0, *, label: str = "") -> None:
    """Part of the answer, wrapped to the width of the screen. A ``str`` may hold markup. A
    ``label`` stands before it in a column of its own."""
    text = Text.from_markup(words) if isinstance(words, str) else words
    margin = f"{label:<{_LABEL_WIDTH}}" if label else ""
    room = max(_NARROWEST, min(out.width, _WIDEST) - indent - len(margin))
    for line in text.wrap(out, room):
        line.rstrip()
        out.print(Text.assemble(" " * indent, (margin, "dim"), line))
        margin = " " * len(margin)


def heading(words: str, indent: int = 0) -> None:
    """Of what follows, after an empty line; may hold markup."""
    say("")
    paragraph(words, indent)


def note(line: str) -> None:
    """A remark beside the answer."""
    err.print(line)


def print_json(value: Mapping[str, Any]) -> None:
    out.print(json.dumps(value, indent=2, ensure_ascii=False), markup=False, emoji=False)


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, in the unit that fits."""
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < 120:
        return f"{minutes} minute{'' if minutes == 1 else 's'}"
    return f"{minutes // 60} hours" if minutes < 48 * 60 else f"{minutes // 1440} days"


def working(doing: str) -> AbstractContextManager[object]:
    """A sign of life on standard error."""
    return err.status(doing)


def is_attended() -> bool:
    """Somebody sits there who can be asked."""
    return err.is_terminal and sys.stdin.isatty()


@contextmanager
def progress(doing: str, total: int) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error, moved by what is yielded: how much of ``total`` is done, and how
    many rows that were."""
    columns = (
        "{task.description}",
        BarColumn(),
        TaskProgressColumn(),
        "{task.fields[rows]:,} rows",
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(doing, total=total, rows=0)

        def show(done: int, rows: int) -> None:
            bar.update(task, completed=done, rows=rows)

        yield show
