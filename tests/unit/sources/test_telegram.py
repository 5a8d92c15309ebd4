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
from earshot.domain.models import DataClass, Deletion, Ignored, Post
from earshot.errors import SignatureError
from earshot.sources import catalog, telegram
from earshot.sources.surface import DELETED_VERSION, Held, Item
from tests.unit.sources.test_events import EVENTS, delivery

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HEADER = "x-telegram-bot-api-secret-token"
GROUP = {"id": -1001234567890, "type": "supergroup"}
PRIVATE = {"id": 70111, "type": "private", "first_name": "Mira"}
SHARED = Path(os.environ.get("EARSHOT_SHARED", Path(__file__).parents[4] / "shared"))


def update(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / f"telegram/{name}.json").read_text())
    return found


def normalise(told: Any) -> list[Item]:
    raw = RawObject({}, json.dumps(told).encode(), DataClass.OWNED)
    return list(catalog.normalise(delivery("telegram"), raw))


def said(name: str = "message", **fields: Any) -> dict[str, Any]:
    sender = {"id": 70111, "first_name": "Mira"}
    kept = {"message_id": 5, "from": sender, "chat": GROUP, "date": 1772442000, "text": "words"}
    return {"update_id": 1, name: {**kept, **fields}}


def post_of(told: Any) -> Post:
    [post] = normalise(told)
    assert isinstance(post, Post)
    return post


def test_the_header_is_one_of_the_live_secrets() -> None:
    for secret in ("new", "old"):
        telegram.verify({HEADER: secret}, b"{}", secrets=(b"new", b"old"), now=NOW)
    for wrong in ({}, {HEADER: ""}, {HEADER: "olds"}, {HEADER: "ole"}, {HEADER: "newold"}):
        with pytest.raises(SignatureError):
            telegram.verify(wrong, b"{}", secrets=(b"new", b"old"), now=NOW)
    with pytest.raises(SignatureError):
        telegram.verify({HEADER: "new"}, b"{}", secrets=(), now=NOW)


def test_the_newest_edit_is_the_greatest_version_in_any_order() -> None:
    told = [
        said(text="one"),
        said("edited_message", text="two", edit_date=1772442060),
        said("edited_message", text="three", edit_date="1772442120"),
    ]
    for order in itertools.permutations(told):
        posts = [post_of(one) for one in order]
        assert {post.native_id for post in posts} == {"-1001234567890:5"}
        newest = max(posts, key=lambda post: post.version)
        assert newest.text == "three"
        assert newest.version < DELETED_VERSION


@pytest.mark.parametrize("chat", [PRIVATE, {"id": 70111}, {"id": -500, "type": "group"}])
def test_where_each_bot_counts_for_itself_the_time_tells_two_messages_apart(
    chat: dict[str, Any],
) -> None:
    of_one_bot, of_another = said(chat=chat), said(chat=chat, date=1772442001)
    edited = said("edited_message", chat=chat, text="other", edit_date=1772449999)
    assert post_of(of_one_bot).native_id == f"{chat['id']}:5:1772442000"
    assert post_of(of_one_bot).native_id == post_of(edited).native_id
    assert post_of(of_one_bot).native_id != post_of(of_another).native_id
    assert post_of(of_one_bot).permalink is None


def test_in_a_business_chat_the_connection_does_since_a_deletion_tells_no_time() -> None:
    posts = {post_of(update("edited_business_message")).native_id}
    deletions = normalise(update("deleted_business_messages"))
    assert posts < {item.native_id for item in deletions if isinstance(item, Deletion)}


def test_a_deletion_outlives_the_name_of_its_chat() -> None:
    told = update("deleted_business_messages")
    rest = telegram.without({}, json.dumps(told).encode(), "70222:301:bc_1")
    assert rest
    assert b"Jonas" not in rest
    assert normalise(json.loads(rest)) == normalise(told)
    assert telegram.without({}, rest, "70222:301:bc_1") == rest


@pytest.mark.parametrize(
    ("name", "held"),
    [
        ("reply", Held("-1009876543210:55", "70222")),
        ("private_reply", Held("70111:11:1772442000", "555")),
        ("quoted_elsewhere", Held("-1001111111111:7", "-1001111111111")),
    ],
)
def test_a_message_outlives_what_it_answers_or_quotes(name: str, held: Held) -> None:
    told = update(name)
    body = json.dumps(told).encode()
    assert held in list(telegram.held({}, body))
    rest = telegram.without({}, body, held.native_id)
    assert rest
    for words in (b"Ledgerly", b"How many", b"Jonas", b"Northwind", b"Tally news"):
        assert words not in rest
    assert held not in list(telegram.held({}, rest))
    before, after = post_of(told), post_of(json.loads(rest))
    assert after == before.model_copy(update={"repeats": None})


