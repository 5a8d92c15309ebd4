"""Down through the pages of a search that answers with the newest first, and nothing twice.

The cursor remembers the newest posts seen, so that pages without news are told from others, and,
while pages are left to fetch, where to go on.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

from earshot.sources.fetch import FetchError
from earshot.sources.polling import cursor_of, cursor_with, validators
from earshot.sources.surface import FetchedPage, PolledPage, Polling

REMEMBERED = 100
LOOK_BACK = timedelta(days=7)
"""How far a first poll asks to look back."""

_DEPTH = 10
"""Pages of one way down; what lies deeper is let go."""

_LONGEST_WAIT = 7 * 86_400
_GONE = frozenset((400, 403, 404, 410))
_VALIDATORS = ("etag", "last_modified")


class Entry(NamedTuple):
    """A post of an answer: told from others by its name, from other states of it by its seconds."""

    name: str
    at: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One page of a search, the newest entry first; ``following`` is what its next page is asked
    for with."""

    page: FetchedPage
    entries: list[Entry]
    following: str | None
    headers: dict[str, str] = field(default_factory=dict)
    wait_seconds: int = 0


Ask = Callable[[str, int], Answer | None]
"""Of which page (empty for the first), and since when in seconds; ``None`` for one that did not
change."""


def walk(asked: Polling, ask: Ask, **beside: str) -> Iterator[PolledPage]:
    """Pages with news, down to what is known. A walk that was broken off goes on where it was, then
    begins again at the top. ``beside`` is what else the cursor is to hold."""
    way = _Way.of(cursor_of(asked.connection))
    since = max(way.known.values(), default=int((asked.now - LOOK_BACK).timestamp()))
    if way.token:
        yield from _down(way, asked, _resuming(ask, way.token, since), beside=beside)
    yield from _down(way, asked, lambda token: ask(token, since), beside=beside)


def _down(
    way: "_Way",
    asked: Polling,
    ask: Callable[[str], Answer | None],
    *,
    beside: Mapping[str, str],
) -> Iterator[PolledPage]:
    while answer := ask(way.token):
        if way.take(answer):
            yield PolledPage(
                headers={**answer.page.headers, **answer.headers},
                body=answer.page.body,
                cursor=cursor_with(asked.connection, **beside, **way.cursor()),
                wait_seconds=bounded(answer.wait_seconds),
            )
        elif answer.wait_seconds > 0:
            raise FetchError("asked_to_wait", wait_seconds=bounded(answer.wait_seconds))
        if not way.token:
            return
    way.end()


def bounded(seconds: int) -> int:
    """No longer than a week, whatever a server asks for."""
    return max(0, min(seconds, _LONGEST_WAIT))


def _resuming(ask: Ask, place: str, since: int) -> Callable[[str], Answer | None]:
    """The place to go on from may be gone; then the walk that it is of is over."""

    def asks(token: str) -> Answer | None:
        try:
            return ask(token, since)
        except FetchError as error:
            if token != place or error.status not in _GONE:
                raise
            return None

    return asks


@dataclass(slots=True)
class _Way:
    """Down from the newest entry: ``known`` is from the ways before, ``found`` from this one."""

    known: dict[str, int]
    found: dict[str, int]
    token: str
    depth: int
    validators: dict[str, str]

    @classmethod
    def of(cls, cursor: Mapping[str, str]) -> "_Way":
        return cls(
            known=_read(cursor.get("known", "")),
            found=_read(cursor.get("found", "")),
            token=cursor.get("next", ""),
            depth=int(cursor.get("depth", "0")),
            validators={name: cursor[name] for name in _VALIDATORS if name in cursor},
        )

    def take(self, answer: Answer) -> bool:
        """Whether there is news in the page. Moves on, or ends where what is known begins."""
        if not self.token:
            self.validators = validators(answer.page)
        floor = min(self.known.values(), default=0)
        news = [one for one in answer.entries if one.at >= floor and not self._knows(one)]
        self.found = _newest({**self.found, **dict(news)})
        self.depth += 1
        follows = answer.following if answer.following != self.token else None
        self.token = follows or ""
        if not news or len(news) < len(answer.entries) or self.depth >= _DEPTH or not follows:
            self.end()
        return bool(news)

    def end(self) -> None:
        self.known = _newest({**self.known, **self.found})
        self.found, self.token, self.depth = {}, "", 0

    def cursor(self) -> dict[str, str]:
        left = {"next": self.token, "found": _written(self.found), "depth": str(self.depth)}
        known = {"known": _written(self.known), **self.validators}
        return {**known, **left} if self.token else known

    def _knows(self, entry: Entry) -> bool:
        return self.known.get(entry.name) == entry.at


def known_of(cursor: Mapping[str, str]) -> dict[str, int]:
    """The newest posts seen, with their seconds."""
    return _read(cursor.get("known", ""))


def _newest(entries: Mapping[str, int]) -> dict[str, int]:
    found = sorted(entries.items(), key=lambda one: (one[1], one[0]), reverse=True)
    return dict(found[:REMEMBERED])


def _written(entries: Mapping[str, int]) -> str:
    return " ".join(f"{name}@{at}" for name, at in entries.items())


def _read(written: str) -> dict[str, int]:
    parts = (part.rpartition("@") for part in written.split())
    return {name: int(at) for name, _, at in parts}
