"""What is the same at Facebook, Instagram, Messenger and WhatsApp."""

import base64
import hmac
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import AuthorDeletion, Connection, DataClass, Deletion, Ignored, Post
from earshot.errors import MalformedPayloadError, SignatureError
from earshot.sources import catalog, facebook, instagram, messenger, meta, whatsapp
from earshot.sources.surface import Item, Question, Reply
from tests.unit.sources.test_events import EVENTS, archived, delivery

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
OLD, NEW = b"an-app-secret", b"the-next-app-secret"
FORM = {"content-type": "application/x-www-form-urlencoded; charset=UTF-8"}
JSON = {"content-type": "application/json"}
HOOK = "https://ears.example/hooks/facebook/main"
SOURCES = {
    "facebook": (facebook, "page", "facebook_page"),
    "instagram": (instagram, "instagram", "instagram"),
    "messenger": (messenger, "page", "messenger"),
    "whatsapp": (whatsapp, "whatsapp_business_account", "whatsapp"),
}
SHARED = Path(os.environ.get("EARSHOT_SHARED", Path(__file__).parents[4] / "shared"))

every_source = pytest.mark.parametrize("source", SOURCES)
KEYS = st.sampled_from(
    (
        *("field", "value", "item", "verb", "message", "message_edit", "text", "mid", "id", "type"),
        *("from", "sender", "recipient", "timestamp", "comment_id", "post_id", "created_time"),
        *(
            "messages",
            "message_echoes",
            "contacts",
            "profile",
            "name",
            "edit",
            "revoke",
            "metadata",
        ),
        *("original_message_id", "is_deleted", "interactive", "history", "threads", "body"),
    )
)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def connection(source: str = "facebook") -> Connection:
    return Connection(
        source=source,
        connection_id="main",
        data_class=DataClass.BORROWED,
        hook_url=HOOK,
        created_at=NOW,
    )


def read(source: str, body: Any, headers: Mapping[str, str] = JSON) -> list[Item]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    kept = RawObject(dict(headers), raw, DataClass.BORROWED)
    return list(catalog.normalise(delivery(source), kept))


def kept(source: str, body: Any, native_id: str) -> list[Item] | None:
    """What an erasure leaves."""
    module = SOURCES[source][0]
    rest = module.without(JSON, json.dumps(body).encode(), native_id)
    return None if rest is None else read(source, rest)


def event(source: str, name: str) -> Any:
    return json.loads((EVENTS / source / name).read_text())


def signed(body: bytes, secret: bytes = OLD) -> dict[str, str]:
    return JSON | {"x-hub-signature-256": "sha256=" + hmac.new(secret, body, "sha256").hexdigest()}


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


def signed_request(secret: bytes = OLD, **told: Any) -> bytes:
    known = {"user_id": "7781", "algorithm": "HMAC-SHA256", "issued_at": 1772443211}
    payload = encoded(json.dumps(known | told).encode())
    signature = encoded(hmac.digest(secret, payload.encode(), "sha256"))
    return urlencode({"signed_request": f"{signature}.{payload}"}).encode()


def flipped(text: str, place: int) -> str:
    return text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]


def asked(module: ModuleType, method: str = "GET", **query: str) -> Reply | None:
    names = {name.replace("hub_", "hub."): value for name, value in query.items()}
    question = Question(method, names, {}, connection(), (NEW, OLD))
    reply: Reply | None = module.handshake(question)
    return reply


@every_source
def test_every_live_secret_may_have_signed(source: str) -> None:
    module, body = SOURCES[source][0], b'{"object": "page", "entry": []}'
    for secret in (OLD, NEW):
        module.verify(signed(body, secret), body, secrets=(NEW, OLD), now=NOW)
        form = signed_request(secret)
        module.verify(FORM, form, secrets=(NEW, OLD), now=NOW)
        for headers, told in ((signed(body, secret), body), (FORM, form)):
            with pytest.raises(SignatureError):
                module.verify(headers, told, secrets=(b"another",), now=NOW)
            with pytest.raises(SignatureError):
                module.verify(headers, told, secrets=(), now=NOW)


