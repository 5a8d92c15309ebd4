"""What people write into cells of a spreadsheet, read or refused with a plain reason.

Every function takes a trimmed cell that is not empty; ``ValueError`` carries the reason.
"""

import re
import unicodedata
from datetime import time

from earshot.domain import heartbeat
from earshot.domain.topics import parse
from earshot.domain.zones import check_zone
from earshot.imports import hosts

_SELLER_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_EMAIL = re.compile(r"[!-~]{1,64}(?<!@)@[A-Za-z0-9.-]+\.[A-Za-z0-9-]+")
_LIST = re.compile(r"[;|\n]")
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?(?::00)?")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EVERY_DAY = {"all", "every day", "daily"}
_TRUE = {"yes", "y", "true", "1", "x"}
_FALSE = {"no", "n", "false", "0"}
_LONGEST_ID = 200
_LONGEST_CELL = 2_000
_LONGEST_PROSE = 20_000
MOST_DEPUTIES = 20

# What spreadsheets and CRMs write for nothing. "NA" is a place: North America, Namibia.
# fmt: off
_NOTHING = frozenset((
    "", "-", "--", "---", "\u2013", "\u2014", "?", ".", "n/a", "n.a.", "#n/a", "#na", "#ref!",
    "#value!", "#name?", "#div/0!", "#null!", "#num!", "null", "(null)", "<null>", "nil", "none",
    "(none)", "(blank)", "(empty)", "nan", "undefined", "unknown", "not available", "tbd", "\\n",
))
# fmt: on
# A cell of ours that a spreadsheet would have run as a formula has an apostrophe before it.
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")


def content(cell: str) -> str:
    """The cell without blanks around it; empty when it says nothing (``n/a``, ``-``, ``#N/A``)."""
    found = cell.strip().strip("\u200b\ufeff").strip()
    if found.casefold() in _NOTHING:
        return ""
    return found[1:] if found[0] == "'" and _NEUTRALISED.match(found) else found


def text(cell: str) -> str:
    return _checked(cell, _LONGEST_CELL)


def prose(cell: str) -> str:
    """A text of several sentences."""
    return _checked(cell, _LONGEST_PROSE)


def _checked(cell: str, longest: int) -> str:
    if len(cell) > longest:
        raise ValueError(f"is longer than {longest:,} characters")
    if not cell.isprintable() and any(map(_is_control, cell)):
        raise ValueError("holds a control character")
    return cell


def _is_control(letter: str) -> bool:
    return letter not in "\r\n\t" and unicodedata.category(letter) in {"Cc", "Cs"}


def neutralised(cell: str) -> str:
    """For a file that a spreadsheet may open: no formula. ``content`` takes it back.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


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
    if heartbeat.is_reader(found):
        raise ValueError(f"{cell!r} is the name of something of Earshot's own")
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


def people(cell: str) -> tuple[str, ...]:
    """Sellers by id, name or address."""
    found = items(cell)
    if len(found) > MOST_DEPUTIES:
        raise ValueError(f"names more than {MOST_DEPUTIES} people")
    return found


def query(cell: str) -> str:
    """A topic's condition, which says what is wrong with it and where."""
    parse(text(cell))
    return text(cell)


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
    return tuple(dict.fromkeys(hosts.host(item) for item in items(cell)))


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
