"""One line of the table that `make eval` prints."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    file: str
    measure: str
    value: float
    goal: float | None
    detail: tuple[str, ...] = ()