@given(st.integers(0, 63), st.integers(0, 29))
def test_a_flipped_digit_of_signature_or_body_is_refused(digit: int, place: int) -> None:
    body = '{"object":"page","entry":[{}]}'
    headers = signed(body.encode())
    wrong = flipped(headers["x-hub-signature-256"], 7 + digit)
    for told, said in ((wrong, body), (headers["x-hub-signature-256"], flipped(body, place))):
        with pytest.raises(SignatureError):
            meta.verify({"x-hub-signature-256": told}, said.encode(), secrets=(OLD, NEW), now=NOW)


@given(st.integers(0, 42), st.integers(0, 90))
def test_a_flipped_digit_of_a_signed_request_is_refused(digit: int, place: int) -> None:
    text = signed_request().decode()
    start = len("signed_request=")
    for wrong in (flipped(text, start + digit), flipped(text, start + 44 + place)):
        with pytest.raises(SignatureError):
            meta.verify(FORM, wrong.encode(), secrets=(OLD, NEW), now=NOW)


@pytest.mark.parametrize(
    "form",
    [
        b"",
        b"signed_request=",
        b"signed_request=a.b",
        b"\xff=\xff",
        b"a=1&" * 50,
        signed_request(algorithm="none"),
        signed_request(algorithm=None),
    ],
)
def test_what_is_no_signed_request_is_refused(form: bytes) -> None:
    with pytest.raises(SignatureError):
        meta.verify(FORM, form, secrets=(OLD,), now=NOW)


def test_an_unsigned_body_is_refused_however_it_is_called() -> None:
    for headers in ({}, JSON, FORM, FORM | signed(b"{}") | FORM):
        with pytest.raises(SignatureError):
            meta.verify(headers, b"{}", secrets=(OLD,), now=NOW)


@every_source
def test_an_address_is_proved_by_the_token_of_any_live_secret(source: str) -> None:
    module = SOURCES[source][0]
    for secret in (OLD, NEW):
        token = module.verify_token(secret, connection())
        assert len(token) == 32
        reply = asked(module, hub_mode="subscribe", hub_verify_token=token, hub_challenge="1158")
        assert reply == Reply("1158")
        assert reply.agrees


def test_a_token_is_of_one_secret_and_one_connection() -> None:
    other = connection().model_copy(update={"connection_id": "other"})
    tokens = {
        meta.verify_token(OLD, connection()),
        meta.verify_token(NEW, connection()),
        meta.verify_token(OLD, other),
        meta.verify_token(OLD, connection("instagram")),
    }
    assert len(tokens) == 4


def test_a_wrong_token_or_a_challenge_that_is_none_is_refused() -> None:
    right = meta.verify_token(OLD, connection())
    for token, challenge in (("", "1"), (right[:-1], "1"), (OLD.decode(), "1"), (right, "a\nb")):
        query = {"hub_verify_token": token, "hub_challenge": challenge}
        with pytest.raises(SignatureError):
            asked(facebook, hub_mode="subscribe", **query)


def test_what_asks_nothing_gets_no_answer() -> None:
    assert asked(facebook) is None
    assert asked(facebook, "OPTIONS", hub_mode="subscribe") is None
    assert asked(facebook, hub_mode="unsubscribe", hub_challenge="1") is None
    assert asked(facebook, deletion="../" + "a" * 64) is None
    assert asked(facebook, deletion="٢٠٢٦٠٣٠٢١٢-" + "a" * 64) is None


@every_source
def test_whoever_asks_to_be_erased_gets_a_link_and_a_code(source: str) -> None:
    module, form = SOURCES[source][0], signed_request(user_id=7781)
    assert read(source, form, FORM) == [AuthorDeletion(source=source, author_id="7781")]
    came = delivery(source).model_copy(update={"delivery_id": "ab" * 32})
    reply = module.answer(FORM, form, connection=connection(), delivery=came)
    told = json.loads(reply.body)
    assert (reply.status, reply.content_type) == (200, "application/json")
    assert told["confirmation_code"] == "2026030212" + "ab" * 32
    assert told["url"] == f"{HOOK}?deletion={told['confirmation_code']}"
    status = asked(module, deletion=told["confirmation_code"])
    assert status
    assert (status.status, status.content_type) == (200, "text/plain")
    assert not status.agrees


