import hashlib
import hmac
import itertools
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import Connection, DataClass, Deletion, Ignored, Post
from earshot.errors import MalformedPayloadError, SignatureError
from earshot.sources import catalog, slack, slack_text
from earshot.sources.surface import DELETED_VERSION, Held, Item, Reply
from tests.unit.sources.test_events import EVENTS, delivery

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRETS = (b"new secret", b"old secret")
ROOT = "T0NORTH:C0BUYERS:1772442000.000100"
FORM = {"content-type": "application/x-www-form-urlencoded"}
SHARED = Path(os.environ.get("EARSHOT_SHARED", Path(__file__).parents[4] / "shared"))


def event(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((EVENTS / f"slack/{name}.json").read_text())
    return found


def normalise(told: Any, headers: dict[str, str] | None = None) -> list[Item]:
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    raw = RawObject(headers or {}, body, DataClass.OWNED)
    return list(catalog.normalise(delivery("slack"), raw))


def message(**fields: Any) -> dict[str, Any]:
    said = {"type": "message", "user": "U1", "ts": "1772442000.000100", "channel": "C0BUYERS"}
    return {"team_id": "T0NORTH", "type": "event_callback", "event": {**said, **fields}}


def post_of(told: Any) -> Post:
    [post] = normalise(told)
    assert isinstance(post, Post)
    return post


def changed(text: str, at: str, *, edited: str | None = None, before: str = "before") -> Any:
    inner: dict[str, Any] = {"type": "message", "user": "U1", "ts": "1772442000.000100"}
    return message(
        subtype="message_changed",
        ts=at,
        event_ts=at,
        message={**inner, "text": text, **({"edited": {"ts": edited}} if edited else {})},
        previous_message={**inner, "text": before},
    )


def signed(body: bytes, at: datetime, secret: bytes = SECRETS[0]) -> dict[str, str]:
    clock = str(int(at.timestamp()))
    mac = hmac.new(secret, f"v0:{clock}:".encode() + body, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": clock, "x-slack-signature": f"v0={mac}"}


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_either_live_secret_signs_within_five_minutes(secret: bytes, seconds: int) -> None:
    headers = signed(b"{}", NOW + timedelta(seconds=seconds), secret)
    slack.verify(headers, b"{}", secrets=SECRETS, now=NOW)


def test_body_clock_and_signature_are_held_together() -> None:
    headers = signed(b"{}", NOW)
    later = str(int(headers["x-slack-request-timestamp"]) + 1)
    wrong: list[tuple[dict[str, str], bytes]] = [
        (headers, b"{ }"),
        ({**headers, "x-slack-request-timestamp": later}, b"{}"),
        ({**headers, "x-slack-request-timestamp": "1e9"}, b"{}"),
        ({**headers, "x-slack-signature": headers["x-slack-signature"][:-1] + "x"}, b"{}"),
        ({**headers, "x-slack-signature": headers["x-slack-signature"][3:]}, b"{}"),
        (signed(b"{}", NOW - timedelta(seconds=301)), b"{}"),
        (signed(b"{}", NOW + timedelta(seconds=301)), b"{}"),
        (signed(b"{}", NOW, b"another"), b"{}"),
        ({}, b"{}"),
    ]
    for claimed, body in wrong:
        with pytest.raises(SignatureError):
            slack.verify(claimed, body, secrets=SECRETS, now=NOW)


def answer(body: bytes, headers: dict[str, str] | None = None) -> Reply | None:
    connection = Connection(
        source="slack", connection_id="main", data_class=DataClass.OWNED, created_at=NOW
    )
    return slack.answer(headers or {}, body, connection=connection, delivery=delivery("slack"))


def test_the_challenge_of_a_new_address_comes_back() -> None:
    told = event("url_verification")
    reply = answer(json.dumps(told).encode())
    assert reply
    assert (reply.status, reply.content_type) == (200, "application/json")
    assert json.loads(reply.body) == {"challenge": told["challenge"]}


def test_no_more_comes_back_than_a_challenge_is_long() -> None:
    reply = answer(json.dumps({"type": "url_verification", "challenge": "x" * 10**6}).encode())
    assert reply
    assert len(reply.body) < 2_000


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"{}", b'{"challenge": "x"}', b'{"type": "url_verification"}', b"\xff"],
)
def test_whatever_else_is_asked_is_no_challenge(body: bytes) -> None:
    assert answer(body) is None


