"""Reddit: posts that a search finds, and comments.

Fullnames such as ``t3_abc`` are unique over all of Reddit. ``edited`` is false or the seconds of
the edit. What was deleted or removed comes without its words, and takes ours away.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from earshot.domain.models import Author, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import items, reddit_search
from earshot.sources.payload import number_in, read_json, text_in
from earshot.sources.reddit_things import is_gone, name_in, name_of, repeated_in, things_in
from earshot.sources.surface import Headers, Held, Item, RawDelivery
from earshot.sources.text import is_web_address, links_of, plain_of_markdown

address = reddit_search.address
reads_headers: tuple[str, ...] = ()
poll = reddit_search.poll

_SITE = "https://www.reddit.com"
_KINDS = {"t3": "post", "t1": "comment"}
_OTHER_KINDS = {"t2": "account", "t4": "message", "t5": "subreddit", "more": "more_comments"}
_OF_THE_THREAD = ("link_title", "link_author", "link_permalink", "link_url")
_OF_WHAT_IS_REPEATED = ("url", "url_overridden_by_dest", "domain", "media", "preview", "thumbnail")


def normalise(raw: RawDelivery) -> Iterator[Item]:
    found = [*things_in(_read_body(raw.body))]
    if not found:
        yield Ignored(reason="empty_listing")
    yield from (_read(thing, raw) for thing in found)


def held(headers: Headers, body: bytes) -> Iterable[Held]:  # noqa: ARG001
    """What a cross-post was made from, and the post that a comment tells the title of."""
    for thing in things_in(_read_body(body)):
        data = thing.get("data")
        if not isinstance(data, dict) or not name_of(thing):
            continue
        for other in repeated_in(data):
            if name := name_in(other, "t3"):
                yield Held(name, _author(other).author_id)
        link = name_in({"name": data.get("link_id")}, "t3")
        if link and text_in(data, *_OF_THE_THREAD):
            yield Held(link, text_in(data, "link_author") or "nobody")


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:
    """Replies outlive what they answer. Of a thing that is gone it stays that it is."""
    found = [*things_in(_read_body(body))]
    known = {name_of(thing) for thing in found} | {post.native_id for post in held(headers, body)}
    if native_id not in known:
        return body
    rest = [kept for thing in found if (kept := _without(thing, native_id))]
    if not any(name_of(thing) for thing in rest):
        return None
    return to_json({"kind": "Listing", "data": {"children": rest}})


def _without(thing: dict[str, Any], native_id: str) -> dict[str, Any] | None:
    data = thing.get("data")
    if not isinstance(data, dict):
        return thing
    if name_of(thing) == native_id:
        bones = {"name": native_id, "author": "[deleted]"}
        return {"kind": thing["kind"], "data": bones} if is_gone(data) else None
    gone: set[str] = set()
    if text_in(data, "link_id") == native_id:
        gone.update(_OF_THE_THREAD)
    others = repeated_in(data)
    left = [other for other in others if name_in(other, "t3") != native_id]
    if len(left) < len(others):
        gone.update(_OF_WHAT_IS_REPEATED)
        data = {**data, "crosspost_parent_list": left}
    return {**thing, "data": {name: value for name, value in data.items() if name not in gone}}


def _read_body(body: bytes) -> Any:
    told = read_json(body)
    if not isinstance(told, dict | list):
        raise MalformedPayloadError("no listing")
    return told


def _read(thing: dict[str, Any], raw: RawDelivery) -> Item:
    kind, data = text_in(thing, "kind"), thing.get("data")
    if kind not in _KINDS:
        return Ignored(reason=_OTHER_KINDS.get(kind, "other_event" if thing else "malformed_post"))
    name = name_of(thing)
    if not name or not isinstance(data, dict):
        return Ignored(reason="malformed_post")
    if is_gone(data):
        return items.deletion(raw, name)
    try:
        return _post(data, name, raw=raw)
    except ValidationError:
        return Ignored(reason="malformed_post")


def _post(data: dict[str, Any], name: str, *, raw: RawDelivery) -> Post:
    text, others = _text(data), repeated_in(data)
    plain = plain_of_markdown(text)
    url = text_in(data, "url") if name.startswith("t3_") and not others else ""
    leads_on = is_web_address(url) and data.get("is_self") is not True
    counts = {"score": number_in(data, "score"), "comments": number_in(data, "num_comments")}
    return items.post(
        raw,
        identity=name,
        kind=_KINDS[name[:2]],
        permalink=_permalink(data, name),
        author=_author(data),
        text=text,
        plain=plain,
        repeats=next((_text(other) for other in others if not is_gone(other)), None),
        posted_at=items.at_seconds(text_in(data, "created_utc", "created")),
        edited_at=items.at_seconds(text_in(data, "edited")),
        thread_id=text_in(data, "link_id") or None,
        parent_id=text_in(data, "parent_id") or None,
        counts={field: count for field, count in counts.items() if count is not None},
        links=tuple(dict.fromkeys([*([url] if leads_on else []), *links_of(plain)])),
    )


def _text(data: dict[str, Any]) -> str:
    return f"{text_in(data, 'title')}\n{text_in(data, 'selftext', 'body')}".strip()


def _permalink(data: dict[str, Any], name: str) -> str | None:
    path = text_in(data, "permalink")
    if path.startswith("/"):
        return _SITE + path
    return f"{_SITE}/comments/{name[3:]}/" if name.startswith("t3_") else None


def _author(data: dict[str, Any]) -> Author:
    name = text_in(data, "author")
    return items.author(
        text_in(data, "author_fullname") or name or "nobody",
        handle=name,
        profile_url=f"{_SITE}/user/{name}" if name else None,
    )