@every_source
def test_every_other_delivery_is_answered_with_200(source: str) -> None:
    module = SOURCES[source][0]
    reply = module.answer(JSON, b"{", connection=connection(), delivery=delivery(source))
    assert reply == Reply("received")


@every_source
def test_a_request_to_erase_holds_no_words(source: str) -> None:
    module, form = SOURCES[source][0], signed_request()
    assert list(module.held(FORM, form)) == []
    assert module.without(FORM, form, "7781") == form


def test_a_request_to_erase_nobody_is_malformed() -> None:
    for form in (signed_request(user_id=None), b"signed_request=a", b"signed_request=a.b", b"\xff"):
        with pytest.raises(MalformedPayloadError):
            read("facebook", form, FORM)


@every_source
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000 + b"]" * 200_000,
        b'{"object": NaN, "entry": []}',
        b'{"object": "\\ud800", "entry": []}',
        b"\xff\xfe",
        b"",
        b"null",
        b"[]",
    ],
    ids=["nested", "nan", "surrogate", "binary", "empty", "null", "list"],
)
def test_hostile_json_is_malformed(source: str, body: bytes) -> None:
    with pytest.raises(MalformedPayloadError):
        read(source, body)


@every_source
def test_a_body_without_entries_is_malformed(source: str) -> None:
    for body in ({"object": SOURCES[source][1]}, {"object": SOURCES[source][1], "entry": None}):
        with pytest.raises(MalformedPayloadError):
            read(source, body)


@every_source
def test_what_is_told_of_other_objects_is_ignored(source: str) -> None:
    assert read(source, {"object": "permissions", "entry": []}) == [Ignored(reason="permissions")]
    for body in ({}, {"object": "Tomorrow's"}, {"object": ["page"]}):
        assert read(source, body) == [Ignored(reason="other_object")]


@every_source
@given(entries=st.lists(st.dictionaries(KEYS, any_json, max_size=5), max_size=4))
def test_nothing_but_items_comes_of_any_json(source: str, entries: list[Any]) -> None:
    module, about, _ = SOURCES[source]
    parts = [{"field": "feed", "value": part} for part in entries]
    named = [
        {"field": name, "value": part} for name in ("comments", "messages") for part in entries
    ]
    entry = {"id": "1", "time": 1772443211, "changes": parts + named, "messaging": entries}
    body = json.dumps({"object": about, "entry": [entry, *entries]}).encode()
    items = read(source, body)
    posts = [item for item in items if isinstance(item, Post)]
    held = list(module.held(JSON, body))
    assert {post.native_id for post in posts} <= {one.native_id for one in held}
    for gone in {one.native_id for one in held}:
        rest = module.without(JSON, body, gone)
        assert rest != body
        left = read(source, rest) if rest else []
        others = [post for post in posts if post.native_id != gone]
        assert [item for item in left if isinstance(item, Post)] == others
        assert not any(isinstance(item, Ignored) and item.reason == "other_event" for item in left)


@every_source
def test_an_erasure_keeps_deletions_and_nothing_else_that_is_no_post(source: str) -> None:
    for path in sorted((EVENTS / source).glob("*.json")):
        if path.name.endswith((".posts.json", ".headers.json")):
            continue
        items = list(catalog.normalise(delivery(source), archived(path)))
        deletions = [item for item in items if isinstance(item, Deletion)]
        for deletion in deletions:
            rest = catalog.without(source, archived(path), deletion.native_id)
            assert rest
            assert b"Ledgerly" not in rest.body
            assert b"Brandt" not in rest.body
            assert list(catalog.normalise(delivery(source), rest)) == items
            assert catalog.without(source, rest, deletion.native_id) == rest


@every_source
def test_real_payloads_are_read(source: str) -> None:
    folder = SHARED / "data/payloads" / SOURCES[source][2]
    if not folder.exists():
        pytest.skip("real payloads are not part of the project")
    for path in folder.glob("*.json"):
        value = json.loads(path.read_text())
        bodies = list(value.values()) if ".map." in path.name else [value]
        for body in bodies:
            told = {"object": SOURCES[source][1], "entry": [{"id": "1", "changes": [body]}]}
            assert read(source, body if ".change." not in path.name else told)
