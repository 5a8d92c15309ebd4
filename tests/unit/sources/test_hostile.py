"""Whatever a stranger sends, a source refuses it by the errors it declares, and in time.

Inputs are payloads of the project with parts changed, the hostile JSON and XML that breaks parsers,
and bytes of any kind; every function that meets what came from outside is called with them.
"""

import copy
import json
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import AuthorDeletion, Connection, DataClass, Deletion, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import catalog, displayed
from earshot.sources.surface import Question
from tests.unit.sources.test_events import PAYLOADS, archived, delivery

EXAMPLES = 25 * settings().max_examples
"""For each source: 50,000 over all of them when tests are thorough."""
SECONDS = 3.0
"""None of these may take longer, on a busy machine."""

DEEP = 200_000
NESTED = b"[" * DEEP + b"]" * DEEP
BILLION = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol">'
    + b"".join(b'<!ENTITY %c "&%c;&%c;&%c;&%c;">' % (n + 1, n, n, n, n) for n in range(97, 120))
    + b"]><feed><entry><title>&x;</title></entry></feed>"
)
EXTERNAL = (
    b'<?xml version="1.0"?><!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><title>&x;</title></entry></feed>'
)
HOSTILE = [
    b"",
    b"null",
    b"true",
    b"0",
    b'""',
    b"[]",
    b"{}",
    b"[[]]",
    b"[null]",
    b"NaN",
    b"Infinity",
    b'{"a": NaN}',
    b"-" * 10_000,
    b"9" * 5_000,
    b'{"id": ' + b"9" * 5_000 + b"}",
    b'"\\ud800"',
    b'{"text": "\\udfff\\ud800"}',
    b'{"a": "\\u0000"}',
    b"\xff\xfe\x00",
    b"\xef\xbb\xbf{}",
    NESTED,
    b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    b'{"entry": ' + NESTED + b"}",
    b"[" + b"{}," * 50_000 + b"{}]",
    b'{"' + b"k" * 100_000 + b'": 1}',
    b"<" * 100_000,
    b"<a>" * 100_000,
    b"<feed>" + b"<entry>" * 50_000,
    b"<?xml version='1.0' encoding='utf-7'?><feed/>",
    b"<?xml version='1.0' encoding='nonsense'?><feed/>",
    b"<feed " + b"a='b' " * 50_000 + b"/>",
    b"<feed xmlns:a='" + b"x" * 100_000 + b"'/>",
    b"\x00<feed/>",
    BILLION,
    EXTERNAL,
    b"payload=" + NESTED[:100_000],
    b"a=b&" * 50_000,
    b"%" * 100_000,
    b"--x\r\n" * 50_000,
    b"signed_request=" + b"a." * 50_000,
]
VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1, 2**31, 2**63, -(2**70), 10**400, 0.5, 1e308, -1e308),
    *("", " ", "0", "null", "NaN", "\x00", "\u202e", "a" * 70_000, "é" * 300, "2026-02-30", "@"),
    *("0000-00-00T00:00:00Z", "9999-12-31T23:59:59+14:00", "1e999", "-5", "http://["),
    *(
        "javascript:alert(1)",
        "<b>" * 2_000,
        "&#" + "9" * 5_000 + ";",
        "[" * 5_000,
        "https://a/" * 9,
    ),
    *([], {}, [[]], [{}], [None], {"": ""}, {"id": None}, ["x"] * 500, {"a": {"b": {"c": []}}}),
]
ASKED = (
    *("hub.mode", "hub.topic", "hub.challenge", "hub.verify_token", "hub.lease_seconds"),
    *("crc_token", "deletion", "webhook-request-origin", "webhook-request-rate", "challenge"),
)
WORDS = [
    *(
        "",
        "subscribe",
        "unsubscribe",
        "denied",
        "https://news.example/feed",
        "x" * 10_000,
        "\r\nA: b",
    ),
    *(
        "<script>alert(1)</script>",
        '{"forged":"event"}',
        "token\n",
        "864000",
        "-1",
        "9" * 5_000,
        "é",
    ),
]
SIGNED = (
    *("x-hub-signature", "x-hub-signature-256", "x-twitter-webhooks-signature", "content-type"),
    *("x-slack-signature", "x-slack-request-timestamp", "x-telegram-bot-api-secret-token"),
    *("webhook-id", "webhook-timestamp", "webhook-signature", "x-discourse-event-signature"),
    "authorization",
)
HEADERS = ["", "a", "x" * 10_000, "\x00", "é", "sha256=", "v0=", "v1,", "=", ",", "t=1,s=2", "-1"]


def changed(payload: Any, rng: random.Random) -> Any:
    """The payload with some of its parts replaced, removed or repeated."""
    root = [copy.deepcopy(payload)]
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        places = list(_places(root))
        holder, key = rng.choice(places)
        what = rng.random()
        if what < 0.7:
            holder[key] = copy.deepcopy(rng.choice(VALUES))
        elif what < 0.85 and isinstance(holder, dict):
            del holder[key]
        else:
            other, name = rng.choice(places)
            holder[key] = copy.deepcopy(other[name])
    return root[0]


def _places(value: Any) -> Any:
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in pairs:
        yield value, key
        if isinstance(part, dict | list):
            yield from _places(part)


def mutated(body: bytes, rng: random.Random) -> bytes:
    try:
        return json.dumps(changed(json.loads(body), rng)).encode()
    except ValueError:
        return cut(body, rng)


