"""Posts in the format of `docs/generic-source.md`, whichever way they come."""

import hashlib
import re
import string
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from earshot.domain.models import Author, Ignored, Post
from earshot.sources import items
from earshot.sources.payload import Payload
from earshot.sources.surface import Held, Item, RawDelivery, native_id
from earshot.sources.text import TEXT_LIMIT, is_web_address


def _web_address(url: str) -> str:
    if not is_web_address(url):
        raise ValueError("no http(s) address")
    return url


def _plausible(moment: datetime) -> datetime:
    if not (found := items.plausible(moment)):
        raise ValueError("no plausible time")
    return found


_VISIBLE = re.compile(r"[!-~]{1,200}")
_Id = Annotated[str, StringConstraints(pattern=rf"^{_VISIBLE.pattern}$")]
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


def read(entry: Any, raw: RawDelivery) -> Item:
    """Every entry stands for itself: a malformed one is ignored."""
    try:
        if is_deletion(entry):
            return items.deletion(raw, _Deleted.model_validate(entry).id)
        return _post(_Entry.model_validate(entry), raw)
    except ValidationError:
        return Ignored(reason="malformed_post")


def identity(name: str) -> str:
    """The name as an id of this format: percent-encoded where it must be, told by its digest where
    it is too long."""
    visible = quote(name, safe=string.punctuation, errors="replace")
    if _VISIBLE.fullmatch(visible):
        return visible
    return f"sha256:{hashlib.sha256(visible.encode()).hexdigest()}"


def is_deletion(entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("deleted") is True


def is_of(entry: Any, native_id: str) -> bool:
    return isinstance(entry, dict) and entry.get("id") == native_id


def tells(entry: Any, native_id: str) -> bool:
    """Whether the words of the post are in the entry; of a deletion its identity may stay, so that
    a replay still tells of it."""
    return is_of(entry, native_id) and not is_deletion(entry)


def without_words(entry: Any) -> Any:
    """A deletion without what it says beside its identity; all else as it is."""
    return {"id": entry.get("id"), "deleted": True} if is_deletion(entry) else entry


def held(entry: Any) -> Held | None:
    """Whose words an entry holds, be it malformed or not, as far as that can be told."""
    author = entry.get("author") if isinstance(entry, dict) and not is_deletion(entry) else None
    if not isinstance(author, dict) or not isinstance(entry.get("id"), str):
        return None
    told = (author.get(name) for name in ("id", "handle", "name"))
    by = next((one for one in told if isinstance(one, str) and one), None)
    is_post = _VISIBLE.fullmatch(entry["id"]) and by
    return Held(native_id(entry["id"]), native_id(by or "")) if is_post else None


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
