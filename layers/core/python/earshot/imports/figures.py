"""Numbers as people and spreadsheets of many countries write them.

Every function takes a trimmed cell that is not empty; ``ValueError`` carries the reason.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

_SCALES = {
    "": 1,
    "k": 10**3,
    "t": 10**3,
    "tsd": 10**3,
    "thousand": 10**3,
    "tausend": 10**3,
    "m": 10**6,
    "mm": 10**6,
    "mn": 10**6,
    "mio": 10**6,
    "mil": 10**6,
    "million": 10**6,
    "millions": 10**6,
    "millionen": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "mrd": 10**9,
    "md": 10**9,
    "billion": 10**9,
    "billions": 10**9,
    "milliarde": 10**9,
    "milliarden": 10**9,
}
_CURRENCY = re.compile(r"[$€£¥₹]|\b(?:usd|eur|gbp|chf|jpy|sek|nok|dkk|cad|aud|us|a|c)(?=\W|\d|$)")
_ABOUT = re.compile(r"^(?:[~≈<>≥≤]=?|ca\.?|approx\.?|about|over|more than|up to|circa)\s*")
_FIGURE = re.compile(r"([0-9][0-9 .,'\u2019\u00a0\u202f]*)(e\+?[0-9]{1,2})?\s*([a-z]*)\.?")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([ ,.'\u2019\u00a0\u202f])[0-9]{3})(?:\1[0-9]{3})*")
_PARTS = re.compile(
    r"([0-9]{1,3}(?:([ ,.'\u2019\u00a0\u202f])[0-9]{3})(?:\2[0-9]{3})*|[0-9]+)(?:[.,]([0-9]+))?"
)
_RANGE = re.compile(r"\s*(?:-|\u2013|\u2014|\bto\b|\bbis\b)\s*")
_PEOPLE = re.compile(r"\s*(?:employees|people|staff|ppl|fte|mitarbeiter)\.?$")
_LARGEST = 10**15


@dataclass(frozen=True, slots=True)
class Noted:
    """A value that was read with a remark for whoever sent the file."""

    value: object
    note: str


def whole_number(cell: str) -> int:
    """Digits, also in groups of three (``1,200``, ``1.200``, ``1 200``), with cents or without."""
    number = _figure(cell.casefold(), cell)
    return int(number.to_integral_value())


def amount(cell: str) -> int | Noted:
    """Money: ``1.234.567,89``, ``$2.5M``, ``EUR 3 Mio``, ``1.2E+07``; of a range, the lower end."""
    return _lower_end(_CURRENCY.sub(" ", cell.casefold()).strip(), cell)


def headcount(cell: str) -> int | Noted:
    """People: ``1,200``, ``500+``, ``10k``; of a range (``51-200``) the lower end."""
    return _lower_end(_PEOPLE.sub("", cell.casefold()), cell)


def _lower_end(plain: str, cell: str) -> int | Noted:
    stripped = _ABOUT.sub("", plain).removesuffix("+").strip()
    ends = _RANGE.split(stripped)
    if len(ends) > 2:
        raise _no_number(cell)
    low = _figure(ends[0], cell)
    if len(ends) == 2:
        high = _figure(ends[1], cell)
        low = _with_scale_of(ends[1], low, ends[0]) if low < high else low
        if low > high:
            raise _no_number(cell)
    number = int(low.to_integral_value())
    if len(ends) == 2:
        return Noted(number, "a range became its lower end")
    return Noted(number, "about became exactly") if stripped != plain else number


def _with_scale_of(high: str, low: Decimal, text: str) -> Decimal:
    """``1-5M`` begins at one million."""
    scale = _scale(high)
    return low * scale if _scale(text) == 1 else low


def _scale(text: str) -> int:
    found = _FIGURE.fullmatch(text)
    return _SCALES.get(found[3], 1) if found else 1


def _figure(text: str, cell: str) -> Decimal:
    found = _FIGURE.fullmatch(text)
    if found is None or (not text.isascii() and not _is_spaced(text)) or found[3] not in _SCALES:
        raise _no_number(cell)
    scale = _SCALES[found[3]]
    number = _plain(found[1].strip(), cell, scaled=scale > 1) * scale
    if found[2]:
        number *= Decimal(10) ** int(found[2].lstrip("e+"))
    if number > _LARGEST:
        raise _no_number(cell)
    return number


def _is_spaced(text: str) -> bool:
    """Not ASCII only because of what separates the groups."""
    return re.sub("[\u2019\u00a0\u202f]", "", text).isascii()


def _plain(text: str, cell: str, *, scaled: bool) -> Decimal:
    """One separator before exactly three digits groups (``1.200``); anything else is decimal, and
    so is ``1.234 M``."""
    grouped = _GROUPED.fullmatch(text)
    if grouped and not (scaled and text.count(grouped[1]) == 1):
        return Decimal(text.replace(grouped[1], ""))
    if scaled and re.fullmatch(r"[0-9]+[.,][0-9]+", text):
        return Decimal(text.replace(",", "."))
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise _no_number(cell)
    whole = parts[1].replace(parts[2], "") if parts[2] else parts[1]
    return Decimal(f"{whole}.{parts[3] or 0}")


def _no_number(cell: str) -> ValueError:
    return ValueError(f"{cell!r} is no whole number")
