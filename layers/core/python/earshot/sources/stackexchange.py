"""Stack Exchange: questions of one of its sites that hold certain words, as they become active.

The API and its wrapper (``items``, ``has_more``, ``backoff``, ``quota_remaining``) are at
https://api.stackexchange.com/docs. Ids are those of a site, so the
site is part of every identity: the host of an item's link, or else the ``site`` that was asked for.
What people wrote there is CC BY-SA: posts keep their permalink and their author's profile.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pydantic import ValidationError
from pydantic_core import to_json

from earshot.domain.models import Author, Ignored, Post
from earshot.sources import items, payload, stackexchange_search
from earshot.sources.markup import resolved
from earshot.sources.payload import number_in, part_in, parts_in, read_object, text_in
from earshot.sources.surface import Headers, Held, Item, RawDelivery, native_id
from earshot.sources.text import links_of_html, plain_of_html

address = "https://api.stackexchange.com/2.3"
reads_headers = ("content-location",)
poll = stackexchange_search.poll

_OWN_DOMAIN = frozenset(("stackoverflow", "serverfault", "superuser", "askubuntu", "stackapps"))
_KINDS = ("comment", "answer", "question")
"""An answer names its question too, so the order matters."""


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """Every question, and the answers and comments that lie in it or beside it."""
    told = read_object(raw.body)
    if "error_id" in told or not isinstance(told.get("items"), list):
        yield Ignored(reason="error" if "error_id" in told else "other_event")
    elif not told["items"]:
        yield Ignored(reason="empty_page")
    else:
        yield from (_read(part, raw) for part in _flat(told["items"]))


def held(headers: Headers, body: bytes) -> Iterable[Held]:
    """Also questions that are only named, with their title: by an answer, or as the same one."""
    told = read_object(body)
    yield from payload.held_in(told, _finder(headers))
    for part in payload.dicts_in(told):
        if titled := _titled(part, headers):
            yield Held(native_id(titled), _author({}, _site(part, headers)).author_id)


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:
    """Answers and comments outlive the question that they lie in."""
    if native_id not in {post.native_id for post in held(headers, body)}:
        return body
    told = read_object(body)
    parts = [*_flat(parts_in(told, "items"))]
    for number, part in enumerate(parts):
        if _titled(part, headers) == native_id:
            parts[number] = {name: value for name, value in part.items() if name != "title"}
    flat = to_json({**told, "items": parts})
    return payload.without_held(flat, native_id, _finder(headers))


def _titled(part: Any, headers: Headers) -> str | None:
    """The question whose title an answer has."""
    number = number_in(part, "question_id")
    if _kind(part) != "answer" or number is None or not text_in(part, "title"):
        return None
    return f"{_site(part, headers)}:question:{number}"


def _flat(parts: list[Any]) -> Iterator[Any]:
    """The items in their order, each before what lies in it and without it."""
    waiting = parts[::-1]
    while waiting:
        part = waiting.pop()
        inner = [*parts_in(part, "comments"), *parts_in(part, "answers")]
        waiting += inner[::-1]
        yield {k: v for k, v in part.items() if k not in {"comments", "answers"}} if inner else part


def _finder(headers: Headers) -> Callable[[dict[str, Any]], Held | None]:
    def find(part: dict[str, Any]) -> Held | None:
        kind = _kind(part)
        if not kind or not (text_in(part, "title", "body", "body_markdown") or "owner" in part):
            return None
        site = _site(part, headers)
        return Held(native_id(_identity(part, kind, site)), _author(part, site).author_id)

    return find


def _kind(part: Any) -> str:
    """Empty for what is no post, such as notes that one was answered. Items of ``/posts`` tell
    their kind, and all number themselves alike."""
    if not isinstance(part, dict) or "item_type" in part:
        return ""
    posted = text_in(part, "post_type")
    if posted in _KINDS and "comment_id" not in part and number_in(part, "post_id") is not None:
        return posted
    return next((kind for kind in _KINDS if number_in(part, f"{kind}_id") is not None), "")


def _identity(part: Any, kind: str, site: str) -> str:
    number = number_in(part, f"{kind}_id")
    return f"{site}:{kind}:{number_in(part, 'post_id') if number is None else number}"


def _site(part: Any, headers: Headers) -> str:
    """As the API calls it: ``stackoverflow``, ``salesforce``, ``mathoverflow.net``."""
    links = text_in(part, "link"), text_in(part_in(part, "owner"), "link")
    name = _host(links[0]) or _asked_site(headers) or _host(links[1])
    name = name.lower().removeprefix("www.")
    return name.removesuffix(".com").removesuffix(".stackexchange") or "stackexchange"


def _host(link: str) -> str:
    try:
        return urlsplit(link).hostname or ""
    except ValueError:
        return ""


def _asked_site(headers: Headers) -> str:
    try:
        return parse_qs(urlsplit(headers.get("content-location", "")).query).get("site", [""])[0]
    except ValueError:
        return ""


def _read(part: Any, raw: RawDelivery) -> Item:
    kind = _kind(part)
    if not kind:
        return Ignored(reason=_other_kind(part))
    try:
        return _post(part, kind, raw=raw)
    except ValidationError:
        return Ignored(reason="malformed_post")


def _other_kind(part: Any) -> str:
    if not isinstance(part, dict) or any(f"{kind}_id" in part for kind in _KINDS):
        return "other_event" if isinstance(part, dict) and "item_type" in part else "malformed_post"
    if "account_id" in part and "site_url" in part:
        return "associated_user"
    return "user" if "user_id" in part else "other_event"


def _post(part: dict[str, Any], kind: str, *, raw: RawDelivery) -> Post:
    site = _site(part, raw.headers)
    identity = _identity(part, kind, site)
    title, markup = text_in(part, "title"), text_in(part, "body", "body_markdown")
    title = title if kind == "question" else ""
    thread, parent = _place(part, kind, site)
    return items.post(
        raw,
        identity=identity,
        kind=kind,
        permalink=text_in(part, "link") or _link(site, kind, identity.rpartition(":")[2]),
        author=_author(part, site),
        text=f"{title}\n{markup}".strip(),
        plain=f"{resolved(title)}\n{plain_of_html(markup)}".strip(),
        posted_at=items.at_seconds(text_in(part, "creation_date")),
        edited_at=items.at_seconds(text_in(part, "last_edit_date")),
        thread_id=thread,
        parent_id=parent,
        counts=_counts(part),
        links=links_of_html(markup),
    )


def _place(part: dict[str, Any], kind: str, site: str) -> tuple[str | None, str | None]:
    """Thread and parent. A comment names what it is on; the question that is in is told by its
    link alone."""
    if kind == "question":
        return None, None
    question = number_in(part, "question_id")
    if kind == "answer":
        parent = None if question is None else f"{site}:question:{question}"
        return parent, parent
    on = text_in(part, "post_type")
    number = number_in(part, "post_id")
    parent = f"{site}:{on}:{number}" if on in _KINDS and number is not None else None
    linked = re.search(r"/questions/(\d{1,15})(?:/|$)", text_in(part, "link"))
    return (f"{site}:question:{linked[1]}" if linked else parent), parent


def _link(site: str, kind: str, number: str) -> str | None:
    """The short address; a comment has none."""
    path = {"question": "q", "answer": "a"}.get(kind)
    host = site if site.endswith(".net") else f"{site}.stackexchange.com"
    if site.rpartition(".")[2] in _OWN_DOMAIN:
        host = f"{site}.com"
    return f"https://{host}/{path}/{number}" if path and site != "stackexchange" else None


def _author(part: dict[str, Any], site: str) -> Author:
    """Known within the site. Who left it has no number any more, and keeps a name."""
    owner = part_in(part, "owner")
    name = resolved(text_in(owner, "display_name"))
    return items.author(
        f"{site}:{text_in(owner, 'user_id') or name or 'nobody'}",
        name=name,
        profile_url=text_in(owner, "link"),
    )


def _counts(part: dict[str, Any]) -> dict[str, int]:
    names = {"answers": "answer_count", "comments": "comment_count", "views": "view_count"}
    counts = {name: number_in(part, field) for name, field in {**names, "score": "score"}.items()}
    return {name: count for name, count in counts.items() if count is not None}
