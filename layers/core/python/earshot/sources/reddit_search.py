"""Asking Reddit for posts that hold certain words, and whether the last ones still stand.

The API wants OAuth, a User-Agent of one's own and no more than what ``x-ratelimit-remaining``
leaves until ``x-ratelimit-reset`` (https://github.com/reddit-archive/reddit/wiki/API). Whoever
holds content has to let go of what was deleted there, so what was seen is looked at again.
"""

import base64
from collections.abc import Iterator
from typing import Any

from pydantic_core import to_json

from earshot.errors import MalformedPayloadError, SecretMissingError
from earshot.sources import items, polling, walking
from earshot.sources.fetch import FetchError
from earshot.sources.payload import part_in, parts_in, text_in
from earshot.sources.reddit_things import is_gone, name_of
from earshot.sources.surface import FetchedPage, PolledPage, Polling

address = "https://oauth.reddit.com"

_SIGN_IN = "/api/v1/access_token"
_TOKENS_OF_REDDIT = f"https://www.reddit.com{_SIGN_IN}"
_LIMIT = 100


def poll(asked: Polling) -> Iterator[PolledPage]:
    """New posts, then those known that were edited or deleted."""
    if not asked.connection.query:
        raise MalformedPayloadError("the connection has no query")
    token = polling.session_of(asked, lambda: _sign_in(asked))
    headers = {**token, "user-agent": _agent(asked)}
    cursor = polling.cursor_of(asked.connection)
    marks = cursor.get("marks", "")
    for page in walking.walk(
        asked, lambda token, _: _ask(asked, token, headers=headers), marks=marks
    ):
        cursor = page.cursor
        yield page
    yield from _changed(asked, cursor, headers=headers)


def _agent(asked: Polling) -> str:
    return f"linux:earshot:1 (by the operator of connection {asked.connection.connection_id})"


def _sign_in(asked: Polling) -> str:
    """A token for this run alone, out of the secret ``client id:client secret``."""
    secret = polling.secret_of(asked)
    if secret is None:
        raise SecretMissingError(asked.connection.connection_id)
    pair = ":".join(polling.pair_of(secret)).encode()
    base = polling.base_of(asked.connection)
    page = asked.fetch(
        _TOKENS_OF_REDDIT if base == address else base + _SIGN_IN,
        {"authorization": f"Basic {base64.b64encode(pair).decode()}", "user-agent": _agent(asked)},
        form={"grant_type": "client_credentials"},
    )
    return text_in(polling.json_of(page), "access_token")


def _ask(asked: Polling, after: str, *, headers: dict[str, str]) -> walking.Answer | None:
    asked_for: dict[str, str | int | None] = {"q": asked.connection.query, "sort": "new"}
    asked_for |= {"t": "week", "limit": _LIMIT, "type": "link", "raw_json": 1, "after": after}
    url = polling.url_of(polling.base_of(asked.connection), "/search", asked_for)
    first = {} if after else polling.conditions(polling.cursor_of(asked.connection))
    page, told = polling.get_json(asked, url, {**headers, **first})
    if page.status == 304:
        return None
    data = part_in(told, "data")
    return walking.Answer(
        page=page,
        entries=[*_entries(data)],
        following=text_in(data, "after") or None,
        wait_seconds=_wait(page),
    )


def _entries(data: Any) -> Iterator[walking.Entry]:
    for child in parts_in(data, "children"):
        at = items.at_seconds(text_in(part_in(child, "data"), "created_utc"))
        if at and (name := name_of(child)):
            yield walking.Entry(name, int(at.timestamp()))


def _wait(page: FetchedPage) -> int:
    """Seconds until requests are left again."""
    try:
        left = float(page.headers.get("x-ratelimit-remaining", "1"))
        return int(float(page.headers.get("x-ratelimit-reset", "60"))) if left < 1 else 0
    except (ValueError, OverflowError):
        return 0


def _changed(
    asked: Polling, cursor: dict[str, str], *, headers: dict[str, str]
) -> Iterator[PolledPage]:
    """Those of the known posts that are other than they were when they were last told of."""
    names = [*walking.known_of(cursor)]
    if not names:
        return
    asked_for: dict[str, str | int | None] = {"id": ",".join(names[:_LIMIT]), "raw_json": 1}
    url = polling.url_of(polling.base_of(asked.connection), "/api/info", asked_for)
    page, told = polling.get_json(asked, url, headers)
    children = parts_in(part_in(told, "data"), "children")
    before = dict(part.split("=") for part in cursor.get("marks", "").split())
    marks = {name: _mark(child) for child in children if (name := name_of(child)) in names}
    marks = {name: mark for name, mark in marks.items() if mark}
    changed = [child for child in children if _is_news(child, marks, before)]
    wait = walking.bounded(_wait(page))
    if changed:
        written = " ".join(f"{name}={mark}" for name, mark in marks.items())
        body = to_json({"kind": "Listing", "data": {"children": changed}})
        yield PolledPage({}, body, {**cursor, "marks": written}, wait)
    elif wait:
        raise FetchError("asked_to_wait", wait_seconds=wait)


def _mark(child: Any) -> str:
    """In what way a post is not as it was first said; empty when it is."""
    data = part_in(child, "data")
    edited = items.at_seconds(text_in(data, "edited"))
    return "gone" if is_gone(data) else str(int(edited.timestamp())) if edited else ""


def _is_news(child: Any, marks: dict[str, str], before: dict[str, str]) -> bool:
    name = name_of(child)
    return name in marks and before.get(name) != marks[name]
