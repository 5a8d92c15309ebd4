"""An import of many rows: its memory holds ids and never rows, and what is known costs no write."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BufferedReader, RawIOBase
from typing import Any

from earshot.aws.account_store import Told
from earshot.domain.facts import Statement
from earshot.imports.columns import ImportKind
from earshot.imports.importing import import_file
from earshot.imports.report import Report
from earshot.imports.shelves import Stores

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEADER = b"Account ID,Account Name,Website,Number of Employees,Annual Revenue,Description,Owner\n"
FEW, MANY = 5_000, 100_000
PROSE = b"We make, mend and lease machines for warehouses of every size. " * 5


class Export(RawIOBase):
    """A file of so many accounts that is nowhere as a whole. Every 1,000th row is broken."""

    def __init__(self, rows: int) -> None:
        self._rows = rows
        self.seek(0)

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        assert (offset, whence) == (0, 0)
        self._lines = self._written()
        self._rest = b""
        return 0

    def readinto(self, buffer: Any) -> int:
        while len(self._rest) < len(buffer) and (line := next(self._lines, b"")):
            self._rest += line
        taken, self._rest = self._rest[: len(buffer)], self._rest[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    def _written(self) -> Iterator[bytes]:
        yield HEADER
        for row in range(self._rows):
            staff = b"many" if row % 1_000 == 999 else b"%d" % (row % 500 + 1)
            yield b'%d,Company %d,company-%d.example,%s,"1,000","%s",nora\n' % (
                *(row, row, row),
                *(staff, PROSE),
            )


class Ledger:
    """Remembers the digest of what each account was told, and how often it was written."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}
        self.written = 0

    def put_facts(self, statements: list[Statement], *, write: bool) -> list[Told]:
        return [self._put(one) for one in statements]

    def _put(self, said: Statement) -> Told:
        before, after = self.known.get(said.account_id), hash(tuple(sorted(said.values.items())))
        if before == after:
            return Told.UNCHANGED
        self.known[said.account_id] = after
        self.written += 1
        return Told.NEW if before is None else Told.CHANGED

    def accounts(self) -> Iterator[Any]:
        return iter(())

    def all(self) -> Iterator[Any]:
        return iter(())

    def ids(self, kind: str) -> set[str]:
        return set()

    def save(self, kind: str, ids: set[str]) -> None: ...


def run(rows: int, ledger: Ledger) -> Report:
    stores = Stores(ledger, ledger, ledger)  # type: ignore[arg-type]
    return import_file(ImportKind.ACCOUNTS, BufferedReader(Export(rows)), stores, now=NOW)


def peak(rows: int) -> int:
    tracemalloc.start()
    try:
        run(rows, Ledger())
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_hundred_thousand_rows_are_imported_once() -> None:
    ledger = Ledger()
    first = run(MANY, ledger)
    assert (first.new, first.rejected) == (MANY - MANY // 1_000, MANY // 1_000)
    again = run(FEW, ledger)
    assert (again.new, again.changed, again.rejected) == (0, 0, FEW // 1_000)
    assert ledger.written == first.new


def test_memory_grows_with_the_ids_and_not_with_the_rows() -> None:
    per_row = (peak(FEW) - peak(FEW // 10)) / (FEW - FEW // 10)
    assert len(PROSE) > 300
    assert per_row < 1_000, f"{per_row:.0f} bytes a row"
