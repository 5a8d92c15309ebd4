"""What a column of an import is: its names, and how its cells are read."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from earshot.domain.values import Model
from earshot.imports import cells

Values = dict[str, object]


@dataclass(frozen=True)
class Column:
    """``field`` is the model's and the column's own name; ``also`` are other names of it, the
    better before the worse. ``gathers``: several columns of the file may fill it together."""

    field: str
    read: Callable[[str], object] = cells.text
    also: tuple[str, ...] = ()
    required: bool = False
    gathers: bool = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(normal_name, (self.field, *self.also))))


@dataclass(frozen=True)
class Table:
    """``finish`` turns the values of one row into the fields of the model, or raises ``ValueError``
    about the column ``identity``."""

    model: type[Model]
    identity: str
    columns: tuple[Column, ...]
    finish: Callable[[Values], Values] = dict


class ImportKind(StrEnum):
    ACCOUNTS = "accounts"
    CONTACTS = "contacts"
    SELLERS = "sellers"
    WATCHLIST = "watchlist"


def normal_name(header: str) -> str:
    """``Number of Employees``, ``NumberOfEmployees`` and ``number_of_employees`` are one."""
    return "".join(letter for letter in header.casefold() if letter.isalnum())
