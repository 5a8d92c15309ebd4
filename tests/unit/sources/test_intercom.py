import hashlib
import hmac
import itertools
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import AuthorDeletion, DataClass, Deletion, Ignored, Post
from earshot.errors import SignatureError
from earshot.sources import catalog, intercom
from earshot.sources.surface import Held, Item
from tests.unit.sources.test_events import EVENTS, delivery

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SHARED = Path(os.environ.get("EARSHOT_SHARED", Path(__file__).parents[4] / "shared"))
IDA, BEN = "6123abcdef0000000000aa01", "5501"
FIRST = "ab12cd34:conversation:2000901"


def sample(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / f"intercom/{name}.json").read_text())
    return found


def read(event: Any) -> list[Item]:
    raw = RawObject({}, encoded(event), DataClass.OWNED)
    return list(catalog.normalise(delivery("intercom"), raw))


def encoded(event: Any) -> bytes:
    return event if isinstance(event, bytes) else json.dumps(event).encode()


def with_item(event: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {**event, "data": {"item": {**event["data"]["item"], **changed}}}


def with_part(event: dict[str, Any], **changed: Any) -> dict[str, Any]:
    part = event["data"]["item"]["conversation_parts"]["conversation_parts"][0]
    return with_item(event, conversation_parts={"conversation_parts": [{**part, **changed}]})


def test_one_of_the_live_secrets_is_enough() -> None:
    told = {"x-hub-signature": "sha1=" + hmac.new(b"old", b"{}", hashlib.sha1).hexdigest()}
    intercom.verify(told, b"{}", secrets=(b"new", b"old"), now=NOW)
    wrong = {"x-hub-signature": told["x-hub-signature"][:-1] + "g"}
    by_another_method = {
        "x-hub-signature": "sha256=" + hmac.new(b"old", b"{}", hashlib.sha256).hexdigest()
    }
    for claimed, body in (
        *((told, b"{}x"), (wrong, b"{}"), ({}, b"{}"), (by_another_method, b"{}")),
    ):
        with pytest.raises(SignatureError):
            intercom.verify(claimed, body, secrets=(b"old",), now=NOW)


@pytest.mark.parametrize(
    ("topic", "reason"),
    [
        ("ping", "ping"),
        ("conversation.admin.closed", "conversation_admin_closed"),
        ("conversation.admin.single.created", "admin_message"),
        ("conversation.read", "conversation_read"),
        ("company.created", "company_created"),
        ("contact.deleted", "contact_deleted"),
        ("conversation.somebody.said", "other_event"),
        ("", "other_event"),
        (None, "other_event"),
        ({"topic": 1}, "other_event"),
    ],
)
def test_other_topics_are_known_by_their_name(topic: Any, reason: str) -> None:
    assert read({"topic": topic, "data": {"item": None}}) == [Ignored(reason=reason)]


def test_only_contacts_say_something() -> None:
    opened = sample("conversation.user.created")
    source = opened["data"]["item"]["source"]
    for kind in ("admin", "bot", "team"):
        ours = {**source, "author": {**source["author"], "type": kind}}
        assert read(with_item(opened, source=ours)) == [Ignored(reason="conversation_user_created")]


def test_the_first_message_has_one_version_in_whatever_tells_it() -> None:
    opened = sample("conversation.user.created")
    [post] = read(opened)
    [again] = read({**with_item(opened, updated_at=1772449999), "topic": "conversation.created"})
    assert post == again


def test_before_api_two_the_first_message_has_another_name() -> None:
    opened = sample("conversation.user.created")
    item = dict(opened["data"]["item"])
    item["conversation_message"] = item.pop("source")
    assert read({**opened, "data": {"item": item}}) == read(opened)


def test_ids_are_numbers_or_texts() -> None:
    answered = with_part(sample("conversation.user.replied"), id=3300101)
    [one] = read(answered)
    [other] = read(with_part(answered, id="3300101"))
    assert one == other


def test_the_newest_version_is_the_greatest_in_any_order() -> None:
    answered = sample("conversation.user.replied")
    bodies = [
        with_part(answered, body=f"<p>words {n}</p>", updated_at=1772443201 + n) for n in range(3)
    ]
    for order in itertools.permutations(bodies):
        posts = [item for body in order for item in read(body)]
        newest = max(posts, key=lambda one: getattr(one, "version", ""))
        assert isinstance(newest, Post)
        assert newest.plain == "words 2"


def test_redacted_parts_are_deleted_whatever_tells_of_them() -> None:
    redacted = sample("conversation_part.redacted")
    for event in (
        redacted,
        with_part(redacted, redacted=None),
        with_part({**redacted, "topic": "conversation.admin.closed"}, redacted=True),
        {**redacted, "data": {"item": {"type": "conversation_part", "id": 3300101}}},
    ):
        [gone] = read(event)
        assert isinstance(gone, Deletion)
        assert gone.native_id == "ab12cd34:part:3300101"


def test_a_redaction_keeps_nothing_but_its_identity() -> None:
    event = sample("conversation_part.redacted")
    rest = intercom.without({}, encoded(event), "ab12cd34:part:3300101")
    assert rest is not None
    assert b"talk to" not in rest
    assert read(rest) == read(event)
    rest = intercom.without({}, rest, FIRST)
    assert rest is not None
    for words in (b"seats", b"Ida", b"Prices"):
        assert words not in rest
    assert read(rest) == read(event)


def test_a_deleted_conversation_deletes_what_it_tells() -> None:
    event = {**sample("conversation.user.replied"), "topic": "conversation.deleted"}
    deleted = {item.native_id for item in read(event) if isinstance(item, Deletion)}
    assert FIRST in deleted
    assert "ab12cd34:part:3300101" in deleted
    assert all(isinstance(item, Deletion) for item in read(event))


def test_a_deleted_conversation_may_name_itself_by_another_field() -> None:
    item = {"type": "conversation", "conversation_id": "2000901"}
    event = {**sample("conversation.deleted"), "data": {"item": item}}
    (deleted,) = read(event)
    assert isinstance(deleted, Deletion)
    assert deleted.native_id == FIRST
    rest = intercom.without({}, encoded(event), FIRST)
    assert rest is not None
    assert read(rest) == [deleted]


def test_every_notification_holds_its_conversation() -> None:
    event = sample("conversation.admin.replied")
    assert list(intercom.held({}, encoded(event))) == [
        Held(FIRST, IDA, ("ab12cd34:part:3300102",)),
        Held("ab12cd34:part:3300102", BEN),
    ]
    rest = intercom.without({}, encoded(event), FIRST)
    assert rest is not None
    for words in (b"seats", b"Ida Berg", b"Plan for"):
        assert words not in rest
    assert read(rest) == read(event)
    assert intercom.without({}, encoded(event), "ab12cd34:part:1") == encoded(event)
    assert intercom.without({}, rest, "ab12cd34:part:3300102") is None


def test_an_answer_outlives_the_first_message() -> None:
    event = sample("conversation.user.replied")
    rest = intercom.without({}, encoded(event), FIRST)
    assert rest is not None
    assert b"two hundred" not in rest
    assert [one for one in read(rest) if isinstance(one, Post)] == [
        one for one in read(event) if isinstance(one, Post)
    ]


def test_a_deleted_contact_takes_everything_along() -> None:
    for topic in ("contact.deleted", "user.deleted"):
        [gone] = read({**sample("contact.deleted"), "topic": topic})
        assert gone == AuthorDeletion(source="intercom", author_id=IDA)


def test_two_workspaces_are_two() -> None:
    opened = sample("conversation.user.created")
    for app, identity in (("other", "other:conversation:2000901"), (None, "conversation:2000901")):
        [post] = read({**opened, "app_id": app})
        assert isinstance(post, Post)
        assert post.native_id == identity
        assert intercom.without({}, encoded({**opened, "app_id": app}), identity) is None


def test_real_notifications_are_read() -> None:
    paths = sorted((SHARED / "data/payloads/intercom").glob("*.json"))
    if not paths:
        pytest.skip("real payloads are not part of the project")
    for path in paths:
        assert read(path.read_bytes())
