"""GitHub: issues and discussions, and the comments on them; also those on pull requests.

The signature is HMAC-SHA-256 over the raw body, in ``X-Hub-Signature-256`` (GitHub docs,
"Validating webhook deliveries"). A body may be JSON or a form with the JSON in ``payload``.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from earshot.domain.models import Author, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import items, signing
from earshot.sources.github_events import (
    NO_POSTS,
    SAYS,
    THREADS,
    TOLD,
    Bones,
    Entry,
    User,
    read_object,
    repeated,
    stripped,
    told_by,
    write_json,
)
from earshot.sources.surface import Headers, Held, Item, RawDelivery
from earshot.sources.text import plain_of_markdown

reads_headers = ("content-type", "x-github-event")

_EVENT = "x-github-event"
GHOST = "ghost"
"""Posts of closed accounts come without a user; this is how GitHub itself shows them."""


def verify(
    headers: Headers,
    body: bytes,
    *,
    secrets: Iterable[bytes],
    now: datetime,  # noqa: ARG001  GitHub signs no time
) -> None:
    """``SignatureError`` unless signed; a replay is the same delivery again."""
    signing.check_hex(headers, "x-hub-signature-256", secrets, signed=body, prefix="sha256=")


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """What was written, edited or deleted; all else is ignored. A transferred issue or discussion
    is ignored too: its author took nothing back."""
    name = raw.headers.get(_EVENT, "")
    if name not in TOLD:
        yield Ignored(reason=name if name in NO_POSTS else "other_event")
        return
    try:
        yield _read(name, raw)
    except ValidationError as error:
        raise MalformedPayloadError(f"{error.error_count()} fields of {name}") from error


def _read(name: str, raw: RawDelivery) -> Item:
    event = read_object(raw.headers, raw.body)
    kind, field = TOLD[name]
    action, told = event.get("action"), event.get(field)
    if action == "deleted":
        return items.deletion(raw, f"{kind}:{Bones.model_validate(told).id}")
    if action not in SAYS:
        return Ignored(reason="transferred" if action == "transferred" else "other_action")
    entry = Entry.model_validate(told)
    identity, body = f"{kind}:{entry.id}", entry.body or ""
    if not (thread := THREADS.get(name)):
        text = f"{entry.title or ''}\n{body}".strip()
        return _post(raw, entry, text=text, kind=kind, identity=identity)
    root = f"{thread}:{Bones.model_validate(event.get(thread)).id}"
    parent = f"{kind}:{entry.parent_id}" if entry.parent_id else root
    where = {"identity": identity, "thread_id": root, "parent_id": parent}
    return _post(raw, entry, text=body, kind="comment", **where)


def _post(raw: RawDelivery, entry: Entry, *, text: str, **known: Any) -> Post:
    posted_at, edited_at = _time(entry.created_at), _time(entry.updated_at)
    return items.post(
        raw,
        **known,
        permalink=entry.html_url,
        author=_author(entry.user),
        text=text,
        plain=plain_of_markdown(text),
        posted_at=posted_at,
        edited_at=edited_at if edited_at != posted_at else None,
        counts=dict(_counts(entry)),
    )


def _time(moment: datetime | None) -> datetime | None:
    return items.plausible(moment) if moment else None


def _counts(entry: Entry) -> Iterator[tuple[str, int]]:
    """``answers`` is one or none, where a discussion asks for an answer that can be chosen."""
    yield "reactions", entry.reactions.total_count or 0 if entry.reactions else 0
    if entry.comments is not None:
        yield "comments", entry.comments
    if entry.child_comment_count is not None:
        yield "replies", entry.child_comment_count
    if entry.category and entry.category.is_answerable:
        yield "answers", int(bool(entry.answer_html_url))


def _author(user: User | None) -> Author:
    if user is None:
        return Author(author_id=GHOST, handle=GHOST)
    return items.author(user.id, handle=user.login, profile_url=user.html_url)


def held(headers: Headers, body: bytes) -> Iterable[Held]:
    """Every event repeats its issue or discussion, also one that is ignored and one about a
    comment; an answer that was chosen and an issue that was moved come whole, too."""
    event = read_object(headers, body)
    found = repeated(headers.get(_EVENT, ""), event)
    return dict.fromkeys(Held(identity, _author_of(part)) for identity, part in found)


def _author_of(part: dict[str, Any]) -> str:
    user = part.get("user")
    known = user.get("id") if isinstance(user, dict) else None
    return str(known) if isinstance(known, int | str) and known else GHOST


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:
    """A comment outlives its thread with the thread's words and author taken out, and so does a
    deletion. What was changed goes too: it holds the words of before."""
    name, event = headers.get(_EVENT, ""), read_object(headers, body)
    if native_id not in (told_by(name, event), *dict(repeated(name, event))):
        return body
    rest = stripped(name, event, native_id)
    return None if rest is None else write_json(headers, json.dumps(rest))
