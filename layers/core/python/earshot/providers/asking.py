"""Asking other people's servers as a guest: by name, one request at a time, with a pause for each
host, only what robots.txt permits, and not again for what has not changed."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from earshot.providers import robots
from earshot.providers.surface import DisallowedError, UnchangedError
from earshot.sources.fetch import FetchError
from earshot.sources.surface import Fetch, FetchedPage

AGENT = "Earshot"
SECONDS_APART = 1.0
_VALIDATORS = {"etag": "if-none-match", "last-modified": "if-modified-since"}
_LONGEST_VALIDATOR = 300


def named(contact: str) -> dict[str, str]:
    """Headers that say who asks, and where to complain (RFC 9110 section 10.1.2)."""
    who = {"user-agent": f"{AGENT}/1 (business data refresh)"}
    is_plain = contact.isascii() and contact.isprintable() and "@" in contact
    return {**who, "from": contact} if is_plain else who


@dataclass(slots=True)
class Guest:
    """One for a run: it remembers when each host was asked last."""

    fetch: Fetch
    headers: Mapping[str, str]
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _last: dict[str, float] = field(default_factory=dict)

    def get(self, url: str, headers: Mapping[str, str]) -> FetchedPage:
        """After the pause that is due to the host."""
        host = urlsplit(url).netloc
        if host in self._last:
            self.sleep(max(0.0, self._last[host] + SECONDS_APART - self.now()))
        try:
            return self.fetch(url, {**self.headers, **headers})
        finally:
            self._last[host] = self.now()


@dataclass(slots=True)
class Conversation:
    """One provider about one account; callable as ``surface.Ask``. ``known`` is an address and the
    headers that ask whether it has changed. ``url`` and ``validators`` are those of the first page
    that was given, for the next time."""

    guest: Guest
    headers: Mapping[str, str]
    obeys_robots: bool
    known: tuple[str, Mapping[str, str]] = ("", {})
    url: str = ""
    validators: dict[str, str] = field(default_factory=dict)

    def __call__(self, url: str) -> FetchedPage:
        if self.obeys_robots:
            self._check(url)
        address, validators = self.known
        page = self.guest.get(url, {**self.headers, **(validators if url == address else {})})
        if page.status == 304:
            raise UnchangedError
        if not self.url:
            self.url, self.validators = url, _validators(page)
        return page

    def _check(self, url: str) -> None:
        """A site without the file permits all; one whose file cannot be had, nothing now."""
        parts = urlsplit(url)
        try:
            page = self.guest.get(f"{parts.scheme}://{parts.netloc}/robots.txt", {})
        except FetchError as error:
            if error.status is not None and 400 <= error.status < 500 and error.status != 429:
                return
            raise
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if not robots.permits(page.body, path, agent=AGENT):
            raise DisallowedError


def _validators(page: FetchedPage) -> dict[str, str]:
    given = ((name, page.headers.get(told, "")) for told, name in _VALIDATORS.items())
    return {
        name: value
        for name, value in given
        if value and value.isascii() and value.isprintable() and len(value) <= _LONGEST_VALIDATOR
    }
