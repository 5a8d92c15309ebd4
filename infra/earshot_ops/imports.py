"""CSV files of the CRM, read into models: every row is accepted or has its reason.

Pure: the same bytes give the same answer, and nothing is written here.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from pydantic import ValidationError

from earshot.domain.models import Model
from earshot_ops.errors import OperationError
from earshot_ops.import_columns import (
    TABLES,
    Column,
    ImportKind,
    Table,
    Values,
    column_of,
)

_DELIMITERS = ",;\t"


class ImportFileError(OperationError):
    """The file as a whole cannot be read; nothing of it is imported."""


@dataclass(frozen=True)
class RowProblem:
    """Why the row that begins in this line was not accepted."""

    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.reason}"


@dataclass(frozen=True)
class Reading:
    """``unused`` are headers of columns that an import of this kind does not read."""

    accepted: tuple[Model, ...]
    problems: tuple[RowProblem, ...]
    unused: tuple[str, ...]

    @property
    def rejected(self) -> int:
        return len({problem.line for problem in self.problems})


@dataclass(frozen=True)
class _Row:
    line: int
    cells: Sequence[str]


@dataclass(frozen=True)
class _Sheet:
    """A table and the positions of its columns in one file."""

    table: Table
    columns: Mapping[int, Column]
    width: int

    def identity(self, made: Model) -> object:
        return getattr(made, self.table.identity)

    def read(self, row: _Row) -> Model | list[RowProblem]:
        if len(row.cells) != self.width:
            counted = f"has {len(row.cells)} cells, and the header has {self.width}"
            return [RowProblem(row.line, "row", counted)]
        values: Values = {}
        problems: list[RowProblem] = []
        for at, column in self.columns.items():
            try:
                values |= _value(column, row.cells[at].strip())
            except ValueError as error:
                problems.append(RowProblem(row.line, column.field, str(error)))
        return problems or self._finish(values, row.line)

    def _finish(self, values: Values, line: int) -> Model | list[RowProblem]:
        try:
            return self.table.model.model_validate(self.table.finish(values))
        except ValidationError as error:
            return [
                RowProblem(line, str(found["loc"][-1]), found["msg"]) for found in error.errors()
            ]
        except ValueError as error:
            return [RowProblem(line, self.table.identity, str(error))]


def read(kind: ImportKind, content: bytes) -> Reading:
    """``ImportFileError`` when there is no table in it."""
    rows = _rows(_decode(content))
    if (header := next(rows, None)) is None:
        raise ImportFileError("the file is empty")
    sheet = _sheet(TABLES[kind], header.cells)
    lines: dict[object, int] = {}
    accepted: list[Model] = []
    problems: list[RowProblem] = []
    for row in rows:
        made = sheet.read(row)
        if isinstance(made, Model):
            made = _unless_repeated(made, sheet, lines=lines, line=row.line)
        if isinstance(made, Model):
            accepted.append(made)
        else:
            problems += made
    if not accepted and not problems:
        raise ImportFileError("the file has a header and no rows")
    unread = tuple(
        cell.strip()
        for at, cell in enumerate(header.cells)
        if cell.strip() and at not in sheet.columns
    )
    return Reading(tuple(accepted), tuple(problems), unread)


def _unless_repeated(
    made: Model, sheet: _Sheet, *, lines: dict[object, int], line: int
) -> Model | list[RowProblem]:
    """``lines`` remembers in which line each identity was accepted."""
    identity = sheet.identity(made)
    if first := lines.get(identity):
        reason = f"{identity!r} is in line {first} already"
        return [RowProblem(line, sheet.table.identity, reason)]
    lines[identity] = line
    return made


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ImportFileError(
            f"the file is not UTF-8 (byte 0x{content[error.start]:02x} in line {line}); save it as "
            "'CSV UTF-8' in the spreadsheet, or convert it with iconv"
        ) from error


def _rows(text: str) -> Iterator[_Row]:
    """Rows that are not blank, with the line that each begins in."""
    header = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise ImportFileError(f"the row in line {line} is no CSV: {error}") from error
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield _Row(line, cells)
        line = reader.line_num + 1


def _sheet(table: Table, header: Sequence[str]) -> _Sheet:
    """Refuses what is missing or there twice: either would import wrong values."""
    found = {at: column for at, cell in enumerate(header) if (column := column_of(table, cell))}
    fields = [column.field for column in found.values()]
    if twice := sorted({field for field in fields if fields.count(field) > 1}):
        raise ImportFileError(f"two columns mean {', '.join(twice)}; remove or rename one of them")
    required = [column.field for column in table.columns if column.required]
    if missing := [field for field in required if field not in fields]:
        known = ", ".join(column.field for column in table.columns)
        raise ImportFileError(f"the header has no {', '.join(missing)}; known columns are {known}")
    return _Sheet(table, found, len(header))


def _value(column: Column, cell: str) -> Values:
    if cell:
        return {column.field: column.read(cell)}
    if column.required:
        raise ValueError("is empty")
    return {}
