"""Asking Bluesky for posts that hold certain words (``app.bsky.feed.searchPosts``).

Its public address answers searches of nobody or not at all (bluesky-social/atproto#3423, #3844), so
a connection may have the secret ``handle:app password``; a session begins with each run, however
many searches that has. An account may begin 300 a day (docs.bsky.app, "Rate Limits").
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from earshot.errors import MalformedPayloadError
from earshot.sources import items, polling, walking
from earshot.sources.payload import parts_in, text_in
from earshot.sources.surface import PolledPage, Polling

address = "https://public.api.bsky.app"

_SIGNED_IN_AT = "https://bsky.social"
_OVERLAP = timedelta(minutes=10)
"""Posts are found a little after they were made."""


def poll(asked: Polling) -> Iterator[PolledPage]:
    if not asked.connection.query:
        raise MalformedPayloadError("the connection has no query")
    base, secret = polling.base_of(asked.connection), polling.secret_of(asked)
    headers: dict[str, str] = {}
    if secret:
        base = _SIGNED_IN_AT if base == address else base
        headers = polling.session_of(asked, lambda: _sign_in(asked, base, secret))
    yield from walking.walk(
        asked, lambda token, since: _ask(asked, base, token=token, since=since, headers=headers)
    )


def _sign_in(asked: Polling, base: str, secret: str) -> str:
    handle, password = polling.pair_of(secret)
    page = asked.fetch(
        f"{base}/xrpc/com.atproto.server.createSession",
        {"content-type": "application/json"},
        form={"identifier": handle, "password": password},
    )
    return text_in(polling.json_of(page), "accessJwt")


def _ask(
    asked: Polling, base: str, *, token: str, since: int, headers: dict[str, str]
) -> walking.Answer | None:
    """Without a session the public address has first pages only."""
    begin = (datetime.fromtimestamp(since, UTC) - _OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")
    asked_for: dict[str, str | int | None] = {"q": asked.connection.query, "sort": "latest"}
    asked_for |= {"limit": walking.REMEMBERED, "since": begin, "cursor": token}
    url = polling.url_of(base, "/xrpc/app.bsky.feed.searchPosts", asked_for)
    first = {} if token else polling.conditions(polling.cursor_of(asked.connection))
    page, told = polling.get_json(asked, url, {**headers, **first})
    if page.status == 304:
        return None
    following = "" if base == address else text_in(told, "cursor")
    return walking.Answer(page=page, entries=[*_entries(told)], following=following or None)


def _entries(told: Any) -> Iterator[walking.Entry]:
    for view in parts_in(told, "posts"):
        uri, at = text_in(view, "uri"), items.at_text(text_in(view, "indexedAt"))
        if uri and at:
            yield walking.Entry(_short(uri), int(at.timestamp()))


def _short(uri: str) -> str:
    """A hundred of them fit into a cursor."""
    return hashlib.sha256(uri.encode()).hexdigest()[:12]
