import json
from typing import Any

import pytest

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import DataClass, Deletion, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import catalog, generic
from earshot.sources.surface import Item
from tests.unit.sources.test_events import delivery

POST: dict[str, Any] = {
    "id": "p1",
    "author": {"handle": "sam"},
    "text": "hello",
    "posted_at": "2026-03-02T09:00:00Z",
}


def normalise(body: bytes | dict[str, Any]) -> list[Item]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return list(catalog.normalise(delivery("generic"), RawObject({}, content, DataClass.OWNED)))


def test_a_single_post_needs_no_list() -> None:
    [post] = normalise(POST)
    assert isinstance(post, Post)
    assert (post.native_id, post.thread_id, post.author.author_id) == ("p1", "p1", "sam")
    assert post.expires_at is None


def test_fields_of_tomorrow_are_passed_over() -> None:
    assert normalise({**POST, "mood": {"deep": [1, 2]}}) == normalise(POST)


@pytest.mark.parametrize(
    "changed",
    [
        {"id": ""},
        {"id": "a b"},
        {"id": "x" * 201},
        {"id": 7},
        {"id": "nul\x00"},
        {"url": "javascript:alert(1)"},
        {"url": "https://"},
        {"url": "https://[broken"},
        {"author": {}},
        {"author": {"handle": ""}},
        {"author": {"handle": "sam", "followers": -1}},
        {"text": None},
        {"text": "x" * 65_537},
        {"posted_at": "yesterday"},
        {"posted_at": "0001-01-01T00:00:00Z"},
        {"posted_at": "9999-12-31T23:59:59-12:00"},
        {"language": "x" * 50},
        {"deleted": True, "id": None},
    ],
    ids=str,
)
def test_a_malformed_post_fails_alone(changed: dict[str, Any]) -> None:
    [bad, good] = normalise({"posts": [{**POST, **changed}, POST]})
    assert bad == Ignored(reason="malformed_post")
    assert isinstance(good, Post)


@pytest.mark.parametrize("entry", [None, 3, "text", [], [POST]])
def test_an_entry_that_is_no_object_fails_alone(entry: Any) -> None:
    [bad, _] = normalise({"posts": [entry, POST]})
    assert bad == Ignored(reason="malformed_post")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000 + b"]" * 200_000,
        b'{"id": ' + b"9" * 5000 + b"}",
        b'{"followers": NaN}',
        b'{"text": "\\ud800"}',
        b"\xff\xfe",
        b"",
        b"[]",
        b'"posts"',
        b'{"posts": {}}',
    ],
    ids=["nested", "digits", "nan", "surrogate", "binary", "empty", "list", "string", "mapping"],
)
def test_a_body_that_is_no_object_of_posts_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        normalise(body)


def test_a_deletion_says_nothing_but_which() -> None:
    [deletion] = normalise({"id": "p1", "deleted": True, "text": "still here"})
    assert isinstance(deletion, Deletion)
    assert deletion.native_id == "p1"


def test_an_erased_post_leaves_the_others_as_they_were() -> None:
    others = [{**POST, "id": "p2"}, {"id": "p1", "deleted": True, "text": "hello"}]
    body = json.dumps({"posts": [POST, *others]}).encode()
    rest = generic.without({}, body, "p1")
    assert rest
    assert normalise(rest) == normalise({"posts": others})
    assert rest.count(b"hello") == 1


def test_the_only_post_goes_with_its_body() -> None:
    assert generic.without({}, json.dumps(POST).encode(), "p1") is None
