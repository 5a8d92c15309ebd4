"""What people write into cells of a spreadsheet, read or refused with a plain reason.

Every function takes a trimmed cell that is not empty; ``ValueError`` carries the reason.
"""

import re
import unicodedata
from datetime import time
from urllib.parse import urlsplit

from earshot.domain.zones import check_zone

_SELLER_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_EMAIL = re.compile(r"[!-~]{1,64}(?<!@)@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+")
_LIST = re.compile(r"[;|\n]")
_NUMBER = re.compile(
    r"[$€£]?\s?(?:[0-9]{1,15}|[0-9]{1,3}(?:([ ,.'\u2019\u00a0\u202f])[0-9]{3})(?:\1[0-9]{3}){0,3})"
    r"(?P<cents>[.,]00?)?"
)
_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?(?::00)?")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EVERY_DAY = {"all", "every day", "daily"}
_TRUE = {"yes", "y", "true", "1", "x"}
_FALSE = {"no", "n", "false", "0"}
_LONGEST_ID = 200
_LONGEST_CELL = 2_000


def text(cell: str) -> str:
    if len(cell) > _LONGEST_CELL:
        raise ValueError(f"is longer than {_LONGEST_CELL:,} characters")
    if any(unicodedata.category(letter) == "Cc" for letter in cell if letter not in "\r\n\t"):
        raise ValueError("holds a control character")
    return cell


def identifier(cell: str) -> str:
    """What may become a part of a key."""
    if not cell.isprintable():
        raise ValueError("holds a character that cannot be printed")
    if len(cell.encode()) > _LONGEST_ID:
        raise ValueError(f"is longer than {_LONGEST_ID} bytes")
    return cell


def seller_id(cell: str) -> str:
    found = cell.casefold()
    if not _SELLER_ID.fullmatch(found):
        raise ValueError(f"{cell!r} is no seller id: letters a-z, digits, - and _, 63 at most")
    return found


def email(cell: str) -> str:
    if not _EMAIL.fullmatch(cell):
        raise ValueError("is no e-mail address")
    return cell


def zone(cell: str) -> str:
    return check_zone(cell)


def items(cell: str) -> tuple[str, ...]:
    """Separated by ``;``, ``|`` or line breaks, each once."""
    parts = (part.strip() for part in _LIST.split(text(cell)))
    return tuple(dict.fromkeys(part for part in parts if part))


def seller_ids(cell: str) -> tuple[str, ...]:
    return tuple(seller_id(item) for item in items(cell))


def entry_ids(cell: str) -> tuple[str, ...]:
    found = items(cell)
    if wrong := next((item for item in found if ":" not in item), None):
        raise ValueError(f"{wrong!r} is no watchlist entry, such as competitor:rivalcrm")
    return found


def handles(cell: str) -> tuple[str, ...]:
    """``@octocat`` or ``github:octocat``."""
    return tuple(item.removeprefix("@").replace(":@", ":") for item in items(cell))


def domains(cell: str) -> tuple[str, ...]:
    """Host names, also out of web addresses; ``www.`` is dropped."""
    return tuple(dict.fromkeys(_domain(item) for item in items(cell)))


def _domain(item: str) -> str:
    try:
        host = urlsplit(item if "//" in item else f"//{item}").hostname or ""
        host = host.removeprefix("www.").rstrip(".").encode("idna").decode()
    except ValueError:
        host = ""
    if not _HOST.fullmatch(host):
        raise ValueError(f"{item!r} is no domain, such as acme.example")
    return host


def whole_number(cell: str) -> int:
    """Digits, also in groups of three (``1,200``, ``1.200``, ``1 200``), with a currency sign or
    without, and with no cents but ``.00``."""
    found = _NUMBER.fullmatch(cell)
    if found is None:
        raise ValueError(f"{cell!r} is no whole number")
    return int(re.sub(r"\D", "", cell.removesuffix(found["cents"] or "")))


def clock(cell: str) -> time:
    found = _CLOCK.fullmatch(cell)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    if hour > 23 or minute > 59:
        raise ValueError(f"{cell!r} is no time of day, such as 08:30")
    return time(hour, minute)


def days(cell: str) -> tuple[int, ...]:
    """ISO weekdays, Monday 1 to Sunday 7, from ``mon-fri``, ``1-5``, ``sat;sun`` or ``all``."""
    if cell.casefold() in _EVERY_DAY:
        return tuple(range(1, 8))
    found: set[int] = set()
    for part in re.split(r"[;|,\s]+", re.sub(r"\s*[-\u2013]\s*", "-", cell)):
        first, dash, last = part.partition("-")
        start, end = _day(first, cell), _day(last if dash else first, cell)
        span = (end - start) % 7
        found |= {(start - 1 + step) % 7 + 1 for step in range(span + 1)}
    return tuple(sorted(found))


def _day(word: str, cell: str) -> int:
    if word.isascii() and word.isdigit() and 1 <= int(word) <= 7:
        return int(word)
    short = word.casefold()[:3]
    if short not in _DAYS or not word.isalpha():
        raise ValueError(f"{cell!r} names no days, such as mon-fri")
    return _DAYS.index(short) + 1


def yes_or_no(cell: str) -> bool:
    if cell.casefold() in _TRUE | _FALSE:
        return cell.casefold() in _TRUE
    raise ValueError(f"{cell!r} is neither yes nor no")
