import base64
import hashlib
import hmac
import itertools
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import AuthorDeletion, Connection, DataClass, Deletion, Ignored, Post
from earshot.errors import SignatureError
from earshot.sources import catalog, x
from earshot.sources.surface import DELETED_VERSION, Held, Item, Question
from tests.unit.sources.test_events import EVENTS, delivery

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRETS = (b"new secret", b"old secret")
FIRST, SECOND, THIRD = "2028398656201162753", "2028401300206518273", "2028402558710886401"
TOKENS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / f"x/{name}.json").read_text())
    return found


def normalise(told: Any) -> list[Item]:
    raw = RawObject({}, json.dumps(told).encode(), DataClass.BORROWED)
    return list(catalog.normalise(delivery("x"), raw))


def post_of(told: Any) -> Post:
    [post] = normalise(told)
    assert isinstance(post, Post)
    return post


def streamed(**fields: Any) -> dict[str, Any]:
    return {"data": {"id": FIRST, "text": "words", "author_id": "8101", **fields}}


def mac(key: bytes, signed: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def question(
    token: str | None, *, method: str = "GET", secrets: tuple[bytes, ...] = SECRETS
) -> Any:
    connection = Connection(
        source="x", connection_id="main", data_class=DataClass.BORROWED, created_at=NOW
    )
    query = {} if token is None else {"crc_token": token}
    return Question(method, query, {}, connection, secrets)


@pytest.mark.parametrize("secret", SECRETS)
def test_either_live_secret_signs_a_body_and_no_other_body(secret: bytes) -> None:
    headers = {"x-twitter-webhooks-signature": mac(secret, b'{"a": 1}')}
    x.verify(headers, b'{"a": 1}', secrets=SECRETS, now=NOW)
    flipped = {"x-twitter-webhooks-signature": mac(secret, b'{"a": 1}').replace("=", "-", 1)}
    for wrong, body in ((headers, b'{"a": 2}'), (flipped, b'{"a": 1}'), ({}, b'{"a": 1}')):
        with pytest.raises(SignatureError):
            x.verify(wrong, body, secrets=SECRETS, now=NOW)


@given(st.text(TOKENS, min_size=1, max_size=128))
def test_a_token_is_signed_with_the_newest_secret(token: str) -> None:
    reply = x.handshake(question(token))
    assert reply
    assert (reply.status, reply.content_type) == (200, "application/json")
    assert json.loads(reply.body) == {"response_token": mac(b"new secret", token.encode())}


@pytest.mark.parametrize(
    "token", ["", '{"forged":"event"}', "token\n", "a" * 129, "to ken", "tokén", "a+b", "a\x00"]
)
def test_what_could_be_a_body_is_never_signed(token: str) -> None:
    with pytest.raises(SignatureError):
        x.handshake(question(token))


def test_without_a_secret_or_a_question_nothing_is_signed() -> None:
    with pytest.raises(SignatureError):
        x.handshake(question("token", secrets=()))
    assert x.handshake(question(None)) is None
    assert x.handshake(question("token", method="OPTIONS")) is None


def test_a_delivery_is_answered_with_200() -> None:
    reply = x.answer({}, b"{}", connection=question("t").connection, delivery=delivery("x"))
    assert reply.status == 200


def test_an_edit_is_a_newer_version_of_the_first_number_in_any_order() -> None:
    """Also within one second, which is all that the times of X tell."""
    told = [
        streamed(created_at="2026-03-02T09:15:00.000Z", text="one", edit_history_tweet_ids=[FIRST]),
        streamed(id=SECOND, text="two", edit_history_tweet_ids=[FIRST, SECOND]),
        streamed(id=THIRD, text="three", edit_history_tweet_ids=[FIRST, SECOND, THIRD]),
    ]
    told[1]["data"]["created_at"] = told[2]["data"]["created_at"] = "2026-03-02T09:30:30.000Z"
    for order in itertools.permutations(told):
        posts = [post_of(one) for one in order]
        assert {post.native_id for post in posts} == {FIRST}
        newest = max(posts, key=lambda post: post.version)
        assert newest.text == "three"
        assert newest.permalink == f"https://x.com/i/status/{THIRD}"
        assert newest.version < DELETED_VERSION


def test_the_words_of_an_edited_post_are_found_by_each_of_its_numbers() -> None:
    body = json.dumps(event("stream_edit")).encode()
    assert set(x.held({}, body)) == {Held(FIRST, "8101"), Held(SECOND, "8101", (FIRST,))}
    assert x.without({}, body, SECOND) is None
    assert x.without({}, body, FIRST) is None
    assert x.without({}, body, THIRD) == body


def test_one_post_has_one_version_in_every_envelope() -> None:
    text = "We are leaving &amp; searching"
    old = {
        "created_at": "Mon Mar 02 09:15:00 +0000 2026",
        "id_str": FIRST,
        "full_text": text,
        "user": {"id": 8101, "screen_name": "jonas_w"},
    }
    told = [
        {"for_user_id": "1", "tweet_create_events": [old]},
        streamed(text=text, created_at="2026-03-02T09:15:00.000Z"),
        streamed(text=text),
        {"data": {"event_type": "post.create", "payload": streamed(text=text)["data"]}},
    ]
    posts = [post_of(one) for one in told]
    assert {(post.native_id, post.version, post.author.author_id) for post in posts} == {
        (FIRST, posts[0].version, "8101")
    }
    assert posts[0].posted_at == datetime(2026, 3, 2, 9, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("comment", {"referenced_tweets": [{"type": "replied_to", "id": "5"}]}),
        ("comment", {"in_reply_to_tweet_id": 5}),
        ("repost", {"referenced_tweets": [{"type": "retweeted", "id": "5"}]}),
        ("post", {"referenced_tweets": [{"type": "quoted", "id": "5"}, None]}),
    ],
)
def test_a_post_says_what_it_refers_to(kind: str, fields: dict[str, Any]) -> None:
    post = post_of(streamed(conversation_id="4", **fields))
    assert (post.kind, post.thread_id) == (kind, "4")
    assert post.parent_id == ("5" if kind == "comment" else None)