def cut(body: bytes, rng: random.Random) -> bytes:
    """Bytes turned, taken out or put elsewhere: for what is no JSON."""
    start, end = sorted(rng.randrange(len(body) + 1) for _ in range(2))
    piece = rng.choice((b"", b"\x00", b"<", b"]]>", b"&amp;", b"\xff", body[start:end] * 2))
    return body[:start] + piece + body[end if rng.random() < 0.5 else start :]


def bodies(source: str) -> st.SearchStrategy[RawObject]:
    """Most of them a payload of the source with something changed."""
    known = [archived(path, DataClass.OWNED) for path in PAYLOADS if path.parent.name == source]
    names = st.sampled_from(catalog.source(source).reads_headers or ("content-type",))
    strange = st.dictionaries(names, st.sampled_from(HEADERS), max_size=3)
    ways = [st.builds(RawObject, strange, st.binary(max_size=200), st.just(DataClass.OWNED))]
    if known:
        seeds = st.integers(0, 2**32)
        ways += [st.builds(mutation, st.sampled_from(known), seeds)] * 9
    return st.one_of(ways)


def mutation(raw: RawObject, seed: int) -> RawObject:
    return replace(raw, body=mutated(raw.body, random.Random(seed)))


def in_time(call: Callable[[], Any], *declared: type[Exception]) -> Any:
    began = time.process_time()
    try:
        return call()
    except declared:
        return None
    finally:
        assert time.process_time() - began < SECONDS


def check_reading(source: str, raw: RawObject) -> None:
    """Nothing but ``MalformedPayloadError``, and what comes out is whole."""
    items = in_time(lambda: list(catalog.normalise(delivery(source), raw)), MalformedPayloadError)
    held = in_time(lambda: list(catalog.held(source, raw)), MalformedPayloadError) or []
    named = [item for item in items or () if isinstance(item, Post | Deletion)]
    for name in [*(one.native_id for one in [*named, *held][:3]), "nothing of this name"]:
        in_time(partial(catalog.without, source, raw, name), MalformedPayloadError)
    for item in items or ():
        assert isinstance(item, Post | Deletion | AuthorDeletion | Ignored)
        assert type(item).model_validate_json(item.model_dump_json()) == item
    displayed.reduced(items or ())


@pytest.mark.parametrize("source", sorted(catalog.SOURCES))
def test_no_body_breaks_a_reader(source: str) -> None:
    @settings(max_examples=EXAMPLES)
    @given(bodies(source))
    def check(raw: RawObject) -> None:
        check_reading(source, raw)

    check()


@pytest.mark.parametrize("source", sorted(catalog.SOURCES))
@pytest.mark.parametrize("body", HOSTILE, ids=lambda body: repr(body[:12]))
def test_what_breaks_parsers_breaks_no_reader(source: str, body: bytes) -> None:
    headers = [archived(path).headers for path in PAYLOADS if path.parent.name == source]
    for given_headers in [{}, *headers[:2]]:
        check_reading(source, RawObject(given_headers, body, DataClass.OWNED))


@pytest.mark.parametrize("source", sorted(catalog.WEBHOOKS))
def test_nobody_is_verified_by_chance(source: str) -> None:
    """Whatever ``verify`` raises is a refusal; that it returns would be none."""
    module = catalog.webhook(source)
    sent = st.dictionaries(st.sampled_from(SIGNED), st.sampled_from(HEADERS), max_size=6)

    @settings(max_examples=EXAMPLES)
    @given(sent, st.binary(max_size=100))
    def check(headers: dict[str, str], body: bytes) -> None:
        secrets = (b"whsec_" + b"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0", b"another secret")

        def is_verified() -> bool:
            module.verify(headers, body, secrets=secrets, now=datetime.now(UTC))
            return True

        assert not in_time(is_verified, Exception)
        if token_of := catalog.token_of(source):
            in_time(lambda: token_of(headers, body), MalformedPayloadError)

    check()


@pytest.mark.parametrize("source", sorted(catalog.WEBHOOKS))
def test_no_question_gets_more_than_an_answer(source: str) -> None:
    """A reply is short and of a type that no browser runs."""
    asked = st.dictionaries(st.sampled_from(ASKED), st.sampled_from(WORDS), max_size=6)
    handshake = catalog.handshake(source) or (lambda _: None)
    answer = catalog.answer(source)

    @settings(max_examples=EXAMPLES)
    @given(st.sampled_from(("GET", "OPTIONS", "HEAD")), asked, st.integers(0, len(HOSTILE) - 1))
    def check(method: str, query: dict[str, str], number: int) -> None:
        question = Question(method, query, query, connection(source), (b"secret",))
        replies = [in_time(lambda: handshake(question), Exception)]
        if answer:
            replies.append(
                answer(
                    query, HOSTILE[number], connection=connection(source), delivery=delivery(source)
                )
            )
        for reply in replies:
            if reply is not None:
                assert 200 <= reply.status < 500
                assert len(reply.body) < 4_096
                assert reply.content_type in {"text/plain", "application/json"}
                assert not any(set("\r\n") & set(v) for v in reply.headers.values())

    check()


def connection(source: str) -> Connection:
    return Connection(
        source=source,
        connection_id="main",
        data_class=DataClass.OWNED,
        url="https://news.example/feed",
        hub="https://hub.example/",
        hook_url="https://api.example/hooks/main",
        created_at=delivery(source).received_at,
    )
