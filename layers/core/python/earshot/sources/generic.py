"""Anything that can post JSON: `docs/generic-source.md` is what a sender reads.

Signed by Standard Webhooks 1.0.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from earshot.domain.models import Author, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import items, standard_webhooks
from earshot.sources.payload import Payload, read_object
from earshot.sources.surface import Headers, Item, RawDelivery
from earshot.sources.text import TEXT_LIMIT, is_web_address

reads_headers: tuple[str, ...] = ()
verify = standard_webhooks.verify


def _web_address(url: str) -> str:
    if not is_web_address(url):
        raise ValueError("no http(s) address")
    return url


def _plausible(moment: datetime) -> datetime:
    if not (found := items.plausible(moment)):
        raise ValueError("no plausible time")
    return found


_Id = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,200}$")]
_Short = Annotated[str, StringConstraints(max_length=200)]
_Moment = Annotated[AwareDatetime, AfterValidator(_plausible)]
_Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$")]
_Url = Annotated[str, AfterValidator(_web_address)]


class _Author(Payload):
    id: _Id | None = None
    handle: _Short | None = None
    name: _Short | None = None
    url: _Url | None = None
    location: _Short | None = None
    followers: Annotated[int, Field(ge=0, le=10**10)] | None = None

    @property
    def identity(self) -> str | None:
        return self.id or self.handle or self.name


class _Deleted(Payload):
    id: _Id


class _Entry(Payload):
    id: _Id
    url: _Url | None = None
    author: _Author
    text: Annotated[str, StringConstraints(max_length=TEXT_LIMIT)]
    posted_at: _Moment
    edited_at: _Moment | None = None
    thread_id: _Id | None = None
    parent_id: _Id | None = None
    language: _Language | None = None

    @model_validator(mode="after")
    def _is_by_somebody(self) -> "_Entry":
        if not self.author.identity:
            raise ValueError("author has neither id nor handle nor name")
        return self


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """Every entry stands for itself: a malformed one is ignored and the others go on."""
    for entry in _entries(raw.body):
        try:
            yield _read(entry, raw)
        except ValidationError:
            yield Ignored(reason="malformed_post")


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:  # noqa: ARG001
    """Of a deletion its identity stays, so that a replay still tells of it."""
    kept = [_without_words(entry) for entry in _entries(body) if not _tells(entry, native_id)]
    return json.dumps({"posts": kept}).encode() if kept else None


def _tells(entry: Any, native_id: str) -> bool:
    return isinstance(entry, dict) and entry.get("id") == native_id and not _is_deletion(entry)


def _is_deletion(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("deleted") is True


def _without_words(entry: Any) -> Any:
    return {"id": entry.get("id"), "deleted": True} if _is_deletion(entry) else entry


def _entries(body: bytes) -> list[Any]:
    payload = read_object(body)
    posts = payload.get("posts", [payload])
    if not isinstance(posts, list):
        raise MalformedPayloadError("posts is no list")
    return posts


def _read(entry: Any, raw: RawDelivery) -> Item:
    if _is_deletion(entry):
        return items.deletion(raw, _Deleted.model_validate(entry).id)
    return _post(_Entry.model_validate(entry), raw)


def _post(entry: _Entry, raw: RawDelivery) -> Post:
    return items.post(
        raw,
        identity=entry.id,
        kind="post",
        permalink=entry.url,
        author=_author(entry.author),
        text=entry.text,
        language=entry.language.split("-")[0].lower() if entry.language else None,
        posted_at=entry.posted_at,
        edited_at=entry.edited_at,
        thread_id=entry.thread_id,
        parent_id=entry.parent_id,
    )


def _author(author: _Author) -> Author:
    return items.author(
        author.identity or "",
        handle=author.handle,
        name=author.name,
        profile_url=author.url,
        followers=author.followers,
        location=author.location,
    )
