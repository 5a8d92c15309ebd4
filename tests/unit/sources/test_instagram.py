from typing import Any

import pytest

from earshot.domain.models import Ignored, Post
from tests.unit.sources.test_meta import event, kept, read

COMMENT: dict[str, Any] = event("instagram", "comment.json")["entry"][0]["changes"][0]["value"]
ALONE = event("instagram", "comment.alone.json")


def told(value: Any, field: str = "comments", time: Any = 1772443211) -> dict[str, Any]:
    entry = {"id": "178", "time": time, "changes": [{"field": field, "value": value}]}
    return {"object": "instagram", "entry": [entry]}


def only_post(body: Any) -> Post:
    [post] = read("instagram", body)
    assert isinstance(post, Post)
    return post


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("mentions", {"media_id": "1", "comment_id": "2"}, "mention_without_text"),
        ("story_insights", None, "story_insights"),
        ("Tomorrow's", COMMENT, "other_event"),
        ("comments", None, "malformed_post"),
        ("comments", "verified", "malformed_post"),
        ("comments", COMMENT | {"text": None}, "without_text"),
    ],
)
def test_what_nobody_said_is_ignored(field: str, value: Any, reason: str) -> None:
    assert read("instagram", told(value, field)) == [Ignored(reason=reason)]


def test_a_comment_was_written_when_it_was_told() -> None:
    for time in (1772443211, "1772443211", 1772443211000):
        assert only_post(told(COMMENT, time=time)).posted_at.isoformat()[:19] == (
            "2026-03-02T09:20:11"
        )
    assert only_post(told(COMMENT, time=None)).posted_at.isoformat()[:13] == "2026-03-02T12"


@pytest.mark.parametrize(
    ("by", "author_id", "url"),
    [
        ({"id": 5501}, "5501", None),
        ({"username": "ida"}, "ida", "https://www.instagram.com/ida/"),
        ({"id": "5501", "username": "../x y"}, "5501", None),
        (None, "unknown", None),
        ("ida", "unknown", None),
    ],
)
def test_an_author_is_known_by_what_there_is(by: Any, author_id: str, url: str | None) -> None:
    author = only_post(told(COMMENT | {"from": by})).author
    assert (author.author_id, author.profile_url) == (author_id, url)


def test_a_thread_is_a_medium_and_a_reply_has_a_parent() -> None:
    reply, top = only_post(told(COMMENT)), only_post(told(COMMENT | {"parent_id": None}))
    assert (reply.thread_id, reply.parent_id) == ("17860001", "17900000")
    assert (top.thread_id, top.parent_id) == ("17860001", "17860001")
    assert only_post(told(COMMENT | {"media": None})).thread_id == "17900001"


def test_a_comment_as_the_api_gives_it_is_read_alone() -> None:
    assert only_post(ALONE).counts == {"likes": 3}
    assert kept("instagram", ALONE, "17900020") is None
    assert read("instagram", ALONE | {"timestamp": None}) == [Ignored(reason="other_object")]
    assert read("instagram", {"id": "1", "mentioned_media": {"caption": "a"}}) == [
        Ignored(reason="other_object")
    ]


def test_a_message_of_the_dashboard_comes_as_a_change() -> None:
    message = event("instagram", "message.json")["entry"][0]["messaging"][0]
    assert only_post(told(message, "messages")).native_id == "aWd_1"
    assert kept("instagram", told(message, "messages"), "aWd_1") is None
