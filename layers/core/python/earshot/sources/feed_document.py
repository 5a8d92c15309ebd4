"""The markup of feeds, well-formed or not, without what it could do to its reader."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

from earshot.errors import MalformedPayloadError
from earshot.sources.surface import Headers

MAX_TAGS = 30_000
"""feedparser takes some 60 microseconds for each, however little the tags hold."""

_FIRST_ELEMENT = re.compile(rb"<\w")
_ENTRY_TAG = re.compile(rb"<(/?)(?:[A-Za-z][\w.-]*:)?(?:item|entry)(?=[\s>])[^<>]*>")


def parse(headers: Headers, body: bytes) -> Any:
    """What feedparser makes of it; ``MalformedPayloadError`` when it is no feed.

    A feed has no use for entities of its own, an attacker has: they are refused. feedparser strips
    the rest of the DOCTYPE, and is given a stream because it would open a string. It is imported
    here because it is heavy, and ingest never reads what it archives.
    """
    import feedparser
    from feedparser.encodings import convert_to_utf8

    given = dict(headers)
    if body.count(b"<") + body.count(b"&lt;") > MAX_TAGS:
        raise MalformedPayloadError("more markup than a feed needs")
    try:
        prolog = _FIRST_ELEMENT.split(convert_to_utf8(given, body, {}), maxsplit=1)[0]
        if b"<!ENTITY" in prolog.upper():
            raise MalformedPayloadError("the feed declares entities")
        parsed = feedparser.parse(BytesIO(body), response_headers=given)
    except (ValueError, LookupError, AssertionError, RecursionError) as error:
        raise MalformedPayloadError("no feed") from error
    if not parsed.get("version") and not parsed.entries:
        raise MalformedPayloadError("no feed")
    return parsed


def without(headers: Headers, body: bytes, gone: Callable[[Any], bool]) -> bytes | None:
    """The document less the entries that are ``gone``; ``None`` when that is all of them, or when
    the entries cannot be told apart in its bytes."""
    entries = parse(headers, body).entries
    spans = _spans(body)
    if len(spans) != len(entries) or all(gone(entry) for entry in entries):
        return None
    rest = body
    for (start, end), entry in reversed(list(zip(spans, entries, strict=True))):
        if gone(entry):
            rest = rest[:start] + rest[end:]
    kept = [entry for entry in entries if not gone(entry)]
    same = _told(parse(headers, rest).entries) == _told(kept)
    return rest if same else None


def _told(entries: list[Any]) -> list[tuple[Any, ...]]:
    return [tuple(entry.get(name) for name in ("id", "link", "title")) for entry in entries]


def _spans(body: bytes) -> list[tuple[int, int]]:
    """From the opening to the closing tag of each outermost item or entry."""
    spans: list[tuple[int, int]] = []
    depth = start = 0
    for tag in _ENTRY_TAG.finditer(body):
        if tag[0].endswith(b"/>"):
            continue
        if tag[1]:
            depth -= 1
            if depth == 0:
                spans.append((start, tag.end()))
        else:
            start = start if depth else tag.start()
            depth += 1
    return spans
