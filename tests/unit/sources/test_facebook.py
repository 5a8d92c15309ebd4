import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.models import Deletion, Ignored, Post
from earshot.sources import facebook
from earshot.sources.surface import DELETED_VERSION, Held
from tests.unit.sources.test_meta import JSON, event, kept, read

COMMENT: dict[str, Any] = event("facebook", "comment.add.json")["entry"][0]["changes"][0]["value"]
EDIT = event("facebook", "comment.edited.json")
HIDE = event("facebook", "comment.hide.json")


def page(*values: Any, time: Any = 1772443300, field: str = "feed") -> dict[str, Any]:
    changes = [{"field": field, "value": value} for value in values]
    return {"object": "page", "entry": [{"id": "104455", "time": time, "changes": changes}]}


def only_post(body: Any) -> Post:
    [post] = read("facebook", body)
    assert isinstance(post, Post)
    return post


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"item": "like"}, "like"),
        ({"item": "reaction", "verb": "remove"}, "reaction"),
        ({"item": "Tomorrow's"}, "other_event"),
        ({"item": ["comment"]}, "other_event"),
        ({"verb": "hide"}, "comment_hidden"),
        ({"verb": "unhide"}, "comment_unhidden"),
        ({"verb": "Tomorrow's"}, "other_verb"),
        ({"verb": None}, "other_verb"),
        ({"message": None}, "without_text"),
        ({"message": None, "verb": "edited"}, "without_text"),
        ({"comment_id": None}, "malformed_post"),
        ({"comment_id": {}}, "malformed_post"),
    ],
)
def test_what_nobody_said_is_ignored(changed: dict[str, Any], reason: str) -> None:
    assert read("facebook", page(COMMENT | changed)) == [Ignored(reason=reason)]


@pytest.mark.parametrize("field", ["feed", "mention", "group_feed", "ratings"])
def test_what_is_said_is_read_wherever_it_is_told(field: str) -> None:
    assert only_post(page(COMMENT, field=field)).text == COMMENT["message"]


@pytest.mark.parametrize("verb", ["edit", "edited"])
@given(minutes=st.permutations([0, 1, 2]), is_late=st.booleans())
def test_the_newest_edit_is_the_greatest_in_any_order(
    verb: str, minutes: list[int], is_late: bool
) -> None:
    """Also one within the second of the comment, and where entries tell milliseconds."""
    scale = 1000 if is_late else 1
    first = page(COMMENT, time=COMMENT["created_time"] * scale)
    edits = [
        page(
            COMMENT | {"verb": verb, "message": f"edit {minute}"},
            time=(COMMENT["created_time"] + 60 * minute) * scale,
        )
        for minute in minutes
    ]
    posts = [only_post(body) for body in (*edits, first)]
    newest = max(posts, key=lambda post: post.version)
    assert newest.text == "edit 2"
    assert min(posts, key=lambda post: post.version).text == COMMENT["message"]
    assert newest.version < DELETED_VERSION
    assert {post.posted_at for post in posts} == {posts[0].posted_at}


def test_an_edit_that_was_told_with_no_time_or_an_early_one_is_newer_than_the_comment() -> None:
    for time in (None, "never", 1, COMMENT["created_time"] - 60):
        edit = only_post(page(COMMENT | {"verb": "edited", "message": "b"}, time=time))
        assert edit.version > only_post(page(COMMENT, time=time)).version


def test_an_edit_may_take_all_words_out() -> None:
    assert only_post(page(COMMENT | {"verb": "edited", "message": ""})).text == ""


def test_ids_are_read_as_numbers_and_as_text_and_in_the_old_spelling() -> None:
    old = {"sender_id": 7781, "sender_name": "Ida Brandt", "from": None}
    assert only_post(page(COMMENT | old)) == only_post(page(COMMENT))
    numbers = {"from": {"id": 7781, "name": "Ida Brandt"}, "created_time": "1772443211"}
    assert only_post(page(COMMENT | numbers)) == only_post(page(COMMENT))


def test_a_comment_of_nobody_known_is_still_a_comment() -> None:
    post = only_post(page(COMMENT | {"from": None}))
    assert (post.author.author_id, post.author.name) == ("unknown", None)


def test_a_removed_post_is_a_deletion() -> None:
    removed = {"item": "video", "verb": "remove", "post_id": "104455_9005", "sender_id": 104455}
    [deletion] = read("facebook", page(removed))
    assert isinstance(deletion, Deletion)
    assert (deletion.native_id, deletion.version) == ("104455_9005", DELETED_VERSION)


def test_a_hidden_comment_is_found_by_an_erasure() -> None:
    assert read("facebook", HIDE) == [Ignored(reason="comment_hidden")]
    body = page(HIDE["entry"][0]["changes"][0]["value"])
    assert kept("facebook", body, "9001_5001") is None
    assert kept("facebook", HIDE, "9001_5001") is None


def test_an_erasure_takes_every_version_and_every_reaction_and_leaves_other_posts() -> None:
    other = COMMENT | {"comment_id": "9001_5009", "from": {"id": "1", "name": "Jon Ek"}}
    reaction = {**COMMENT, "item": "reaction", "message": None, "comment_id": "9001_5009"}
    edit = EDIT["entry"][0]["changes"][0]["value"]
    body = page(COMMENT, edit, reaction, other)
    left = kept("facebook", body, "9001_5001")
    assert left == read("facebook", page(other))


def test_an_entry_without_a_list_is_a_change_itself() -> None:
    [entry] = page(COMMENT)["entry"]
    [change] = entry.pop("changes")
    body = {"object": "page", "entry": [entry | change]}
    assert only_post(body) == only_post(page(COMMENT))
    assert kept("facebook", body, "9001_5001") is None
    assert kept("facebook", {**body, "entry": [*body["entry"], 7]}, "1") == [
        only_post(body),
        Ignored(reason="malformed_post"),
    ]


def test_messages_to_the_page_may_come_to_the_same_address() -> None:
    body = event("messenger", "message.json")
    [there] = read("messenger", body)
    assert isinstance(there, Post)
    assert only_post(body) == there.model_copy(update={"source": "facebook"})
    assert list(facebook.held(JSON, json.dumps(body).encode())) == [Held("m_1", "3301")]
