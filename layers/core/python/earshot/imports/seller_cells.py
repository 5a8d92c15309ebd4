"""What only the file of sellers holds: days off, a budget, what somebody sells."""

import re
from datetime import date, timedelta

from earshot.domain.business import EntryKind, Holiday
from earshot.imports import cells

MOST_HOLIDAYS = 100
LONGEST_HOLIDAY = timedelta(days=3 * 366)
MOST_INTERRUPTIONS = 100

_DATE = r"(\d{4}-\d{2}-\d{2})"
_SPAN = re.compile(rf"{_DATE}(?:\s*(?:\.\.|/|\s-\s|\u2013)\s*{_DATE})?", re.ASCII)
_SHORT_NUMBER = re.compile(r"[0-9]{1,3}")


def holidays(cell: str) -> tuple[Holiday, ...]:
    """``2026-12-24; 2026-12-27..2027-01-02``, the last day included; in their order."""
    spans = {_holiday(item) for item in cells.items(cell)}
    if len(spans) > MOST_HOLIDAYS:
        raise ValueError(f"names more than {MOST_HOLIDAYS} holidays")
    return tuple(sorted(spans, key=lambda one: (one.first, one.last)))


def _holiday(item: str) -> Holiday:
    found = _SPAN.fullmatch(item)
    if not found:
        raise ValueError(f"{item!r} is no holiday, such as 2026-12-24 or 2026-12-27..2027-01-02")
    first, last = _date(found[1]), _date(found[2] or found[1])
    if last < first:
        raise ValueError(f"{item!r} ends before it begins")
    if last - first > LONGEST_HOLIDAY:
        raise ValueError(f"{item!r} is longer than three years")
    return Holiday(first=first, last=last)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is no day of the calendar") from error


def budget(cell: str) -> int:
    if not _SHORT_NUMBER.fullmatch(cell) or int(cell) > MOST_INTERRUPTIONS:
        raise ValueError(f"{cell!r} is no budget: a number from 0 to {MOST_INTERRUPTIONS}")
    return int(cell)


def brands(cell: str) -> tuple[str, ...]:
    """Entries of own brands; the kind may be left out."""
    return tuple(dict.fromkeys(map(_brand, cells.items(cell))))


def _brand(item: str) -> str:
    kind, colon, identity = item.rpartition(":")
    if colon and kind != EntryKind.BRAND:
        raise ValueError(f"{item!r} is no product of ours, such as brand:fernwave")
    return f"{EntryKind.BRAND}:{cells.identifier(identity.strip())}"
