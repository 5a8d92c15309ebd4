"""What an import did, or would do."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from earshot.imports.reading import RowProblem

MOST_LISTED = 1_000

T = TypeVar("T")


@dataclass
class Listed(Generic[T]):
    """The first of many, and how many there are."""

    shown: list[T] = field(default_factory=list)
    count: int = 0

    def add(self, one: T) -> None:
        self.count += 1
        if len(self.shown) < MOST_LISTED:
            self.shown.append(one)

    def extend(self, many: Iterable[T]) -> None:
        for one in many:
            self.add(one)

    def __iter__(self) -> Iterator[T]:
        return iter(self.shown)


@dataclass
class Report:
    """``duplicates`` and ``doubts`` keep nothing out; ``vanished`` are ids of the last import of
    this kind that are in the file no more. They are kept."""

    kind: str
    columns: dict[str, list[str]] = field(default_factory=dict)
    unused_columns: tuple[str, ...] = ()
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    problems: Listed[RowProblem] = field(default_factory=Listed)
    notes: Counter[str] = field(default_factory=Counter)
    duplicates: Listed[str] = field(default_factory=Listed)
    doubts: Listed[str] = field(default_factory=Listed)
    vanished: Listed[str] = field(default_factory=Listed)
    changed_ids: Listed[str] = field(default_factory=Listed)
    written: int = 0

    @property
    def accepted(self) -> int:
        return self.new + self.changed + self.unchanged

    def for_journal(self, file: str) -> dict[str, Any]:
        """Ids only; ``file`` is what tells which file it was."""
        return {
            "kind": self.kind,
            "file": file,
            "ids": self.changed_ids.shown,
            "written": self.written,
            "rejected": self.rejected,
        }

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "columns": self.columns,
            "unused_columns": list(self.unused_columns),
            "accepted": self.accepted,
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "written": self.written,
            "rejected": self.rejected,
            "problems": [
                {"line": one.line, "column": one.column, "reason": one.reason}
                for one in self.problems
            ],
            "notes": dict(self.notes),
            "likely_duplicates": {"count": self.duplicates.count, "first": self.duplicates.shown},
            "warnings": {"count": self.doubts.count, "first": self.doubts.shown},
            "vanished": {"count": self.vanished.count, "first": self.vanished.shown},
        }
