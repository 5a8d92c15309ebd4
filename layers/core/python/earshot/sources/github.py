"""GitHub: issues and their comments, also those on pull requests.

The signature is HMAC-SHA-256 over the raw body, in ``X-Hub-Signature-256`` (GitHub docs,
"Validating webhook deliveries"). A body may be JSON or a form with the JSON in ``payload``.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from pydantic import ValidationError

from earshot.domain.models import Author, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import items, signing
from earshot.sources.github_events import (
    CommentEvent,
    Entry,
    IssueEvent,
    User,
    read_json,
    read_object,
    write_json,
)
from earshot.sources.surface import Headers, Held, Item, RawDelivery
from earshot.sources.text import plain_of_markdown

reads_headers = ("content-type", "x-github-event")

_EVENTS = frozenset(("issues", "issue_comment"))

GHOST = "ghost"
"""Posts of closed accounts come without a user; this is how GitHub itself shows them."""

_BONES = ("id", "number", "html_url", "created_at", "updated_at")
"""What a comment needs of its issue once the issue's words are gone."""


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
    """Issues and comments that were opened, edited or deleted; all else is ignored. A transferred
    issue is ignored too: its author took nothing back."""
    event = raw.headers.get("x-github-event", "")
    try:
        if event == "issues":
            yield _read_issue(raw)
        elif event == "issue_comment":
            yield _read_comment(raw)
        else:
            yield Ignored(reason="ping" if event == "ping" else "other_event")
    except ValidationError as error:
        raise MalformedPayloadError(f"{error.error_count()} fields of {event}") from error


def _read_issue(raw: RawDelivery) -> Item:
    event = IssueEvent.model_validate_json(read_json(raw.headers, raw.body))
    identity = f"issue:{event.issue.id}"
    if event.action == "deleted":
        return items.deletion(raw, identity)
    if event.action not in {"opened", "edited"}:
        return Ignored(reason="transferred" if event.action == "transferred" else "other_action")
    text = f"{event.issue.title}\n{event.issue.body or ''}".strip()
    return _post(
        raw,
        event.issue,
        kind="issue",
        text=text,
        identity=identity,
        thread=identity,
        counts={"comments": event.issue.comments},
    )


def _read_comment(raw: RawDelivery) -> Item:
    event = CommentEvent.model_validate_json(read_json(raw.headers, raw.body))
    identity, thread = f"comment:{event.comment.id}", f"issue:{event.issue.id}"
    if event.action == "deleted":
        return items.deletion(raw, identity)
    if event.action not in {"created", "edited"}:
        return Ignored(reason="other_action")
    text = event.comment.body or ""
    return _post(
        raw, event.comment, kind="comment", text=text, identity=identity, thread=thread, counts={}
    )


def held(headers: Headers, body: bytes) -> Iterable[Held]:
    """Every event repeats its issue, also one that is ignored and one about a comment. Comments on
    code and discussions number themselves alike and are none of these."""
    if headers.get("x-github-event") not in _EVENTS:
        return
    event = read_object(headers, body)
    for kind in ("issue", "comment"):
        part = event.get(kind)
        if isinstance(part, dict) and isinstance(part.get("id"), int):
            user = part.get("user")
            known = user.get("id") if isinstance(user, dict) else None
            yield Held(f"{kind}:{part['id']}", str(known or GHOST))


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:
    """A comment outlives its issue with the issue's words and author taken out. What was changed
    goes too: it holds the words of before."""
    event = read_object(headers, body)
    about_comment = isinstance(event.get("comment"), dict)
    if native_id not in {post.native_id for post in held(headers, body)}:
        return body
    if not about_comment or f"comment:{event['comment'].get('id')}" == native_id:
        return None
    kept = {name: event["issue"].get(name) for name in _BONES}
    rest = {**event, "issue": kept | {"title": "", "body": None, "user": None}}
    rest.pop("changes", None)
    return write_json(headers, json.dumps(rest))


def _post(
    raw: RawDelivery,
    entry: Entry,
    *,
    kind: str,
    text: str,
    identity: str,
    thread: str,
    counts: dict[str, int],
) -> Post:
    return items.post(
        raw,
        identity=identity,
        kind=kind,
        permalink=entry.html_url,
        author=_author(entry.user),
        text=text,
        plain=plain_of_markdown(text),
        posted_at=entry.created_at,
        edited_at=entry.updated_at if entry.updated_at != entry.created_at else None,
        thread_id=thread,
        parent_id=None if thread == identity else thread,
        counts=counts | {"reactions": entry.reactions.total_count},
    )


def _author(user: User | None) -> Author:
    if user is None:
        return Author(author_id=GHOST, handle=GHOST)
    return items.author(user.id, handle=user.login, profile_url=user.html_url)
