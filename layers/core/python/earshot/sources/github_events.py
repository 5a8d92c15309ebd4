"""The bodies of GitHub's events: JSON, or a form with the JSON in ``payload``."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from pydantic import AwareDatetime

from earshot.errors import MalformedPayloadError
from earshot.sources import payload
from earshot.sources.payload import Payload
from earshot.sources.surface import Headers


class User(Payload):
    id: int
    login: str
    html_url: str | None = None


class Reactions(Payload):
    total_count: int = 0


class Entry(Payload):
    id: int
    html_url: str
    user: User | None = None
    body: str | None = None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    reactions: Reactions = Reactions()


class Issue(Entry):
    title: str
    comments: int = 0


class IssueEvent(Payload):
    action: str
    issue: Issue


class CommentEvent(IssueEvent):
    comment: Entry


def read_json(headers: Headers, body: bytes) -> bytes | str:
    if not _is_form(headers):
        return body
    try:
        return parse_qs(body.decode(), max_num_fields=10)["payload"][0]
    except (ValueError, KeyError) as error:
        raise MalformedPayloadError("form without payload") from error


def _is_form(headers: Headers) -> bool:
    return headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def read_object(headers: Headers, body: bytes) -> dict[str, Any]:
    return payload.read_object(read_json(headers, body))


def write_json(headers: Headers, told: str) -> bytes:
    """In the form that it came in."""
    return (urlencode({"payload": told}) if _is_form(headers) else told).encode()
