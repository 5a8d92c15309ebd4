"""CSV as records, one at a time. What breaks in one record harms no other.

Quoting is that of RFC 4180: https://www.rfc-editor.org/rfc/rfc4180
"""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_DELIMITERS = ",;\t|"
_SEPARATOR = re.compile(r"sep=([,;|\t])\s*", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')
_MOST_LINES = 500
_MOST_LETTERS = 100_000
NEVER_CLOSED = "a quotation mark is never closed"


@dataclass(frozen=True, slots=True)
class Record:
    """``flaw`` says why ``cells`` cannot be what was meant."""

    line: int
    cells: Sequence[str]
    flaw: str = ""

    @property
    def is_blank(self) -> bool:
        return not self.flaw and not any(cell.strip() for cell in self.cells)


def delimiter_of(line: str) -> str:
    """The one that the line has most of outside quotation marks."""
    bare = _QUOTED.sub("", line)
    return max(_DELIMITERS, key=bare.count)


def records(lines: Iterable[str]) -> Iterator[Record]:
    """Records that are not blank, with the line that each begins in; ``sep=;`` in the first line
    is Excel's way of naming the delimiter, and no record."""
    reader = _Reader(iter(lines))
    while (record := reader.next()) is not None:
        if not record.is_blank:
            yield record


class _Reader:
    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._ahead: deque[str] = deque()
        self._line = 0
        self._delimiter = ""
        self._width = 0

    def next(self) -> Record | None:
        """A record over several lines that has not the cells of the header was torn by a stray
        quotation mark: its first line is refused alone."""
        if (first := self._take()) is None:
            return None
        if not self._delimiter:
            if named := _SEPARATOR.fullmatch(first):
                self._delimiter = named[1]
                return self.next()
            self._delimiter = delimiter_of(first)
        at = self._line
        record, more = self._read(first)
        if more and (record.flaw or (self._width and len(record.cells) != self._width)):
            self._give_back(more)
            record = Record(at, (), NEVER_CLOSED)
        if not record.is_blank and not record.flaw:
            self._width = self._width or len(record.cells)
        return record

    def _take(self) -> str | None:
        line = self._ahead.popleft() if self._ahead else next(self._lines, None)
        self._line += line is not None
        return line

    def _give_back(self, lines: list[str]) -> None:
        self._ahead.extendleft(reversed(lines))
        self._line -= len(lines)

    def _read(self, first: str) -> tuple[Record, list[str]]:
        """The record that begins with ``first``, and the further lines that it took."""
        at, text, more = self._line, first, list[str]()
        while True:
            is_open = text.count('"') % 2 == 1
            cells, flaw = self._parse(text)
            if not flaw or not is_open:
                return Record(at, cells, flaw), more
            line = self._until_closed(more, len(text))
            if line is None:
                return Record(at, (), NEVER_CLOSED), more
            text += line

    def _until_closed(self, more: list[str], length: int) -> str | None:
        """Lines up to one that closes what is open, noted in ``more`` too; ``None`` if none does
        within reason."""
        taken: list[str] = []
        while len(more) < _MOST_LINES and length < _MOST_LETTERS:
            if (line := self._take()) is None:
                return None
            taken.append(line)
            more.append(line)
            length += len(line)
            if line.count('"') % 2:
                return "".join(taken)
        return None

    def _parse(self, text: str) -> tuple[list[str], str]:
        reader = csv.reader([text], delimiter=self._delimiter, strict=True)
        try:
            cells = next(reader, [])
        except csv.Error as error:
            return [], f"is no CSV: {error}"
        return cells, ""
