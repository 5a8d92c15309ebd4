"""Posts as every source makes them: bounded, tidy, in UTC."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from earshot.aws.keys import timestamp
from earshot.domain.models import Author, Deletion, Post
from earshot.sources.surface import DELETED_VERSION, RawDelivery, native_id, version
from earshot.sources.text import TEXT_LIMIT, is_web_address, links_of, mentions_of, tidy

NAME_LIMIT = 200

_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,255}")

_FIRST_YEAR, _LAST_YEAR = 1990, 2199
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_FROM = 10**11
"""In seconds this would be the year 5138."""


def post(
    raw: RawDelivery,
    *,
    identity: str,
    kind: str,
    author: Author,
    text: str,
    posted_at: datetime | None,
    **known: Any,
) -> Post:
    """A post of the delivery. ``known`` are other fields of a post, where the source tells them,
    and ``clock``: when this version was made, which otherwise is when it was edited or posted.

    What no time was told for was posted when it was received. A text longer than ``TEXT_LIMIT`` is
    cut, an identity too long for a key is told by its digest. ``pydantic.ValidationError`` when a
    field is not what a post needs.
    """
    text = text[:TEXT_LIMIT]
    plain = known.pop("plain", None)
    plain = tidy(text if plain is None else plain[:TEXT_LIMIT])
    posted_at = posted_at or raw.delivery.received_at
    clock = known.pop("clock", None) or known.get("edited_at") or posted_at
    name, permalink = native_id(identity), known.pop("permalink", None)
    thread, parent = known.pop("thread_id", None), known.pop("parent_id", None)
    fields: dict[str, Any] = {
        "mentions": mentions_of(plain),
        "links": links_of(plain),
        **known,
        "source": raw.delivery.source,
        "native_id": name,
        "version": version(timestamp(clock), text),
        "kind": kind,
        "permalink": permalink if permalink and is_web_address(permalink) else None,
        "author": author,
        "text": text,
        "plain": plain,
        "posted_at": posted_at,
        "received_at": raw.delivery.received_at,
        "thread_id": native_id(thread) if thread else name,
        "parent_id": native_id(parent) if parent else None,
        "data_class": raw.data_class,
        "expires_at": raw.expires_at,
        "raw_key": raw.delivery.raw_key,
    }
    return Post(**fields)


def deletion(raw: RawDelivery, identity: str, *, at: datetime | None = None) -> Deletion:
    """That a post is gone; since the delivery came, where the source does not say since when."""
    return Deletion(
        source=raw.delivery.source,
        native_id=native_id(identity),
        version=DELETED_VERSION,
        deleted_at=at or raw.delivery.received_at,
    )


def author(
    identity: str | int,
    *,
    handle: str | None = None,
    email: str | None = None,
    name: str | None = None,
    profile_url: str | None = None,
    followers: int | None = None,
    location: str | None = None,
) -> Author:
    """With what is too long or no web address left out or cut."""
    return Author(
        author_id=native_id(str(identity)),
        handle=_short(handle),
        email=email if email and _EMAIL.fullmatch(email) else None,
        name=_short(name),
        profile_url=profile_url if profile_url and is_web_address(profile_url) else None,
        followers=followers if followers is not None and 0 <= followers <= 10**11 else None,
        location=_short(location),
    )


def language(tag: str | None) -> str | None:
    """The language of a tag such as ``pt-BR`` (RFC 5646) or ``pt_BR``."""
    found = re.match(r"([A-Za-z]{2,3})(?![A-Za-z0-9])", tag or "")
    return found[1].lower() if found else None


def at_seconds(clock: float | str | None) -> datetime | None:
    """The time so many seconds, or milliseconds, after 1970; ``None`` for none that can be."""
    try:
        seconds = float(clock if clock is not None else "")
        seconds = seconds / 1000 if abs(seconds) >= _MILLISECONDS_FROM else seconds
        return plausible(_EPOCH + timedelta(microseconds=round(seconds * 10**6)))
    except (ValueError, TypeError, OverflowError):
        return None


def at_text(moment: str | None) -> datetime | None:
    """The time of an ISO 8601 text; without a zone it is UTC. ``None`` for none that can be."""
    try:
        found = datetime.fromisoformat((moment or "").strip())
        return plausible(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def plausible(moment: datetime) -> datetime | None:
    """The time in UTC; ``None`` when nobody posted anything then."""
    try:
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def _short(text: str | None) -> str | None:
    return tidy(text[: NAME_LIMIT * 4])[:NAME_LIMIT] or None if text else None
