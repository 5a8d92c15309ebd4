"""A file of the CRM as rows: every row is made into a model or has its reason.

Pure but for the file itself: the same bytes give the same answer, one row at a time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO

from pydantic import ValidationError

from earshot.domain.values import Model
from earshot.imports import cells
from earshot.imports.columns import Column, ImportKind, Table, Values, normal_name
from earshot.imports.encodings import lines_of
from earshot.imports.errors import ImportFileError
from earshot.imports.figures import Noted
from earshot.imports.records import Record, records
from earshot.imports.tables import TABLES

_LINES_BEFORE_THE_HEADER = 15


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why the row that begins in this line was not accepted."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Row:
    """``made`` is None for a row that has ``problems``; ``given_id`` is the id that it names, even
    then. ``notes`` are (column, remark)."""

    line: int
    made: Model | None
    problems: tuple[RowProblem, ...] = ()
    notes: tuple[tuple[str, str], ...] = ()
    given_id: str = ""


@dataclass(frozen=True)
class Sheet:
    """A table of the file. ``unused`` are headers of columns that are not read; ``header_of`` names
    for each field the headers that fill it."""

    table: Table
    columns: Mapping[int, Column]
    header: Sequence[str]
    records: Iterator[Record]

    @property
    def unused(self) -> tuple[str, ...]:
        return tuple(
            cell.strip()
            for at, cell in enumerate(self.header)
            if cell.strip() and at not in self.columns
        )

    @property
    def header_of(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for at, column in self.columns.items():
            found.setdefault(column.field, []).append(self.header[at].strip())
        return found

    @property
    def covers(self) -> frozenset[str]:
        """The fields that the file speaks of."""
        return frozenset(column.field for column in self.columns.values())

    def rows(self) -> Iterator[Row]:
        """Once."""
        for record in self.records:
            yield self._row(record)

    def _row(self, record: Record) -> Row:
        flaw = record.flaw or _flaw(record.cells, len(self.header))
        if flaw:
            return Row(record.line, None, (RowProblem(record.line, "row", flaw),))
        values: Values = {}
        problems: list[RowProblem] = []
        notes: list[tuple[str, str]] = []
        for at, column in self.columns.items():
            try:
                _take(column, cells.content(record.cells[at]), values=values, notes=notes)
            except ValueError as error:
                problems.append(RowProblem(record.line, column.field, str(error)))
        problems += self._missing(values, problems, record.line)
        given = str(values.get(self.table.identity, ""))
        made = problems or self._finish(values, record.line)
        if isinstance(made, list):
            return Row(record.line, None, tuple(made), given_id=given)
        return Row(record.line, made, notes=tuple(notes), given_id=given)

    def _missing(
        self, values: Values, problems: Sequence[RowProblem], line: int
    ) -> Iterator[RowProblem]:
        told = {problem.column for problem in problems}
        for column in self.table.columns:
            if column.required and column.field not in {*values, *told}:
                yield RowProblem(line, column.field, "is empty")

    def _finish(self, values: Values, line: int) -> Model | list[RowProblem]:
        try:
            return self.table.model.model_validate(self.table.finish(values))
        except ValidationError as error:
            return [
                RowProblem(line, str(found["loc"][-1]), found["msg"]) for found in error.errors()
            ]
        except ValueError as error:
            return [RowProblem(line, self.table.identity, str(error))]


def open_sheet(kind: ImportKind, file: BinaryIO) -> Sheet:
    """``ImportFileError`` when there is no table in it. The header is the first row that names what
    is required: reports have titles above it."""
    table = TABLES[kind]
    found = records(lines_of(file))
    first = list(islice(found, _LINES_BEFORE_THE_HEADER))
    if not first:
        raise ImportFileError("the file is empty")
    at = next((n for n, one in enumerate(first) if not _lacking(table, one.cells)), 0)
    header = first[at].cells
    columns = _columns(table, header)
    if lacking := _lacking(table, header):
        known = ", ".join(column.field for column in table.columns)
        raise ImportFileError(f"the header has no {', '.join(lacking)}; known columns are {known}")
    rest = chain(first[at + 1 :], found)
    if (row := next(rest, None)) is None:
        raise ImportFileError("the file has a header and no rows")
    return Sheet(table, columns, header, chain((row,), rest))


def _lacking(table: Table, header: Sequence[str]) -> list[str]:
    names = {normal_name(cell) for cell in header}
    return [c.field for c in table.columns if c.required and not names & set(c.names)]


def _columns(table: Table, header: Sequence[str]) -> dict[int, Column]:
    """Of several headers for one field the best fills it, or all if it gathers."""
    names = [normal_name(cell) for cell in header]
    found: dict[int, Column] = {}
    taken: set[int] = set()
    for column in table.columns:
        places = [at for name in column.names for at, one in enumerate(names) if one == name]
        places = [at for at in places if at not in taken]
        if not column.gathers:
            _refuse_twins(column, [names[at] for at in places])
            places = places[:1]
        found |= dict.fromkeys(places, column)
        taken |= set(places)
    return dict(sorted(found.items()))


def _refuse_twins(column: Column, names: Sequence[str]) -> None:
    if names and names.count(names[0]) > 1:
        raise ImportFileError(f"two columns mean {column.field}; remove or rename one of them")


def _flaw(row: Sequence[str], width: int) -> str:
    if len(row) != width:
        return f"has {len(row)} cells, and the header has {width}"
    try:
        "".join(row).encode()
    except UnicodeEncodeError:
        return "holds bytes that are not UTF-8"
    return ""


def _take(column: Column, cell: str, *, values: Values, notes: list[tuple[str, str]]) -> None:
    """Adds to the values what the cell says."""
    if not cell:
        return
    value = column.read(cell)
    if isinstance(value, Noted):
        notes.append((column.field, value.note))
        value = value.value
    before = values.get(column.field)
    if isinstance(value, tuple) and isinstance(before, tuple):
        value = tuple(dict.fromkeys((*before, *value)))
    if value != ():
        values[column.field] = value
