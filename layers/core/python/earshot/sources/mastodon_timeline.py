"""What a server of Mastodon tells of a hashtag, page by page with ``min_id``
(docs.joinmastodon.org, "Timelines API", "View hashtag timeline")."""

from collections.abc import Iterator
from urllib.parse import quote

from earshot.errors import MalformedPayloadError
from earshot.sources import polling
from earshot.sources.payload import list_of, text_in
from earshot.sources.surface import PolledPage, Polling

PAGE = 40
"""Statuses on a page: the most that a server gives."""


def poll(asked: Polling) -> Iterator[PolledPage]:
    """The statuses of a hashtag since the newest one seen, the oldest page first; the first time
    the newest page alone. Edits of what was seen are not told again."""
    connection = asked.connection
    tag = (connection.query or "").strip().removeprefix("#")
    if not tag:
        raise MalformedPayloadError("the connection has no tag")
    base, path = polling.base_of(connection), f"/api/v1/timelines/tag/{quote(tag, safe='')}"
    newest = polling.cursor_of(connection).get("min_id", "")
    while True:
        url = polling.url_of(base, path, {"limit": str(PAGE), "min_id": newest})
        page, told = polling.get_json(asked, url, {})
        statuses = list_of(told)
        found = max((text_in(status, "id") for status in statuses), key=_age, default="")
        if _age(found) <= _age(newest):
            return
        cursor = polling.cursor_with(connection, min_id=found)
        yield PolledPage(headers=dict(page.headers), body=page.body, cursor=cursor)
        if not newest or len(statuses) < PAGE:
            return
        newest = found


def _age(status_id: str) -> tuple[int, str]:
    """Ids grow with time, and are too long for some numbers."""
    return len(status_id), status_id