def test_who_sends_a_form_is_shown_nothing() -> None:
    reply = answer((EVENTS / "slack/interaction.form").read_bytes(), FORM)
    assert reply
    assert (reply.status, reply.body) == (200, "")


def test_the_newest_version_is_the_greatest_in_any_order() -> None:
    told = [
        message(text="before"),
        changed("two", "1772442100.000200", edited="1772442099.000000"),
        changed("three", "1772442200.000300", before="two"),
        changed("four", "1772442300.000400", edited="1772442300.000000", before="three"),
    ]
    for order in itertools.permutations(told):
        posts = [post_of(one) for one in order]
        assert {post.native_id for post in posts} == {ROOT}
        newest = max(posts, key=lambda post: post.version)
        assert newest.text == "four"
        assert newest.version < DELETED_VERSION


def test_a_message_whose_links_were_unfurled_is_the_same_version() -> None:
    unfurled = changed("see https://a.example", "1772442001.5", before="see https://a.example")
    assert post_of(unfurled).version == post_of(message(text="see https://a.example")).version
    assert post_of(unfurled).edited_at is None


def test_an_edit_within_the_second_of_posting_is_newer() -> None:
    first = message(text="one", ts="1772442000.900000")
    told = changed("two", "1772442000.950000", edited="1772442000.000000")
    told["event"]["message"]["ts"] = "1772442000.900000"
    assert post_of(told).version[:27] == post_of(first).version[:27]


def test_a_mention_of_our_app_and_the_message_are_one_post() -> None:
    said = {"text": "<@U0EAR> hello", "user": "U1", "team": "T0NORTH"}
    one, two = post_of(message(**said)), post_of(message(**said, type="app_mention"))
    assert one == two


def test_in_a_shared_channel_a_message_is_known_by_the_workspace_that_listens() -> None:
    told = event("shared_channel")
    gone = {
        **told,
        "team_id": "T0NORTH",
        "event": {
            "type": "message",
            "subtype": "message_deleted",
            "channel": "C0BOTH",
            "deleted_ts": "1772442800.000800",
        },
    }
    [deletion] = normalise(gone)
    assert isinstance(deletion, Deletion)
    assert deletion.native_id == post_of(told).native_id
    assert post_of(told).author.author_id == "T0OTHER:U0PAUL"


@pytest.mark.parametrize("name", ["message_deleted", "tombstone"])
def test_a_deletion_outlives_the_words_of_what_it_deletes(name: str) -> None:
    told = event(name)
    rest = slack.without({}, json.dumps(told).encode(), ROOT)
    assert rest
    assert b"Ledgerly" not in rest
    assert b"U0JONAS" not in rest
    assert normalise(rest) == normalise(told)
    assert slack.without({}, rest, ROOT) == rest


@pytest.mark.parametrize("name", ["thread_broadcast", "shared_message"])
def test_a_message_outlives_the_words_of_another(name: str) -> None:
    told = event(name)
    body = json.dumps(told).encode()
    assert Held(ROOT, "T0NORTH:U0JONAS") in list(slack.held({}, body))
    rest = slack.without({}, body, ROOT)
    assert rest
    assert b"thinking about" not in rest
    assert b"Jonas" not in rest
    before, after = post_of(told), post_of(json.loads(rest))
    assert after == before.model_copy(update={"repeats": None})


