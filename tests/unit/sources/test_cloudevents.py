import base64
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import Connection, DataClass, Deletion, Ignored, Post
from earshot.errors import MalformedPayloadError, SignatureError
from earshot.sources import catalog, cloudevents
from earshot.sources.surface import Item, Question, Reply, read_headers
from tests.unit.sources.test_events import delivery
from tests.unit.sources.test_signatures import NOW, PUBLIC, SECRET, signed, signed_with_a_key

STRUCTURED = {"content-type": "application/cloudevents+json"}
BATCH = {"content-type": "application/cloudevents-batch+json; charset=utf-8"}
BINARY = {
    "content-type": "application/json",
    "ce-id": "e1",
    "ce-source": "/board",
    "ce-specversion": "1.0",
    "ce-time": "2026-03-02T08:00:00Z",
    "ce-type": "example.posted",
}
POST: dict[str, Any] = {"id": "p1", "author": {"handle": "sam"}, "text": "hello"}
WITHOUT_POST = Ignored(reason="event_without_post")
MALFORMED = Ignored(reason="malformed_post")
PAYLOADS = Path(
    os.environ.get("EARSHOT_SHARED", Path(__file__).parents[4] / "shared"),
    "data/payloads/cloudevents",
)


def event(data: Any = None, **changed: Any) -> dict[str, Any]:
    named = {"specversion": "1.0", "id": "e1", "source": "/board", "type": "example.posted"}
    return {**named, "time": "2026-03-02T08:00:00Z", "data": data, **changed}


def encoded(data: Any) -> str:
    return base64.b64encode(json.dumps(data).encode()).decode()


def normalise(content: Any, headers: dict[str, str] = STRUCTURED) -> list[Item]:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    given = read_headers(cloudevents.reads_headers, headers)
    raw = RawObject(given, body, DataClass.OWNED)
    return list(catalog.normalise(delivery("cloudevents"), raw))


def the_post(content: Any, headers: dict[str, str] = STRUCTURED) -> Post:
    [post] = normalise(content, headers)
    assert isinstance(post, Post)
    return post


def test_an_event_says_the_same_however_it_comes() -> None:
    structured = normalise(event(POST))
    assert structured == normalise(POST, BINARY)
    assert structured == normalise([event(POST)], BATCH)
    assert structured == normalise(event(None, data_base64=encoded(POST)))
    assert structured == normalise(event(POST), {})
    assert structured == normalise({"posts": [POST]}, BINARY)


def test_a_post_of_its_event_s_name_and_time() -> None:
    told = {"author": {"handle": "sam"}, "text": "hello"}
    post = the_post(event(told))
    assert post.native_id == "/board/e1"
    assert post.posted_at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert the_post(event({**told, "id": None, "posted_at": None})) == post
    assert the_post(event(told, id=7)).native_id == "/board/7"
    assert the_post(event(told, time="soon")).posted_at == post.received_at
    spaced = the_post(event(told, source="/caf\u00e9 au lait"))
    assert spaced.native_id == "/caf%C3%A9%20au%20lait/e1"
    long = the_post(event(told, source="/" + "x" * 300)).native_id
    assert long.startswith("sha256:")
    assert normalise(event(told, source=None)) == [MALFORMED]


@pytest.mark.parametrize(
    ("header", "source"),
    [
        ("/board", "/board"),
        ("%2Fboard%252F", "/board%2F"),
        ('"/bo\\"ard"', '/bo"ard'),
        ('"', '"'),
        ("/caf%C3%A9", "/caf\u00e9"),
    ],
)
def test_a_header_is_unquoted_and_decoded_once(header: str, source: str) -> None:
    told = {"author": {"handle": "sam"}, "text": "hello"}
    binary = the_post(told, {**BINARY, "ce-source": header})
    assert binary == the_post(event(told, source=source))


@pytest.mark.parametrize(
    "data",
    [
        *(None, 1.5, True, "text", [], [POST], {}, {"posts": []}, {"posts": {}}),
        *({"appinfo": 1}, {"deleted": "yes"}, {"author": {"handle": "sam"}}),
    ],
    ids=str,
)
def test_an_event_without_post_is_ignored(data: Any) -> None:
    assert normalise(event(data)) == [WITHOUT_POST]
    assert normalise(data, BINARY) == [WITHOUT_POST]
    assert normalise(event(None, data_base64=encoded(data))) == [WITHOUT_POST]


