"""From a file to the table: row by row, in batches, only what differs.

The same for the command line and for files that are dropped into the bucket. Memory holds ids,
never rows.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from earshot.aws.account_store import Told
from earshot.domain.values import Model
from earshot.imports.columns import ImportKind
from earshot.imports.reading import RowProblem, Sheet, open_sheet
from earshot.imports.report import Report
from earshot.imports.shelves import Shelf, Stores, shelf_for

AT_ONCE = 50
WORKERS = 4

Batch = list[tuple[str, Model]]


def import_file(
    kind: ImportKind,
    file: BinaryIO,
    stores: Stores,
    *,
    now: datetime,
    write: bool = True,
    on_rows: Callable[[int], object] = lambda _: None,
) -> Report:
    """What the import did; with ``write`` off, what it would do. ``on_rows`` hears how many rows
    are done. ``ImportFileError`` when the file holds no table. Safe to repeat: what is there
    already is not written again."""
    sheet = open_sheet(kind, file)
    report = Report(kind, columns=sheet.header_of, unused_columns=sheet.unused)
    shelf = shelf_for(kind, stores, sheet=sheet, now=now)
    lines: dict[str, int] = {}
    given: set[str] = set()
    rows = _accepted(sheet, shelf, report, lines=lines, given=given)
    for batch, outcomes in _told(rows, shelf, write=write):
        for (identity, _), outcome in zip(batch, outcomes, strict=True):
            _count(report, identity, outcome)
        on_rows(report.accepted + report.rejected)
    present = given | lines.keys()
    report.vanished.extend(sorted(stores.manifests.ids(kind) - present))
    if write:
        report.written = report.new + report.changed
        stores.manifests.save(kind, present)
    return report


def _accepted(
    sheet: Sheet, shelf: Shelf, report: Report, *, lines: dict[str, int], given: set[str]
) -> Iterator[tuple[str, Model]]:
    """Models under their ids, each id once. ``lines`` remembers in which line each id was accepted,
    ``given`` the ids of rows that were not."""
    for row in sheet.rows():
        report.notes.update(f"{column}: {note}" for column, note in row.notes)
        if row.made is None:
            _reject(report, row.problems)
            given.add(row.given_id)
            continue
        try:
            made = shelf.check(row.made, report)
        except ValueError as error:
            _reject(report, (RowProblem(row.line, sheet.table.identity, str(error)),))
            continue
        identity = str(getattr(made, sheet.table.identity))
        if first := lines.get(identity):
            said = f"{identity!r} is in line {first} already"
            _reject(report, (RowProblem(row.line, sheet.table.identity, said),))
            continue
        lines[identity] = row.line
        yield identity, made


def _reject(report: Report, problems: tuple[RowProblem, ...]) -> None:
    report.rejected += 1
    report.problems.extend(problems)


def _told(
    rows: Iterator[tuple[str, Model]], shelf: Shelf, *, write: bool
) -> Iterator[tuple[Batch, list[Told]]]:
    """Batches with what they did, in order; a few are on their way at a time, and no more."""
    waiting: deque[tuple[Batch, Future[list[Told]]]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        while batch := list(islice(rows, AT_ONCE)):
            models = [model for _, model in batch]
            waiting.append((batch, pool.submit(shelf.tell, models, write=write)))
            if len(waiting) > WORKERS:
                done, future = waiting.popleft()
                yield done, future.result()
        for done, future in waiting:
            yield done, future.result()


def _count(report: Report, identity: str, outcome: Told) -> None:
    if outcome is Told.UNCHANGED:
        report.unchanged += 1
        return
    if outcome is Told.NEW:
        report.new += 1
    else:
        report.changed += 1
    report.changed_ids.add(identity)