def test_what_only_repeats_a_message_goes_with_it() -> None:
    pinned = json.dumps(event("pin_added")).encode()
    pressed = (EVENTS / "slack/interaction.form").read_bytes()
    bodies: list[tuple[dict[str, str], bytes]] = [({}, pinned), (FORM, pressed)]
    for headers, body in bodies:
        assert list(slack.held(headers, body)) == [Held(ROOT, "T0NORTH:U0JONAS")]
        assert slack.without(headers, body, ROOT) is None
        assert slack.without(headers, body, "another") == body


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (message(subtype="channel_join", text="<@U1> has joined"), "channel_join"),
        (message(subtype="message_replied"), "message_replied"),
        (message(subtype="<script>"), "other_event"),
        (message(type="star_removed"), "star_removed"),
        (message(type="of tomorrow"), "other_event"),
        (message(ts=None), "malformed_post"),
        (message(ts="soon"), "malformed_post"),
        (message(channel={}), "malformed_post"),
        ({"type": "app_rate_limited", "minute_rate_limited": 1}, "app_rate_limited"),
        ({}, "other_event"),
    ],
)
def test_what_nobody_said_is_ignored_by_its_name(told: Any, reason: str) -> None:
    assert normalise(told) == [Ignored(reason=reason)]


@pytest.mark.parametrize("headers", [FORM, {}])
def test_forms_are_told_apart(headers: dict[str, str]) -> None:
    command = urlencode({"token": "t", "command": "/earshot"}).encode()
    assert normalise(command, headers) == [Ignored(reason="slash_command")]
    assert normalise(b"payload=%7B", headers) == [Ignored(reason="interaction")]
    assert normalise(b"token=1", headers) == [Ignored(reason="other_event")]
    with pytest.raises(MalformedPayloadError):
        normalise(b"token=1&" + b"a=1&" * 200, headers)


@pytest.mark.parametrize(
    ("text", "plain", "links"),
    [
        ("<https://a.example/?b=1&amp;c|label>", "label", ("https://a.example/?b=1&c",)),
        ("<https://a.example>", "https://a.example", ("https://a.example",)),
        ("<!subteam^S1|@buyers> <!subteam^S2> <!everyone>", "@buyers @S2 @everyone", ()),
        ("<!date^1772442000^{date}|March 2>", "March 2", ()),
        ("<#C1|general> <#C2>", "#general #C2", ()),
        (
            "*bold* _it_ ~gone~ `code` snake_case_name 2*3*4",
            "bold it gone code snake_case_name 2*3*4",
            (),
        ),
        ("*_both_*", "both", ()),
        ("a &lt;b&gt; &amp;amp; <", "a <b> &amp; <", ()),
    ],
)
def test_markup_reads_as_slack_shows_it(text: str, plain: str, links: tuple[str, ...]) -> None:
    post = post_of(message(text=text))
    assert (post.text, post.plain, post.links) == (text, plain, links)


@given(st.text(alphabet="<>|@#!*_~`&;^ \nab", max_size=80))
def test_any_markup_is_read(text: str) -> None:
    assert isinstance(post_of(message(text=text)), Post)


def test_an_attachment_speaks_where_nothing_else_does() -> None:
    said: dict[str, Any] = {"attachments": [{"title": "Ticket", "text": "*Help* us"}, None]}
    assert post_of(message(**said)).text == "Ticket\nHelp us"
    alone = {"attachments": [{"fallback": "New ticket", "title_link": "https://a.example/1"}]}
    assert slack_text.words_of(alone).links == ("https://a.example/1",)
    assert post_of(message(text="said", **said)).text == "said"


def test_published_payloads_raise_nothing() -> None:
    paths = [*SHARED.glob("data/payloads/slack/*"), *SHARED.glob("data/payloads/slack_shapes/*")]
    if not paths:
        pytest.skip("published payloads are not part of the project")
    for path in paths:
        items = normalise(path.read_bytes())
        assert items
        for item in items:
            if isinstance(item, Post):
                slack.without({}, path.read_bytes(), item.native_id)
        list(slack.held({}, path.read_bytes()))