def test_a_forwarded_post_goes_with_its_origin() -> None:
    told = update("forwarded")
    body = json.dumps(told).encode()
    assert post_of(told).repeats == post_of(told).text
    assert Held("-1001111111111:7", "-1001111111111") in list(telegram.held({}, body))
    assert telegram.without({}, body, "-1001111111111:7") is None


def test_what_only_repeats_a_message_goes_with_it() -> None:
    pinned = said(text=None, pinned_message={**said()["message"], "message_id": 4})
    for told, number in ((update("callback_query"), 60), (pinned, 4)):
        body = json.dumps(told).encode()
        assert telegram.without({}, body, f"-1001234567890:{number}") is None
        assert telegram.without({}, body, "another") == body


def test_a_topic_is_a_thread_and_its_beginning_nobody_s_parent() -> None:
    begun = {**said()["message"], "message_id": 2, "forum_topic_created": {"name": "Offers"}}
    told = said(message_thread_id=2, is_topic_message=True, reply_to_message=begun)
    post = post_of(told)
    assert (post.thread_id, post.parent_id) == ("-1001234567890:2", None)
    rest = telegram.without({}, json.dumps(told).encode(), "-1001234567890:2")
    assert rest
    assert post_of(json.loads(rest)) == post


def test_an_answer_without_a_thread_belongs_to_what_it_answers() -> None:
    post = post_of(said(reply_to_message={**said()["message"], "message_id": 3}))
    assert post.thread_id == post.parent_id == "-1001234567890:3"


@pytest.mark.parametrize(
    ("fields", "author_id", "name"),
    [
        ({}, "70111", "Mira"),
        ({"sender_chat": {"id": -100999, "title": "Board"}}, "-100999", "Board"),
        ({"from": None}, "-1001234567890", None),
        ({"from": {"id": 1, "first_name": "A", "last_name": "B"}}, "1", "A B"),
    ],
)
def test_channels_and_admins_write_as_a_chat(
    fields: dict[str, Any], author_id: str, name: str | None
) -> None:
    author = post_of(said(**fields)).author
    assert (author.author_id, author.name) == (author_id, name)


@given(before=st.text("a🙂é ", max_size=8), after=st.text("b🙂", max_size=4))
def test_places_are_counted_in_utf_16(before: str, after: str) -> None:
    text = f"{before} example.com/x {after}"
    offset = len(f"{before} ".encode("utf-16-le")) // 2
    marks = [{"type": "url", "offset": offset, "length": 13}, None, {"type": "url", "offset": -1}]
    assert post_of(said(text=text, entities=marks)).links == ("https://example.com/x",)


def test_a_program_s_language_is_not_that_of_the_words() -> None:
    sender: dict[str, Any] = {"from": {"id": 1, "language_code": "de"}}
    assert post_of(said(**sender)).language is None


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"inline_query": {"id": "1", "query": "words"}}, "inline_query"),
        ({"message_reaction": {"chat": GROUP, "message_id": 5}}, "message_reaction"),
        ({"my_chat_member": {}}, "my_chat_member"),
        ({"poll": {"id": "1"}}, "poll"),
        ({"of_tomorrow": {}}, "other_event"),
        ({"update_id": 1}, "other_event"),
        ({"deleted_business_messages": {"message_ids": []}}, "deleted_business_messages"),
        (said(text=None, photo=[{}]), "photo"),
        (said(text=None, venue={}, location={}), "venue"),
        (said(text=None, new_chat_members=[{}]), "new_chat_members"),
        (said(text=None), "other_event"),
        (said(message_id=None), "malformed_post"),
        (said(chat=None), "malformed_post"),
        ({"message": "words"}, "malformed_post"),
    ],
)
def test_what_nobody_said_is_ignored_by_its_kind(told: Any, reason: str) -> None:
    assert normalise(told) == [Ignored(reason=reason)]


def test_published_payloads_raise_nothing() -> None:
    paths = list(SHARED.glob("data/payloads/telegram/*"))
    if not paths:
        pytest.skip("published payloads are not part of the project")
    for path in paths:
        items = normalise(json.loads(path.read_bytes()))
        assert items
        for held in telegram.held({}, path.read_bytes()):
            telegram.without({}, path.read_bytes(), held.native_id)