@pytest.mark.parametrize("kind", ["text/plain", "image/png", "application/xml; a=json"])
def test_what_is_no_json_holds_no_post(kind: str) -> None:
    assert normalise(b"hello", {**BINARY, "content-type": kind}) == [WITHOUT_POST]
    png = base64.b64encode(b"\x89PNG").decode()
    assert normalise(event(None, data_base64=png, datacontenttype=kind)) == [WITHOUT_POST]
    assert normalise(event("<a/>", datacontenttype=kind)) == [WITHOUT_POST]


def test_json_has_many_names() -> None:
    for kind in ("text/json", "application/vnd.forum+JSON; charset=utf-8"):
        assert normalise(POST, {**BINARY, "content-type": kind}) == normalise(event(POST))
    untold = {name: value for name, value in BINARY.items() if name != "content-type"}
    assert normalise(POST, untold) == normalise(event(POST))
    assert normalise(b"", untold) == [WITHOUT_POST]


@pytest.mark.parametrize("specversion", ["0.3", "2.0", "", None, [], {}, "10.0", 2])
def test_other_versions_are_told_apart(specversion: Any) -> None:
    [only] = normalise(event(POST, specversion=specversion))
    assert only == Ignored(reason="other_specversion")


@pytest.mark.parametrize("specversion", ["1.0", "1.0.2", "1.1", 1.0])
def test_version_one_is_one(specversion: Any) -> None:
    assert normalise(event(POST, specversion=specversion)) == normalise(event(POST))