@pytest.mark.parametrize(
    ("tag", "language"), [("en", "en"), ("und", None), ("in", "id"), ("zxx", None), (None, None)]
)
def test_a_language_is_told_where_x_knows_one(tag: str | None, language: str | None) -> None:
    assert post_of(streamed(lang=tag)).language == language


def test_reposted_words_are_apart_and_take_the_repost_with_them() -> None:
    told = event("account_retweet")
    body = json.dumps(told).encode()
    assert "need something else by May" in str(post_of(told).repeats)
    assert Held(FIRST, "8101") in list(x.held({}, body))
    assert x.without({}, body, FIRST) is None


def test_a_quoting_post_outlives_what_it_quotes_and_its_author() -> None:
    told = event("post_mention_create")
    body = json.dumps(told).encode()
    rest = x.without({}, body, FIRST)
    assert rest
    assert b"leaving Ledgerly" not in rest
    assert b"Jonas" not in rest
    assert post_of(json.loads(rest)).version == post_of(told).version


def test_a_deletion_outlives_the_name_of_the_author() -> None:
    told = event("post_delete")
    rest = x.without({}, json.dumps(told).encode(), FIRST)
    assert rest
    assert b"Jonas" not in rest
    assert normalise(json.loads(rest)) == normalise(told)


def test_what_is_liked_lies_in_the_delivery() -> None:
    for name in ("like_create", "account_favorite"):
        body = json.dumps(event(name)).encode()
        assert list(x.held({}, body)) == [Held(FIRST, "8101")]
        assert x.without({}, body, FIRST) is None


def test_one_of_a_list_goes_alone_with_the_mentions_of_its_author() -> None:
    told = event("account_activity")
    rest = x.without({}, json.dumps(told).encode(), FIRST)
    assert rest
    assert b"Jonas" not in rest
    assert normalise(told)[-1] in normalise(json.loads(rest))


@pytest.mark.parametrize("name", ["delete", "post_delete", "tweet_delete", "drop", "withheld"])
@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize("inner", ["post", "tweet", "status"])
def test_what_has_to_go_is_deleted(name: str, inner: str, *, wrapped: bool) -> None:
    told = {name: {inner: {"id": int(FIRST), "author_id": "8101"}, "timestamp_ms": "1772449200000"}}
    [deletion] = normalise({"data": told} if wrapped else told)
    assert isinstance(deletion, Deletion)
    assert (deletion.native_id, deletion.deleted_at.hour) == (FIRST, 11)


@pytest.mark.parametrize(
    ("name", "comes_back"),
    [("user_delete", False), ("user_protect", True), ("user_suspend", True)],
)
def test_an_author_goes_with_everything(name: str, *, comes_back: bool) -> None:
    gone = AuthorDeletion(source="x", author_id="8101", comes_back=comes_back)
    assert normalise({"data": {name: {"user": {"id": "8101"}}}}) == [gone]
    assert normalise({name: {"id": 8101, "timestamp_ms": "1"}}) == [gone]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"data": {"event_type": "follow.follow", "payload": {"source": {}}}}, "follow_follow"),
        ({"data": {"event_type": "profile.update.bio", "payload": {}}}, "profile_update_bio"),
        ({"data": {"event_type": "chat.received", "payload": {"id": "a"}}}, "chat_received"),
        ({"data": {"event_type": "post.create", "payload": {}}}, "malformed_post"),
        ({"data": {"event_type": "<script>", "payload": {}}}, "other_event"),
        ({"data": {"event_type": None}}, "other_event"),
        ({"data": {"undrop": {"tweet": {"id": "1"}}}}, "undrop"),
        ({"data": {"tweet_edit": {"tweet": {"id": "2"}}}}, "tweet_edit"),
        ({"data": {"delete": {"tweet": {}}}}, "malformed_post"),
        ({"data": {"id": "1"}}, "malformed_post"),
        ({"data": []}, "other_event"),
        ({"user_event": {"revoke": {}}}, "user_event"),
        ({"for_user_id": "1", "follow_events": [{"type": "follow"}]}, "follow_events"),
        (
            {"direct_message_events": [{"type": "participants_join", "id": "1"}]},
            "direct_message_events",
        ),
        ({"errors": [{"title": "x"}]}, "other_event"),
    ],
)
def test_what_nobody_said_is_ignored_by_its_name(told: Any, reason: str) -> None:
    assert normalise(told) == [Ignored(reason=reason)]


def test_a_post_without_author_is_by_nobody_else() -> None:
    posts = [post_of({"data": {"id": number, "text": "words"}}) for number in ("5", "6")]
    assert posts[0].author.author_id != posts[1].author.author_id


def test_short_links_that_lead_nowhere_stay() -> None:
    entities = {"urls": [{"url": "https://t.co/a", "expanded_url": "javascript:alert(1)"}, None]}
    post = post_of(streamed(text="see https://t.co/a", entities=entities))
    assert (post.plain, post.links) == ("see https://t.co/a", ("https://t.co/a",))
