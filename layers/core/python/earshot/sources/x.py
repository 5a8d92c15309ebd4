"""X: posts, messages, and what its users take back. ``x_events`` reads the envelopes, ``x_posts``
the posts.

Deliveries are signed with HMAC-SHA-256 of the app's consumer secret over the raw body, in base64,
and the address is asked for the same of a token (docs.x.com, "Webhooks", CRC). Nothing keeps the
two apart, so a token that could be a body is never signed.

An edit makes a new post with a new number. Here it is a version of the first one, which names it.
Deleting any version deletes them all (docs.x.com, "Edit Posts"): a deletion is told by the number
that X tells, and ``held`` names every number of a post, so that its words are found by any.
"""

import base64
import hmac
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from pydantic_core import to_json

from earshot.domain.deliveries import Connection, Delivery
from earshot.domain.models import AuthorDeletion, Ignored
from earshot.errors import SignatureError
from earshot.sources import items, signing, x_posts
from earshot.sources.payload import dicts_in, part_in, pruned, read_object, text_in
from earshot.sources.surface import (
    Headers,
    Held,
    Item,
    Question,
    RawDelivery,
    Reply,
    native_id,
)
from earshot.sources.x_events import (
    UNKNOWN,
    Told,
    What,
    author_of,
    embedded,
    history_of,
    is_message,
    is_post,
    is_user,
    message_id,
    number_of_post,
    posts_in,
    reference,
    sender_of,
    told_in,
    users_in,
)

reads_headers: tuple[str, ...] = ()

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,128}")
_COMES_BACK = {"user_protect": True, "user_suspend": True}


def verify(
    headers: Headers,
    body: bytes,
    *,
    secrets: Iterable[bytes],
    now: datetime,  # noqa: ARG001  X signs no time
) -> None:
    """``SignatureError`` unless signed; a replay is the same delivery again."""
    name = "x-twitter-webhooks-signature"
    signing.check_base64(headers, name, secrets, signed=body, prefix="sha256=")


def handshake(question: Question) -> Reply | None:
    """``SignatureError`` for a token that is none, before anything is signed."""
    token = question.query.get("crc_token")
    if question.method != "GET" or token is None:
        return None
    if not (_TOKEN.fullmatch(token) and question.secrets):
        raise SignatureError("crc_token")
    mac = base64.b64encode(hmac.digest(question.secrets[0], token.encode(), "sha256")).decode()
    return Reply(json.dumps({"response_token": f"sha256={mac}"}), content_type="application/json")


def answer(
    headers: Headers,  # noqa: ARG001
    body: bytes,  # noqa: ARG001
    *,
    connection: Connection,  # noqa: ARG001
    delivery: Delivery,  # noqa: ARG001
) -> Reply:
    """X asks for 200 and nothing else of 2xx."""
    return Reply("{}", content_type="application/json")


def normalise(raw: RawDelivery) -> Iterator[Item]:
    """Whatever a list holds stands for itself: what is malformed is ignored and the others go
    on."""
    event = read_object(raw.body)
    posts = {number_of_post(post): post for post in posts_in(event)}
    known = x_posts.Known(users_in(event), posts)
    for told in told_in(event):
        try:
            yield _item(told, raw, known)
        except ValidationError:
            yield Ignored(reason="malformed_post")


def _item(told: Told, raw: RawDelivery, known: x_posts.Known) -> Item:
    if told.what is What.NOTHING:
        return Ignored(reason=told.name.replace(".", "_") or "other_event")
    if not _is_whole(told):
        return Ignored(reason="malformed_post")
    if told.what is What.POST:
        return x_posts.post(told.part, raw, known)
    if told.what is What.MESSAGE:
        return x_posts.message(told.part, raw, known)
    if told.what is What.DELETION:
        return items.deletion(raw, _deleted(told.part), at=_when(told.part))
    comes_back = _COMES_BACK.get(told.name, False)
    return AuthorDeletion(
        source=raw.delivery.source, author_id=_locked(told.part), comes_back=comes_back
    )


def _is_whole(told: Told) -> bool:
    """Whether it is something that a delivery is kept for."""
    if told.what is What.NOTHING:
        return False
    if told.what is What.POST:
        return is_post(told.part)
    if told.what is What.MESSAGE:
        return is_message(told.part)
    return bool(_deleted(told.part) if told.what is What.DELETION else _locked(told.part))


def _deleted(part: dict[str, Any]) -> str:
    return history_of(part_in(part, "post", "tweet", "status") or part)[0]


def _locked(part: dict[str, Any]) -> str:
    return native_id(text_in(part_in(part, "user") or part, "id_str", "id"))


def _when(part: dict[str, Any]) -> datetime | None:
    at = items.at_text(text_in(part, "event_at"))
    return at or items.at_seconds(text_in(part, "timestamp_ms"))


def held(headers: Headers, body: bytes) -> Iterable[Held]:  # noqa: ARG001
    """Posts that are liked, quoted, replied to or reposted, messages, and every number of a post
    that was edited: the deletion of any is that of the first. A repost holds the words of the post
    whose number it tells."""
    told: dict[str, Held] = {}
    reposted: dict[str, Held] = {}
    for part in dicts_in(read_object(body)):
        if is_message(part):
            told[message_id(part)] = Held(message_id(part), sender_of(part))
        elif is_post(part):
            first, *later = history_of(part)
            told[first] = Held(first, author_of(part))
            told |= {number: Held(number, author_of(part), (first,)) for number in later}
            reposted |= {number: Held(number, f"{UNKNOWN}{number}") for number in _reposted(part)}
    return list({**reposted, **told}.values())


def without(headers: Headers, body: bytes, native_id: str) -> bytes | None:  # noqa: ARG001
    """Reposts of the post go with it, as they do at X, and so do the names of its author, unless
    another post is theirs. What is deleted keeps the number of its deletion."""
    event = read_object(body)
    authors = set(_authors_of(event, native_id))
    if not authors:
        return body
    authors -= {author_of(post) for post in posts_in(event) if not _is_of(post, native_id)}

    def gone(part: dict[str, Any]) -> bool:
        is_author = is_user(part) and text_in(part, "id_str", "id") in authors
        return is_author or _is_of(part, native_id)

    rest = pruned(event, gone)
    return to_json(rest) if rest and any(_is_whole(told) for told in told_in(rest)) else None


def _authors_of(event: dict[str, Any], native_id: str) -> Iterator[str]:
    for part in dicts_in(event):
        if _is_of(part, native_id):
            yield sender_of(part) if is_message(part) else author_of(part)
    for told in told_in(event):
        if told.what is What.DELETION and _deleted(told.part) == native_id:
            yield author_of(part_in(told.part, "post", "tweet", "status") or told.part)


def _is_of(part: dict[str, Any], native_id: str) -> bool:
    if is_message(part):
        return message_id(part) == native_id
    return is_post(part) and native_id in {*history_of(part), *_reposted(part)}


def _reposted(post: dict[str, Any]) -> list[str]:
    original = embedded(post, "retweeted")
    if is_post(original):
        return history_of(original)
    return [number] if (number := native_id(reference(post, "retweeted"))) else []
