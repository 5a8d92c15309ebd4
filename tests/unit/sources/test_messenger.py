import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.models import Ignored, Post
from earshot.sources import messenger
from earshot.sources.surface import Held
from tests.unit.sources.test_meta import JSON, event, kept, read

MESSAGE: dict[str, Any] = event("messenger", "message.json")["entry"][0]["messaging"][0]
COMMENT = event("facebook", "comment.add.json")


def page(*events: Any, name: str = "messaging") -> dict[str, Any]:
    entry = {"id": "104455", "time": 1772443219000, name: list(events)}
    return {"object": "page", "entry": [entry]}


def said(**changed: Any) -> dict[str, Any]:
    return MESSAGE | {"message": MESSAGE["message"] | changed}


def only_post(body: Any) -> Post:
    [post] = read("messenger", body)
    assert isinstance(post, Post)
    return post


@pytest.mark.parametrize(
    ("happened", "reason"),
    [
        ({"read": {"watermark": 1}}, "read"),
        ({"delivery": {"mids": ["m_1"]}}, "delivery"),
        ({"policy-enforcement": {"action": "block"}}, "policy_enforcement"),
        ({"take_thread_control": {}}, "take_thread_control"),
        ({"Tomorrow's": {}}, "other_event"),
        ({"message": None}, "other_event"),
        ({"message": {"mid": "m_9", "sticker_id": 3, "attachments": [{}]}}, "attachment"),
        ({"message": {"mid": "m_9", "is_unsupported": True}}, "without_text"),
        ({"message": {"mid": None, "text": "a"}}, "malformed_post"),
        ({"message_edit": {"text": "a"}}, "malformed_post"),
    ],
)
def test_what_nobody_said_is_ignored(happened: dict[str, Any], reason: str) -> None:
    ends = {name: MESSAGE[name] for name in ("sender", "recipient", "timestamp")}
    assert read("messenger", page(ends | happened)) == [Ignored(reason=reason)]


@given(st.permutations([1, 2, 3, 4, 5]))
def test_edits_of_one_moment_are_told_apart_by_their_number(order: list[int]) -> None:
    edits = [
        {**MESSAGE, "message": None, "message_edit": {"mid": "m_1", "text": f"{n}", "num_edit": n}}
        for n in order
    ]
    posts = [only_post(page(one)) for one in (*edits, MESSAGE)]
    by_version = sorted(posts, key=lambda post: post.version)
    assert [post.text for post in by_version] == [MESSAGE["message"]["text"], *"12345"]


def test_both_sides_of_a_conversation_are_one_thread() -> None:
    echo = event("messenger", "echo.json")
    assert only_post(echo).thread_id == only_post(page(MESSAGE)).thread_id
    apart = page(said(is_echo=True) | {"sender": {"id": "9"}, "recipient": {"id": "3301"}})
    assert only_post(apart).thread_id == "9:3301"
    assert only_post(page(MESSAGE | {"sender": None})).thread_id == "m_1"


def test_a_person_without_id_is_known_by_the_reference_or_not_at_all() -> None:
    for sender, author_id in (({"user_ref": "r1"}, "r1"), ({}, "unknown"), (None, "unknown")):
        assert only_post(page(MESSAGE | {"sender": sender})).author.author_id == author_id


def test_a_message_without_time_was_written_when_it_was_told() -> None:
    post = only_post(page(MESSAGE | {"timestamp": None}))
    assert post.posted_at.isoformat() == "2026-03-02T09:20:19+00:00"


def test_the_feed_is_left_to_facebook_but_can_be_erased() -> None:
    body = json.dumps(COMMENT).encode()
    assert read("messenger", body) == [Ignored(reason="feed")]
    assert list(messenger.held(JSON, body)) == [Held("9001_5001", "7781")]
    assert messenger.without(JSON, body, "9001_5001") is None


def test_an_attachment_is_found_by_an_erasure() -> None:
    batch = event("messenger", "batch.json")
    assert Held("m_3", "3301") in list(messenger.held(JSON, json.dumps(batch).encode()))
    left = kept("messenger", batch, "m_3")
    posts = [item for item in read("messenger", batch) if isinstance(item, Post)]
    assert left == [posts[0], Ignored(reason="feed"), posts[1]]