def test_one_bad_event_or_post_fails_alone() -> None:
    bad = {**POST, "author": None}
    told = [event(None, data_base64="%"), event(None, data_base64=7), None, event(bad)]
    told.append(event({"posts": [bad, 3, POST]}))
    assert normalise(told, BATCH) == [MALFORMED] * 6 + normalise(event(POST))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000 + b"]" * 200_000,
        b'{"id": ' + b"9" * 5000 + b"}",
        b'{"id": NaN}',
        b'{"text": "\\ud800"}',
        b"\xff\xfe",
    ],
    ids=["nested", "digits", "nan", "surrogate", "binary"],
)
@pytest.mark.parametrize("headers", [STRUCTURED, BATCH, BINARY], ids=["one", "batch", "binary"])
def test_what_is_no_json_is_malformed(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        normalise(body, headers)
    with pytest.raises(MalformedPayloadError):
        cloudevents.without(headers, body, "p1")


@pytest.mark.parametrize("body", [b"", b"7", b'"event"', b"null"])
def test_what_is_neither_event_nor_batch_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        normalise(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "source", "specversion", "time", "data", "data_base64", "posts", "text"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(JSON, st.sampled_from([STRUCTURED, BATCH, BINARY]))
def test_whatever_comes_is_read_or_malformed(told: Any, headers: dict[str, str]) -> None:
    try:
        normalise(told, headers)
        cloudevents.without(headers, json.dumps(told).encode(), "p1")
    except MalformedPayloadError:
        assert not isinstance(told, dict | list)


@given(st.permutations([("one", "08:00"), ("two", "09:00"), ("three", "10:00")]))
def test_the_latest_edit_wins_in_any_order(order: list[tuple[str, str]]) -> None:
    times = [(text, f"2026-03-02T{at}:00Z") for text, at in order]
    posts = [the_post(event({**POST, "text": text, "edited_at": at})) for text, at in times]
    assert max(posts, key=lambda post: post.version).text == "three"


@pytest.mark.parametrize(
    ("headers", "around"),
    [
        (STRUCTURED, lambda data: event(data, subject="hello")),
        (STRUCTURED, lambda data: event(None, data_base64=encoded(data), topic="hello")),
        (BATCH, lambda data: [event(data, subject="hello")]),
        (BINARY, lambda data: data),
    ],
    ids=["structured", "base64", "batch", "binary"],
)
def test_an_erased_post_leaves_the_others_and_deletions(
    headers: dict[str, str], around: Any
) -> None:
    others = [
        {**POST, "id": "p2", "text": "another"},
        {"id": "p1", "deleted": True, "text": "hello"},
    ]
    body = json.dumps(around({"posts": [POST, *others]})).encode()
    rest = cloudevents.without(headers, body, "p1")
    assert rest
    assert b"hello" not in rest
    assert normalise(rest, headers) == normalise(around({"posts": others}), headers)
    assert cloudevents.without(headers, rest, "p1") == rest
    assert cloudevents.without(headers, body, "p9") is not None
    alone = json.dumps(around(POST)).encode()
    assert cloudevents.without(headers, alone, "p1") is None
    assert cloudevents.without(headers, alone, "p9") == alone
    gone = cloudevents.without(headers, json.dumps(around(others[1])).encode(), "p1")
    assert gone
    assert b"hello" not in gone
    [deletion] = normalise(gone, headers)
    assert isinstance(deletion, Deletion)


def test_a_post_named_by_its_event_is_erased_by_that_name() -> None:
    named = event({"author": {"handle": "sam"}, "text": "hello"})
    assert cloudevents.without(STRUCTURED, json.dumps(named).encode(), "/board/e1") is None
    both = [named, event(POST, id="e2")]
    rest = cloudevents.without(BATCH, json.dumps(both).encode(), "/board/e1")
    assert rest
    assert normalise(rest, BATCH) == normalise(event(POST))


def test_the_bearer_of_a_live_secret_is_let_in() -> None:
    for scheme in ("Bearer", "bearer"):
        headers = {"authorization": f"{scheme} old-secret"}
        cloudevents.verify(headers, b"{}", secrets=(b"new-secret", b"old-secret"), now=NOW)


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Basic secret", "Bearer secret2", "secret", "Bearer SECRET"],
)
def test_whoever_bears_something_else_is_not(authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    with pytest.raises(SignatureError):
        cloudevents.verify(headers, b"{}", secrets=(b"secret", b""), now=NOW)


def test_what_verifies_signatures_is_nobody_s_token() -> None:
    with pytest.raises(SignatureError):
        cloudevents.verify(
            {"authorization": f"Bearer {PUBLIC.decode()}"}, b"{}", secrets=(PUBLIC,), now=NOW
        )


@pytest.mark.parametrize("headers", [signed(NOW), signed_with_a_key()], ids=["v1", "v1a"])
def test_a_signature_will_do_and_a_wrong_one_will_not(headers: dict[str, str]) -> None:
    secrets = (b"a token, and no key", SECRET, PUBLIC)
    cloudevents.verify(headers, b"{}", secrets=secrets, now=NOW)
    bearing = {**headers, "authorization": f"Bearer {SECRET.decode()}"}
    with pytest.raises(SignatureError):
        cloudevents.verify(bearing, b"{ }", secrets=secrets, now=NOW)


def ask(method: str = "OPTIONS", **headers: str) -> Reply | None:
    connection = Connection(
        source="cloudevents", connection_id="main", data_class=DataClass.OWNED, created_at=NOW
    )
    given = {f"webhook-request-{name}": value for name, value in headers.items()}
    return cloudevents.handshake(Question(method, {}, given, connection, ()))


def test_a_broker_that_asks_is_told_that_it_may_send() -> None:
    reply = ask(origin="eventgrid.azure.net", rate="120")
    assert reply == Reply(
        body="",
        headers={
            "Allow": "POST",
            "WebHook-Allowed-Origin": "eventgrid.azure.net",
            "WebHook-Allowed-Rate": "120",
        },
    )
    unrated = ask(origin="events.example")
    assert unrated
    assert "WebHook-Allowed-Rate" not in unrated.headers
    for odd in ("*", "-1", "0", "1\r\nx: y", "9" * 99):
        rated = ask(origin="events.example", rate=odd)
        assert rated
        assert rated.headers["WebHook-Allowed-Rate"] == "*"


@pytest.mark.parametrize("origin", ["", "a b", "a\r\nset-cookie: b", "\u00e9.example", "x" * 256])
def test_an_origin_that_is_none_is_granted_nothing(origin: str) -> None:
    assert ask(origin=origin) is None
    assert ask("GET", origin="events.example") is None
    assert ask() is None


@pytest.mark.skipif(not PAYLOADS.exists(), reason="real payloads are not part of the project")
def test_the_examples_of_the_specification_hold_no_post() -> None:
    for path in PAYLOADS.glob("*.json"):
        assert normalise(path.read_bytes()) == [WITHOUT_POST]
        assert cloudevents.without(STRUCTURED, path.read_bytes(), "p1") == path.read_bytes()
