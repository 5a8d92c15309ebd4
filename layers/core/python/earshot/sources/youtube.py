"""YouTube: videos of a channel, new and changed, as its WebSub hub pushes them.

A push is an Atom feed of entries with ``yt:videoId`` and ``yt:channelId`` (YouTube Data API,
"Subscribe to Push Notifications"); a video that is gone is an ``at:deleted-entry`` (RFC 6721),
whose channel stands in ``at:by`` alone.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic import ValidationError

from earshot.domain.models import Author, Ignored
from earshot.errors import MalformedPayloadError
from earshot.sources import items, websub
from earshot.sources.feed_document import MAX_TAGS
from earshot.sources.surface import Headers, Held, Item, RawDelivery
from earshot.sources.surface import native_id as native_id_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # nosec B405 - a type, which parses nothing

reads_headers = ()

verify = websub.verify
handshake = websub.handshake

_ATOM = "{http://www.w3.org/2005/Atom}"
_YT = "{http://www.youtube.com/xml/schemas/2015}"
_AT = "{http://purl.org/atompub/tombstones/1.0}"
_ENTRY, _TOMBSTONE = f"{_ATOM}entry", f"{_AT}deleted-entry"
_PREFIX = "yt:video:"
_VIDEO = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CHANNEL = re.compile(r"/channel/([A-Za-z0-9_-]{1,64})/?$")


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """A video or a deletion per entry. A new title comes as the same video with a later clock."""
    feed = _read(raw.body)
    told = [part for part in feed if part.tag in {_ENTRY, _TOMBSTONE}]
    if not told:
        yield Ignored(reason="empty_feed")
    for part in told:
        yield _item(part, feed, raw) or Ignored(reason="malformed_post")


def held(_headers: Headers, body: bytes) -> Iterable[Held]:
    """Every video, also one of which only its end is told: that names its channel."""
    for part in _read(body):
        if (identity := _identity(part)) and len(part):
            yield Held(native_id_of(identity), _author(part, identity).author_id)


def without(_headers: Headers, body: bytes, native_id: str) -> bytes | None:
    """The feed less the video's entries. That it was deleted stays, less who deleted it."""
    from defusedxml.ElementTree import tostring

    feed = _read(body)
    found = [part for part in feed if (own := _identity(part)) and native_id_of(own) == native_id]
    if not found:
        return body
    for part in found:
        if part.tag == _ENTRY:
            feed.remove(part)
        else:
            _strip(part)
    if not any(part.tag in {_ENTRY, _TOMBSTONE} for part in feed):
        return None
    try:
        rest: bytes = tostring(feed, encoding="utf-8")
    except RecursionError:
        return None
    return rest.replace(b"\r", b"&#13;")  # a bare one would be read as an end of line


def _strip(tombstone: "Element") -> None:
    """Of everything but which video was deleted, and when."""
    kept = {name: value for name, value in tombstone.items() if name in {"ref", "when"}}
    tombstone.clear()
    tombstone.attrib.update(kept)


def _read(body: bytes) -> "Element":
    """``MalformedPayloadError`` for what is no Atom feed, for a DOCTYPE, which none needs, and for
    more tags than any has."""
    from defusedxml.ElementTree import ParseError, fromstring  # ingest reads no bodies

    if body.count(b"<") > MAX_TAGS:
        raise MalformedPayloadError("more markup than a feed needs")
    try:
        feed: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, ValueError, LookupError) as error:
        raise MalformedPayloadError("no XML") from error
    if feed.tag != f"{_ATOM}feed":
        raise MalformedPayloadError("no Atom feed")
    return feed


def _item(part: "Element", feed: "Element", raw: RawDelivery) -> "Item | None":
    """``None`` for one that has not the shape: it fails alone."""
    if not (identity := _identity(part)):
        return None
    if part.tag == _TOMBSTONE:
        return items.deletion(raw, identity, at=items.at_text(part.get("when")))
    published, updated = (items.at_text(_text(part, name)) for name in ("published", "updated"))
    try:
        return items.post(
            raw,
            identity=identity,
            kind="video",
            permalink=f"https://www.youtube.com/watch?v={identity.removeprefix(_PREFIX)}",
            author=_author(part, identity),
            text=_text(part, "title"),
            posted_at=published or updated,
            edited_at=updated if published and updated and updated > published else None,
            clock=updated or published or items.at_text(_text(feed, "updated")),
        )
    except ValidationError:
        return None


def _identity(part: "Element") -> str | None:
    """``yt:video:`` and the video; ``None`` for what is neither video nor tombstone of one."""
    if part.tag == _ENTRY:
        video = _text(part, "videoId", _YT) or _text(part, "id").removeprefix(_PREFIX)
    elif part.tag == _TOMBSTONE:
        video = part.get("ref", "").strip().removeprefix(_PREFIX)
    else:
        return None
    return f"{_PREFIX}{video}" if _VIDEO.fullmatch(video) else None


def _author(part: "Element", identity: str) -> Author:
    """The channel; who has none is known by name, or else by the video alone."""
    place = f"{_ATOM}author" if part.tag == _ENTRY else f"{_AT}by"
    person = part.find(place)
    name, address = (
        (_text(person, one) for one in ("name", "uri")) if person is not None else ("", "")
    )
    in_address = _CHANNEL.search(address)
    channel = _text(part, "channelId", _YT) or (in_address[1] if in_address else "")
    profile = f"https://www.youtube.com/channel/{quote(channel)}" if channel else address
    return items.author(channel or name or identity, name=name, profile_url=profile)


def _text(part: "Element", name: str, namespace: str = _ATOM) -> str:
    return (part.findtext(f"{namespace}{name}") or "").strip()
