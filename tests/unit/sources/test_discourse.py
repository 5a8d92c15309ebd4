import hashlib
import hmac
import itertools
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import AuthorDeletion, DataClass, Deletion, Ignored, Post
from earshot.errors import SignatureError
from earshot.sources import catalog, discourse
from earshot.sources.surface import Held, Item
from tests.unit.sources.test_events import EVENTS, delivery

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OPENED: dict[str, Any] = json.loads((EVENTS / "discourse/topic_opened.json").read_text())
REPLY: dict[str, Any] = json.loads((EVENTS / "discourse/reply_created.json").read_text())
TOPIC: dict[str, Any] = json.loads((EVENTS / "discourse/topic_created.json").read_text())
FORUM = "https://forum.acme.example"
VECTORS = Path(os.environ.get("EARSHOT_SHARED", Path(__file__).parents[4] / "shared"))


def headers(event: str = "post_created", forum: str = FORUM) -> dict[str, str]:
    return {"x-discourse-event": event, "x-discourse-instance": forum}


def read(body: Any, told: dict[str, str] | None = None) -> list[Item]:
    raw = RawObject(told if told is not None else headers(), encoded(body), DataClass.OWNED)
    return list(catalog.normalise(delivery("discourse"), raw))


def encoded(body: Any) -> bytes:
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def post(event: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {"post": {**event["post"], **changed}}


def signature(body: bytes, secret: bytes) -> dict[str, str]:
    mac = hmac.new(secret, body, hashlib.sha256).hexdigest()
    return {"x-discourse-event-signature": f"sha256={mac}"}


def test_one_of_the_live_secrets_is_enough() -> None:
    told = signature(b"{}", b"the older secret")
    discourse.verify(told, b"{}", secrets=(b"the newer one", b"the older secret"), now=NOW)
    for secrets, body in (((b"another",), b"{}"), ((b"the older secret",), b"{ "), ((), b"{}")):
        with pytest.raises(SignatureError):
            discourse.verify(told, body, secrets=secrets, now=NOW)


@pytest.mark.parametrize("claimed", ["", "sha256=", "sha1=00", "sha256=é", None])
def test_no_signature_is_none(claimed: str | None) -> None:
    told = {} if claimed is None else {"x-discourse-event-signature": claimed}
    with pytest.raises(SignatureError):
        discourse.verify(told, b"{}", secrets=(b"secret",), now=NOW)


def test_its_published_vector() -> None:
    path = VECTORS / "data/signature-vectors.json"
    if not path.exists():
        pytest.skip("published vectors are not part of the project")
    [vector] = [v for v in json.loads(path.read_text()) if v["scheme"] == "discourse"]
    told, body = {vector["header"].lower(): vector["expected"]}, vector["body"].encode()
    discourse.verify(told, body, secrets=(vector["secret"].encode(),), now=NOW)
    with pytest.raises(SignatureError):
        discourse.verify(told, body + b"\n", secrets=(vector["secret"].encode(),), now=NOW)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"topic_archetype": "private_message"}, "private_message"),
        ({"hidden": True}, "hidden_post"),
        ({"post_type": 3}, "small_action"),
        ({"post_type": "4"}, "whisper"),
        ({"id": None}, "malformed_post"),
        ({"user_id": None, "username": ""}, "malformed_post"),
    ],
)
def test_what_nobody_else_reads_is_no_post(changed: dict[str, Any], reason: str) -> None:
    assert read(post(REPLY, **changed)) == [Ignored(reason=reason)]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"ping": "OK"}, "ping"),
        ({"user": {"id": 3}}, "user"),
        ({"notification": {"id": 3}}, "notification"),
        ({"like": {"post": REPLY["post"], "user": {}}}, "like"),
        ({"post": None}, "other_event"),
        ({"words of a stranger": {}}, "other_event"),
        ({}, "other_event"),
    ],
)
def test_other_events_are_known_by_their_type(body: Any, reason: str) -> None:
    assert read(body, headers("something")) == [Ignored(reason=reason)]


def test_the_newest_version_is_the_greatest_in_any_order() -> None:
    moments = ("2026-03-02T10:00:00.000Z", "2026-03-02T10:00:00.001Z", "2026-03-02T11:10:00+01:00")
    edits = [post(REPLY, raw=f"words {n}", updated_at=at) for n, at in enumerate(moments)]
    for order in itertools.permutations(edits):
        posts = [item for body in order for item in read(body, headers("post_edited"))]
        newest = max(posts, key=lambda one: getattr(one, "version", ""))
        assert isinstance(newest, Post)
        assert newest.text == "words 2"


