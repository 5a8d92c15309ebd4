"""What the operator sees: data on standard output, everything else on standard error."""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import track

out = Console(soft_wrap=True, highlight=False, emoji=False)
err = Console(stderr=True, soft_wrap=True, highlight=False, emoji=False)

T = TypeVar("T")


def safe(text: object) -> str:
    """Words that came from elsewhere: no markup of ours, no control of the terminal."""
    seen = "".join(
        " " if letter in "\n\t" else letter
        for letter in str(text)
        if letter in "\n\t" or unicodedata.category(letter)[0] != "C"
    )
    return escape(seen)


def say(line: str) -> None:
    """A line of the answer; may hold markup."""
    out.print(line)


def note(line: str) -> None:
    """A remark beside the answer."""
    err.print(line)


def print_json(value: Mapping[str, Any]) -> None:
    out.print(json.dumps(value, indent=2, ensure_ascii=False), markup=False, emoji=False)


def working(doing: str) -> AbstractContextManager[object]:
    """A sign of life on standard error."""
    return err.status(doing)


def progress(things: Iterable[T], doing: str, *, total: int) -> Iterable[T]:
    """The same things, with a bar on standard error while they are used up."""
    return track(
        things,
        description=doing,
        total=total,
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )
