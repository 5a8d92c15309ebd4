"""RSS and Atom feeds, fetched on a schedule with conditional requests (RFC 9110, section 13), and
pushed beside that where a hub does (``websub``). Either way gives the same posts."""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from time import struct_time
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from earshot.aws.keys import timestamp
from earshot.domain.models import Author, Connection, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import feed_document, polling, websub
from earshot.sources.surface import Headers, Item, PolledPage, Polling, RawDelivery, version
from earshot.sources.surface import native_id as native_id_of
from earshot.sources.text import (
    TEXT_LIMIT,
    is_web_address,
    links_of_html,
    mentions_of,
    plain_of_html,
    tidy,
)

reads_headers = ("content-location", "content-type", "link")

verify = websub.verify
handshake = websub.handshake

UNDATED = "0001-01-01T00:00:00.000000Z"
"""The clock of an entry without one: any dated version of it is newer."""

_FIRST_YEAR = 1990
_EMAIL = re.compile(r"\S*@\S*")
_ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8"


def poll(asked: Polling) -> Iterator[PolledPage]:
    """The feed if it changed since the cursor, with the cursor to save once it is safe."""
    connection = asked.connection
    if connection.url is None:
        raise MalformedPayloadError("the connection has no address")
    page = asked.fetch(connection.url, _conditions(connection))
    if page.status == 304:
        return
    found = hashlib.sha256(page.body).hexdigest()
    cursor = {"url": connection.url, "sha256": found, **polling.validators(page)}
    if connection.cursor.get("sha256") == found and connection.cursor["url"] == connection.url:
        return
    told = {name: value for name, value in page.headers.items() if name != "link"}
    yield PolledPage(headers={**told, "content-location": page.url}, body=page.body, cursor=cursor)


def _conditions(connection: Connection) -> dict[str, str]:
    """What the last answer of this address asked to be told again."""
    is_same = connection.cursor.get("url") == connection.url
    return {"accept": _ACCEPT, **(polling.conditions(connection.cursor) if is_same else {})}


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """A post per entry; one with neither identity nor address nor words is ignored."""
    raw = raw._replace(headers=_located(raw.headers))
    feed = feed_document.parse(raw.headers, raw.body)
    if not feed.entries:
        yield Ignored(reason="empty_feed")
    for entry in feed.entries:
        try:
            yield _post(entry, feed.feed, raw=raw)
        except ValidationError:
            yield Ignored(reason="malformed_post")


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:
    """The feed as it was, less the bytes between the tags of the post's entries."""
    located = _located(headers)
    return feed_document.without(located, body, lambda entry: _identity(entry) == native_id)


def _located(headers: Headers) -> Headers:
    """With the feed's address, against which its links are read: a push tells it as its topic."""
    if "content-location" in headers or not (topic := websub.pushed_from(headers)):
        return headers
    return {**headers, "content-location": topic}


def _identity(entry: Any) -> str:
    """RSS lets an item be words alone (RSS 2.0, "Elements of <item>"): it is known by them."""
    told = tidy(entry.get("id") or entry.get("link") or "")
    words = _words(entry)
    if told or not words:
        return native_id_of(told)
    return f"words:{hashlib.sha256(words.encode('utf-8', 'replace')).hexdigest()}"


def _words(entry: Any) -> str:
    return f"{entry.get('title') or ''}\n{_markup(entry)}".strip()[:TEXT_LIMIT]


def _post(entry: Any, feed: Any, *, raw: RawDelivery) -> Post:
    identity = _identity(entry)
    title = plain_of_html((entry.get("title") or "")[:TEXT_LIMIT])
    markup = _markup(entry)
    plain = f"{title}\n{plain_of_html(markup)}".strip()
    published, updated = _moment(entry, "published_parsed"), _moment(entry, "updated_parsed")
    text = _words(entry)
    link = entry.get("link")
    return Post(
        source="rss",
        native_id=identity,
        version=version(_clock(updated or published), text),
        kind="article",
        permalink=link if link and is_web_address(link) else None,
        author=_author(entry, feed, raw),
        text=text,
        plain=plain,
        language=_language(feed),
        posted_at=published or updated or raw.delivery.received_at,
        edited_at=updated if published and updated and updated > published else None,
        received_at=raw.delivery.received_at,
        thread_id=identity,
        mentions=mentions_of(plain),
        links=links_of_html(markup),
        data_class=raw.data_class,
        expires_at=raw.expires_at,
        raw_key=raw.delivery.raw_key,
    )


def _clock(moment: datetime | None) -> str:
    return timestamp(moment) if moment else UNDATED


def _markup(entry: Any) -> str:
    contents = [part.get("value") or "" for part in entry.get("content", [])]
    return (max(contents, key=len, default="") or entry.get("summary") or "")[:TEXT_LIMIT]


def _moment(found: dict[str, Any], name: str) -> datetime | None:
    """UTC; ``None`` for no time and for one that cannot be. Read past feedparser's dictionary,
    which answers for ``updated`` with ``published``."""
    parsed: struct_time | None = dict.get(found, name)
    if parsed is None:
        return None
    try:
        moment = datetime(*parsed[:6], tzinfo=UTC)
    except ValueError:
        return None
    return moment if moment.year >= _FIRST_YEAR else None


def _author(entry: Any, feed: Any, raw: RawDelivery) -> Author:
    """Who signed the entry, known within the feed; else the feed itself. Never an e-mail address,
    which RSS puts in the same place."""
    site = _site(feed, raw)
    name = tidy(_EMAIL.sub(" ", entry.get("author") or "")).strip(" ()<>,;")
    if name:
        profile = entry.get("author_detail", {}).get("href", "")
        return Author(
            author_id=native_id_of(f"{site}/{name}"),
            name=name,
            profile_url=profile if is_web_address(profile) else None,
        )
    return Author(author_id=site, name=tidy(plain_of_html(feed.get("title") or "")) or site)


def _site(feed: Any, raw: RawDelivery) -> str:
    for url in (feed.get("link", ""), raw.headers.get("content-location", "")):
        if is_web_address(url) and (host := urlsplit(url).hostname):
            return host
    return raw.delivery.connection_id


def _language(feed: Any) -> str | None:
    code = str(feed.get("language", "")).split("-")[0].lower()
    return code if code.isalpha() and code.isascii() and 2 <= len(code) <= 3 else None
