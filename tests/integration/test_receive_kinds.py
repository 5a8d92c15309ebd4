"""What platforms ask, sign and wait for in ways of their own, and what may not be kept of them."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from chalice.test import Client

from earshot.aws.raw_archive import RawObject, delivery_of
from earshot.domain.models import Connection, DataClass, Deletion, Delivery, Ignored, Post
from earshot.errors import SignatureError
from earshot.sources import catalog, generic, github
from earshot.sources.surface import Question, Reply, delivery_id
from tests.examples import NOON
from tests.fakes_ingest import FakeAws
from tests.integration.test_receive_webhook import (
    BODY,
    WHSEC,
    aws,
    client,
    github_headers,
    post,
    refused,
    standard_headers,
)

__all__ = ["aws", "client"]

ENTRY = {
    "id": "p1",
    "url": "https://forum.example/p1",
    "author": {"id": "u1", "handle": "jo-canary", "name": "Jo Canary"},
    "text": "A canary of words",
    "posted_at": "2026-03-02T09:00:00Z",
}


def say(client: Client, connection: str, *entries: dict[str, Any]) -> bytes:
    body = json.dumps({"posts": entries}).encode()
    answer = post(client, f"/hooks/generic/{connection}", body, standard_headers(body, time.time()))
    assert answer.status_code == 202
    return body


# Questions


def test_a_question_of_somebody_else_is_refused(
    aws: FakeAws, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handshake(_: Question) -> Reply | None:
        raise SignatureError("token")

    monkeypatch.setattr(github, "handshake", handshake, raising=False)
    refused(client.http.get("/hooks/github/main?token=guess"), 401, "bad-signature")
    assert "handshake_at" not in aws.rows["CONNECTIONS", "github#main"]


def test_a_question_that_breaks_its_reader_is_refused_too(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handshake(question: Question) -> Reply | None:
        raise ZeroDivisionError(question.query["token"])

    monkeypatch.setattr(github, "handshake", handshake, raising=False)
    refused(client.http.get("/hooks/github/main?token=guess"), 401, "bad-signature")


def test_a_question_is_answered_with_a_secret_that_was_changed_just_now(
    aws: FakeAws, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handshake(question: Question) -> Reply | None:
        if question.query["token"].encode() not in question.secrets:
            raise SignatureError("token")
        return Reply("yes")

    monkeypatch.setattr(github, "handshake", handshake, raising=False)
    monkeypatch.setattr("earshot.flows.receive_webhook.SECRET_DOUBT_SECONDS", 0)
    post(client, "/hooks/github/main", BODY, github_headers(BODY))
    aws.connect("github", "main", "rotated")
    assert client.http.get("/hooks/github/main?token=rotated").body == b"yes"


def test_what_a_hub_grants_is_noted_and_its_no_is_not(
    aws: FakeAws, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = [Reply("", status=404, lease_seconds=60), Reply("challenge", lease_seconds=60)]
    monkeypatch.setattr(github, "handshake", lambda _: replies.pop(0), raising=False)
    assert client.http.get("/hooks/github/main?hub.mode=subscribe").status_code == 404
    assert "lease_until" not in aws.rows["CONNECTIONS", "github#main"]
    assert client.http.get("/hooks/github/main?hub.mode=subscribe").body == b"challenge"
    assert "lease_until" in aws.rows["CONNECTIONS", "github#main"]


@pytest.mark.parametrize("method", ["get", "options"])
def test_a_source_without_questions_takes_posts_only(client: Client, method: str) -> None:
    answer = client.http.request(method.upper(), "/hooks/github/main")
    refused(answer, 405, "http-405")
    assert answer.headers["Allow"] == "POST"


def test_whether_an_address_is_there_may_be_asked(aws: FakeAws, client: Client) -> None:
    assert client.http.request("HEAD", "/hooks/github/main").status_code == 200
    refused(client.http.request("HEAD", "/hooks/github/other"), 404, "unknown-connection")
    assert "handshake_at" not in aws.rows["CONNECTIONS", "github#main"]


# Answers


def test_a_platform_gets_the_answer_that_it_waits_for_once_all_is_safe(
    aws: FakeAws, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(
        headers: Mapping[str, str], body: bytes, *, connection: Connection, delivery: Delivery
    ) -> Reply:
        assert aws.messages
        return Reply(
            json.dumps({"got": delivery.delivery_id}),
            content_type="application/json",
            headers={"X-Told": connection.connection_id},
        )

    monkeypatch.setattr(github, "answer", answer, raising=False)
    told = post(client, "/hooks/github/main", BODY, github_headers(BODY))
    read = {"content-type": "application/json", "x-github-event": "issues"}
    assert told.status_code == 200
    assert json.loads(told.body) == {"got": delivery_id(read, BODY)}
    assert told.headers["X-Told"] == "main"
    refused(post(client, "/hooks/github/main", b"{}", github_headers(BODY)), 401, "bad-signature")


# Tokens that are signed in place of the body


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def set_token(value: str) -> None:
        monkeypatch.setattr(github, "token_of", lambda *_: value, raising=False)

    return set_token


def test_a_token_is_good_for_one_delivery_and_its_repetitions(
    aws: FakeAws, client: Client, token: Callable[[str], None]
) -> None:
    token("once")
    for _ in range(3):
        assert post(client, "/hooks/github/main", BODY, github_headers(BODY)).status_code == 202
    refused(post(client, "/hooks/github/main", b"{}", github_headers(b"{}")), 406, "replayed")
    assert len(aws.objects) == 1
    token("twice")
    assert post(client, "/hooks/github/main", b"{}", github_headers(b"{}")).status_code == 202


def test_a_token_whose_delivery_was_not_stored_is_still_good(
    aws: FakeAws, client: Client, token: Callable[[str], None]
) -> None:
    token("once")
    aws.failing = {"SendMessage"}
    assert post(client, "/hooks/github/main", BODY, github_headers(BODY)).status_code == 500
    aws.failing = set()
    assert post(client, "/hooks/github/main", b"{}", github_headers(b"{}")).status_code == 202


# What may not be kept


def unpacked(aws: FakeAws) -> tuple[dict[str, Any], bytes]:
    """Head and body of the one raw object, out of the chunk that it is sent in over https."""
    [stored] = aws.objects.values()
    size, _, rest = stored.partition(b"\r\n")
    head, _, body = rest[: int(size, 16)].partition(b"\n")
    return json.loads(head), body


def displayed(aws: FakeAws, client: Client, *entries: dict[str, Any]) -> RawObject:
    aws.connect("generic", "shown", WHSEC, data_class="displayed")
    say(client, "shown", *entries)
    head, body = unpacked(aws)
    assert head["data_class"] == "displayed"
    return RawObject({}, body, DataClass.DISPLAYED)


def test_of_a_displayed_source_no_word_is_archived(aws: FakeAws, client: Client) -> None:
    raw = displayed(aws, client, ENTRY, {"id": "p0", "deleted": True}, {"id": "no post"})
    [stored] = aws.objects.values()
    assert b"canary" not in stored.lower()
    delivery = delivery_of("raw/generic/shown/d1", NOON)
    shown, gone, ignored = catalog.normalise(delivery, raw)
    assert isinstance(shown, Post)
    assert (shown.native_id, shown.permalink) == ("p1", "https://forum.example/p1")
    assert (shown.author.author_id, shown.author.name, shown.plain) == ("u1", None, "")
    assert shown.data_class is DataClass.DISPLAYED
    assert isinstance(gone, Deletion)
    assert ignored == Ignored(reason="malformed_post")


def test_a_displayed_delivery_is_known_by_the_bytes_that_came(aws: FakeAws, client: Client) -> None:
    aws.connect("generic", "shown", WHSEC, data_class="displayed")
    body = say(client, "shown", ENTRY)
    [key] = aws.objects
    assert key.endswith(delivery_id({}, body))


def test_a_displayed_body_that_cannot_be_read_is_kept_as_that(
    aws: FakeAws, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.connect("generic", "shown", WHSEC, data_class="displayed")
    monkeypatch.setattr(generic, "verify", lambda *_, **__: None)
    assert post(client, "/hooks/generic/shown", b"canary {", {}).status_code == 202
    _, body = unpacked(aws)
    assert b"canary" not in body
    raw = RawObject({}, body, DataClass.DISPLAYED)
    found = list(catalog.normalise(delivery_of("raw/generic/shown/d1", NOON), raw))
    assert found == [Ignored(reason="malformed_delivery")]


def test_a_displayed_post_is_erased_alone(aws: FakeAws, client: Client) -> None:
    raw = displayed(aws, client, ENTRY, {**ENTRY, "id": "p2"})
    rest = catalog.without("generic", raw, "p1")
    assert rest
    delivery = delivery_of("raw/generic/shown/d1", NOON)
    assert [getattr(one, "native_id", "") for one in catalog.normalise(delivery, rest)] == ["p2"]
    assert catalog.without("generic", rest, "p2") is None


def test_what_is_borrowed_lies_apart(aws: FakeAws, client: Client) -> None:
    aws.connect("generic", "lent", WHSEC, data_class="borrowed")
    say(client, "lent", ENTRY)
    [key] = aws.objects
    assert "borrowed/generic/lent/" in key
    assert json.loads(aws.messages[0])["delivery"]["raw_key"].startswith("borrowed/")


# Bodies


def test_files_in_a_form_are_bytes(aws: FakeAws, client: Client) -> None:
    body = (
        b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n" + bytes(range(256)) + b"\r\n--x--"
    )
    mac = hmac.new(b"hook-secret-canary", body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "multipart/form-data; boundary=x",
        "X-Hub-Signature-256": f"sha256={mac}",
    }
    assert post(client, "/hooks/github/main", body, headers).status_code == 202
    [stored] = aws.objects.values()
    assert body in stored
    assert base64.b64encode(body) not in stored