@pytest.mark.parametrize(
    ("event", "changed"),
    [
        ("post_destroyed", {}),
        ("post_edited", {"user_deleted": True}),
        ("", {"deleted_at": "2026-03-02T11:00:00Z"}),
    ],
)
def test_a_deletion_keeps_nothing_but_its_identity(event: str, changed: dict[str, Any]) -> None:
    body = encoded(post(REPLY, **changed))
    [gone] = read(body, headers(event))
    assert isinstance(gone, Deletion)
    assert gone.native_id == "forum.acme.example:post:815"
    rest = discourse.without(headers(event), body, gone.native_id)
    assert rest is not None
    assert read(rest, headers(event)) == [gone]
    for word in (b"Tally", b"Tom", b"Ledgerly"):
        assert word not in rest
    assert list(discourse.held(headers(event), rest)) == []


def test_a_post_that_came_back_is_a_post() -> None:
    [found] = read(REPLY, headers("post_recovered"))
    assert isinstance(found, Post)


def test_two_forums_of_one_connection_are_two() -> None:
    ids = {
        item.native_id
        for forum in ("https://a.example", "https://A.example/", "https://a.example/forum", "")
        for item in read(REPLY, headers(forum=forum))
        if isinstance(item, Post)
    }
    assert ids == {"a.example:post:815", "a.example/forum:post:815", "main:post:815"}


def test_without_a_forum_there_is_no_address() -> None:
    [found] = read(REPLY, {})
    assert isinstance(found, Post)
    assert (found.permalink, found.author.profile_url) == (None, None)
    assert discourse.without({}, encoded(REPLY), "main:post:815") is None
    assert discourse.without({}, encoded(REPLY), "main:post:81") == encoded(REPLY)
    assert list(discourse.held({}, encoded(REPLY))) == []


@pytest.mark.parametrize(
    ("slug", "path"), [("", "/t/77/2"), ("ä b?", "/t/%C3%A4%20b%3F/77/2"), (None, "/t/77/2")]
)
def test_a_post_is_found_without_its_slug(slug: str | None, path: str) -> None:
    [found] = read(post(REPLY, topic_slug=slug))
    assert isinstance(found, Post)
    assert found.permalink == FORUM + path


def test_a_reply_outlives_the_title_of_its_topic() -> None:
    topic = "forum.acme.example:topic:77"
    body = encoded(REPLY)
    assert list(discourse.held(headers(), body)) == [
        Held("forum.acme.example:post:815", "forum.acme.example:user:32"),
        Held(topic, topic, ("forum.acme.example:post:815",)),
    ]
    rest = discourse.without(headers(), body, topic)
    assert rest is not None
    assert b"what else" not in rest
    assert read(rest) == read(body)
    assert discourse.without(headers(), encoded(OPENED), topic) == encoded(OPENED)


def test_a_topic_tells_who_began_it_and_goes_with_its_title() -> None:
    topic, body = "forum.acme.example:topic:77", encoded(TOPIC)
    assert list(discourse.held(headers("topic_created"), body)) == [
        Held(topic, "forum.acme.example:user:31")
    ]
    assert discourse.without(headers("topic_created"), body, topic) is None
    rest = discourse.without(headers("topic_destroyed"), body, topic)
    assert rest is not None
    assert b"Ledgerly" not in rest
    assert read(rest, headers("topic_destroyed")) == read(body, headers("topic_destroyed"))


def test_a_message_between_members_can_be_erased() -> None:
    body = encoded(post(REPLY, topic_archetype="private_message"))
    assert Held("forum.acme.example:post:815", "forum.acme.example:user:32") in list(
        discourse.held(headers(), body)
    )
    assert discourse.without(headers(), body, "forum.acme.example:post:815") is None


def test_a_like_holds_what_is_liked() -> None:
    body = encoded({"like": {"post": REPLY["post"], "user": {"id": 9}}})
    assert discourse.without(headers("post_liked"), body, "forum.acme.example:post:815") is None
    assert discourse.without(headers("post_liked"), body, "forum.acme.example:topic:77") is None


def test_a_user_who_is_destroyed_takes_everything_along() -> None:
    [gone] = read({"user": {"id": "32"}}, headers("user_destroyed"))
    assert gone == AuthorDeletion(source="discourse", author_id="forum.acme.example:user:32")
    [found] = read(REPLY)
    assert isinstance(found, Post)
    assert found.author.author_id == gone.author_id


@pytest.mark.parametrize(
    ("event", "rest"), [("user_destroyed", b'{"user":{"id":32}}'), ("user_updated", None)]
)
def test_what_is_told_of_a_user_goes_with_them(event: str, rest: bytes | None) -> None:
    body = encoded({"user": {"id": 32, "username": "tom", "email": "tom@tally.example"}})
    user = "forum.acme.example:user:32"
    assert list(discourse.held(headers(event), body)) == [Held(user, user)]
    assert discourse.without(headers(event), body, user) == rest


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_words_are_kept_as_they_were_sent(words: str) -> None:
    [found] = read(post(REPLY, raw=words, cooked=""))
    assert isinstance(found, Post)
    assert found.text == words.strip()
