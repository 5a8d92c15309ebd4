"""Asking Stack Exchange for the questions that hold certain words, within its limits.

A day has 300 requests, or 10,000 with a key; ``backoff`` has to be obeyed and who asks on all the
same is shut out (https://api.stackexchange.com/docs/throttle). ``min`` is of what is sorted by.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from earshot.sources import polling, walking
from earshot.sources.fetch import FetchError
from earshot.sources.payload import number_in, parts_in
from earshot.sources.surface import FetchedPage, PolledPage, Polling

_QUERY = re.compile(r"\s*([a-z0-9][a-z0-9.-]{1,60}):(.*)", re.DOTALL)
_REST = 900


def poll(asked: Polling) -> Iterator[PolledPage]:
    """Questions whose activity is later than the last one seen. A query is ``site: words``, or
    words alone, which are looked for at Stack Overflow; without words it is every question."""
    key = polling.secret_of(asked)
    return walking.walk(asked, lambda token, since: _ask(asked, token or "1", since, key=key))


def _ask(asked: Polling, number: str, since: int, *, key: str | None) -> walking.Answer | None:
    site, words = _site_and_words(asked.connection.query or "")
    asked_for: dict[str, str | int | None] = {"site": site, "q": words, "min": since}
    asked_for |= {"order": "desc", "sort": "activity", "filter": "withbody"}
    asked_for |= {"pagesize": walking.REMEMBERED, "page": number}
    base = polling.base_of(asked.connection)
    path = "/search/advanced" if words else "/questions"
    first = polling.conditions(polling.cursor_of(asked.connection)) if number == "1" else {}
    page, told = _got(asked, polling.url_of(base, path, {**asked_for, "key": key}), first)
    if page.status == 304:
        return None
    if (error := number_in(told, "error_id")) is not None:
        raise FetchError(f"error_{error}", wait_seconds=_wait(told, asked.now))
    has_more = isinstance(told, dict) and told.get("has_more") is True
    return walking.Answer(
        page=page,
        entries=[*_entries(told)],
        following=str(int(number) + 1) if has_more else None,
        headers={"content-location": polling.url_of(base, path, asked_for)},
        wait_seconds=_wait(told, asked.now),
    )


def _got(asked: Polling, url: str, headers: dict[str, str]) -> tuple[FetchedPage, Any]:
    """One that is refused is not asked for sooner than the next one would be."""
    try:
        return polling.get_json(asked, url, headers)
    except FetchError as error:
        wait = max(error.wait_seconds, _REST if error.status else 0)
        raise FetchError(error.reason, status=error.status, wait_seconds=wait) from error


def _site_and_words(query: str) -> tuple[str, str]:
    found = _QUERY.fullmatch(query)
    return (found[1], found[2].strip()) if found else ("stackoverflow", query.strip())


def _entries(told: Any) -> Iterator[walking.Entry]:
    for item in parts_in(told, "items"):
        number, at = number_in(item, "question_id"), number_in(item, "last_activity_date")
        if number is not None and at is not None:
            yield walking.Entry(str(number), at)


def _wait(told: Any, now: datetime) -> int:
    """Seconds to keep away. Quotas begin again at midnight UTC."""
    wait = number_in(told, "backoff") or 0
    if number_in(told, "quota_remaining") != 0:
        return wait
    midnight = (now.astimezone(UTC) + timedelta(days=1)).replace(hour=0, minute=0, second=0)
    return max(wait, int((midnight - now).total_seconds()))
