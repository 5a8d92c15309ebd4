"""The way through the items of Hacker News: upwards from the last one, then what changed before it.

``maxitem`` is the newest item and ``updates`` names some that changed of late, be it by an answer
or a vote; so the words of the last items are remembered and only changed ones fetched for good.
"""

import hashlib
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Any

from pydantic_core import to_json

from earshot.sources import polling
from earshot.sources.fetch import FetchError
from earshot.sources.payload import number_in, parts_in, text_in
from earshot.sources.surface import PolledPage, Polling

PAGE = 50
LONGEST_RUN = 200

_WORDS = ("title", "text", "url", "deleted", "dead")
_AT_ONCE = 4
_REMEMBERED = 300
_REFUSED = frozenset((401, 403, 404, 410))
_FAR = 1_000
"""Nobody takes back so many items: a number this much lower belongs to a new count."""


@dataclass(slots=True)
class _Place:
    """``at`` is the next item to ask for, ``missing`` were not yet there when they were asked for,
    ``seen`` is which words of which items are known, ``listed`` the last list of updates."""

    at: int
    missing: list[int]
    seen: dict[str, str]
    listed: str = ""

    def cursor(self) -> dict[str, str]:
        return {
            "next": str(self.at),
            "missing": " ".join(map(str, self.missing)),
            "seen": " ".join(f"{name}:{words}" for name, words in self.seen.items()),
            "listed": self.listed,
        }

    def remember(self, found: Iterable[Any]) -> None:
        for item in found:
            name = text_in(item, "id")
            self.seen.pop(name, None)
            self.seen[name] = _words_of(item)
        self.seen = dict(list(self.seen.items())[-_REMEMBERED:])


def poll(asked: Polling) -> Iterator[PolledPage]:
    """Items since the last one, then those before it whose words changed."""
    base = polling.base_of(asked.connection)
    newest = _number(asked, f"{base}/maxitem.json")
    place = _place(polling.cursor_of(asked.connection), newest)
    walked: set[int] = set()
    for found, gone_by in _upwards(asked, place, newest):
        walked |= gone_by
        yield _page(asked, place, found)
    yield from _changed(asked, place, walked)


def _place(cursor: dict[str, str], newest: int) -> _Place:
    at = int(cursor.get("next", "0"))
    if not at or newest + _FAR < at:
        return _Place(max(1, newest - PAGE + 1), [], {})
    return _Place(
        at=at,
        missing=[int(number) for number in cursor.get("missing", "").split()],
        seen=dict(part.split(":") for part in cursor.get("seen", "").split()),
        listed=cursor.get("listed", ""),
    )


def _upwards(
    asked: Polling, place: _Place, newest: int
) -> Iterator[tuple[list[Any], frozenset[int]]]:
    """An item that was missing is asked for once more, then let go. Only a page that is full of
    them is passed: else the last items may just not be there yet."""
    again, first = place.missing, place.at
    waiting = [*again, *range(first, min(newest, first + LONGEST_RUN - 1) + 1)]
    for start in range(0, len(waiting), PAGE):
        numbers = waiting[start : start + PAGE]
        found = _items(asked, numbers)
        if not found and len(numbers) < PAGE:
            return
        there = {number_in(item, "id") for item in found}
        lost = {number for number in numbers if number >= first and number not in there}
        place.missing = sorted({*place.missing, *lost} - set(again[: start + PAGE]))
        place.at = max(place.at, numbers[-1] + 1)
        place.remember(found)
        yield found, frozenset(numbers)


def _changed(asked: Polling, place: _Place, walked: set[int]) -> Iterator[PolledPage]:
    page, told = polling.get_json(asked, f"{polling.base_of(asked.connection)}/updates.json", {})
    told_of = (_as_number(part) for part in parts_in(told, "items"))
    numbers = [number for number in told_of if number and 0 < number < place.at]
    listed = hashlib.sha256(to_json(sorted(numbers))).hexdigest()[:16]
    if listed == place.listed:
        return
    place.listed = listed
    later = [number for number in dict.fromkeys(numbers) if number not in walked]
    found = [
        item
        for item in _items(asked, later[:PAGE])
        if place.seen.get(text_in(item, "id")) != _words_of(item)
    ]
    if found:
        place.remember(found)
        date = page.headers.get("date") or format_datetime(asked.now)
        yield _page(asked, place, found, date=date)


def _page(asked: Polling, place: _Place, found: list[Any], **headers: str) -> PolledPage:
    cursor = polling.cursor_with(asked.connection, **place.cursor())
    return PolledPage(headers=headers, body=to_json(found), cursor=cursor)


def _number(asked: Polling, url: str) -> int:
    number = _as_number(polling.get_json(asked, url, {})[1])
    if number is None or number < 0:
        raise FetchError("no_number")
    return number


def _as_number(value: Any) -> int | None:
    return number_in({"number": value}, "number")


def _items(asked: Polling, numbers: list[int]) -> list[Any]:
    """Those that are there, in this order."""
    with ThreadPoolExecutor(_AT_ONCE) as several:
        found = several.map(lambda number: _item(asked, number), numbers)
        return [item for item in found if isinstance(item, dict)]


def _item(asked: Polling, number: int) -> Any:
    try:
        url = f"{polling.base_of(asked.connection)}/item/{number}.json"
        return polling.get_json(asked, url, {})[1]
    except FetchError as error:
        if error.status not in _REFUSED:
            raise
        return None


def _words_of(item: Any) -> str:
    words = [item.get(name) for name in _WORDS]
    return hashlib.sha256(to_json(words)).hexdigest()[:8]
