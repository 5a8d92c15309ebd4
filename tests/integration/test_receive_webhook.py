"""The webhook's Lambda through the Chalice client, with AWS answered at the HTTP layer."""

import base64
import hashlib
import hmac
import json
import sys
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from chalice.test import Client, HTTPResponse

from earshot.aws import keys
from earshot.domain.models import Connection
from earshot.flows import receive_webhook
from earshot.flows.receive_webhook import MAX_BODY_BYTES
from earshot.sources import github
from earshot.sources.surface import Question, Reply, delivery_id
from tests import chalice_apps, fakes_ingest
from tests.fakes_ingest import FakeAws

SECRET = "hook-secret-canary"
WHSEC = "whsec_" + base64.b64encode(b"standard-secret-canary").decode()
BODY = b'{"action": "opened", "canary": "words-of-a-person"}'


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Earshot")
    yield from fakes_ingest.installed(monkeypatch)


@pytest.fixture
def client(aws: FakeAws) -> Iterator[Client]:
    aws.connect("github", "main", SECRET, "older-secret")
    aws.connect("generic", "crm", WHSEC)
    with chalice_apps.client("ingest") as opened:
        yield opened


def github_headers(body: bytes, secret: str = SECRET) -> dict[str, str]:
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-GitHub-Event": "issues",
        "X-Hub-Signature-256": f"sha256={signature}",
    }


def standard_headers(body: bytes, moment: float) -> dict[str, str]:
    signed = f"msg_1.{int(moment)}.".encode() + body
    mac = hmac.new(b"standard-secret-canary", signed, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(moment)),
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
    }


def post(client: Client, path: str, body: bytes, headers: Mapping[str, str]) -> HTTPResponse:
    return client.http.post(path, headers=dict(headers), body=body)


def refused(response: HTTPResponse, status: int, name: str) -> dict[str, Any]:
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json_body or json.loads(response.body)
    assert body["type"] == f"urn:earshot:problem:{name}"
    assert body["status"] == status
    assert body["title"]
    return body


def test_a_signed_delivery_is_archived_queued_and_accepted(aws: FakeAws, client: Client) -> None:
    response = post(client, "/hooks/github/main", BODY, github_headers(BODY))
    read = {"content-type": "application/json", "x-github-event": "issues"}
    identity = delivery_id(read, BODY)
    assert (response.status_code, response.json_body) == (202, {"delivery_id": identity})
    [(key, stored)] = aws.objects.items()
    assert key.endswith(keys.raw_object("github", "main", identity))
    assert BODY in stored
    assert json.loads(aws.messages[0])["delivery"]["delivery_id"] == identity
    assert [row["delivery_id"]["S"] for row in aws.receipts] == [identity]


def test_the_signature_and_the_secrets_are_never_archived(aws: FakeAws, client: Client) -> None:
    post(client, "/hooks/github/main", BODY, github_headers(BODY))
    [stored] = aws.objects.values()
    assert b"sha256=" not in stored
    assert SECRET.encode() not in stored


def test_a_redelivery_is_the_same_object_and_is_queued_again(aws: FakeAws, client: Client) -> None:
    for _ in range(5):
        assert post(client, "/hooks/github/main", BODY, github_headers(BODY)).status_code == 202
    assert len(aws.objects) == 1
    assert len(aws.receipts) == 1
    assert len(aws.messages) == 5


def test_a_forged_delivery_leaves_nothing(aws: FakeAws, client: Client) -> None:
    response = post(client, "/hooks/github/main", BODY, github_headers(BODY, "guess"))
    refused(response, 401, "bad-signature")
    assert aws.is_untouched


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"webhook-id": "a", "webhook-timestamp": "soon", "webhook-signature": "v1,x"},
        {"webhook-id": "a", "webhook-timestamp": "9" * 5000, "webhook-signature": "v1,x"},
        {"webhook-id": "é", "webhook-timestamp": "1", "webhook-signature": "é"},
    ],
    ids=["none", "word", "endless", "accents"],
)
def test_whatever_breaks_a_check_is_a_bad_signature(
    aws: FakeAws, client: Client, headers: dict[str, str]
) -> None:
    refused(post(client, "/hooks/generic/crm", BODY, headers), 401, "bad-signature")
    assert aws.is_untouched


def test_an_older_secret_that_is_still_live_is_accepted(aws: FakeAws, client: Client) -> None:
    headers = github_headers(BODY, "older-secret")
    assert post(client, "/hooks/github/main", BODY, headers).status_code == 202


@pytest.mark.parametrize(("age", "status"), [(290, 202), (-290, 202), (310, 401), (-310, 401)])
def test_standard_webhooks_allow_five_minutes_either_way(
    aws: FakeAws, client: Client, age: int, status: int
) -> None:
    headers = standard_headers(BODY, time.time() - age)
    assert post(client, "/hooks/generic/crm", BODY, headers).status_code == status


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/hooks/nowhere/main", "unknown-source"),
        ("/hooks/no_such/blog", "unknown-source"),
        ("/hooks/github/other", "unknown-connection"),
        ("/hooks/github/" + "x" * 3000, "unknown-connection"),
    ],
)
def test_what_is_not_configured_is_not_found(
    aws: FakeAws, client: Client, path: str, name: str
) -> None:
    body = refused(post(client, path, BODY, github_headers(BODY)), 404, name)
    assert body["instance"] == path
    assert aws.calls["GetItem"] == (path == "/hooks/github/other")
    assert aws.is_untouched


def test_an_oversized_body_is_refused_before_it_is_checked(aws: FakeAws, client: Client) -> None:
    body = b"x" * (MAX_BODY_BYTES + 1)
    refused(post(client, "/hooks/github/main", body, github_headers(body)), 413, "oversized-body")
    assert aws.calls["GetSecretValue"] == 0
    assert aws.is_untouched


def test_a_connection_without_a_secret_asks_to_come_back_later(
    aws: FakeAws, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.connect("github", "bare")
    response = post(client, "/hooks/github/bare", BODY, github_headers(BODY))
    refused(response, 503, "missing-secret")
    assert '"secret_missing"' in capsys.readouterr().out
    assert aws.is_untouched


def test_a_secret_that_cannot_be_read_counts_as_missing(aws: FakeAws, client: Client) -> None:
    aws.connect("github", "broken")
    for stored in ("nonsense", "[]", '{"secrets": []}', '{"secrets": null}'):
        aws.secrets["earshot/test/connections/github/broken"] = stored
        response = post(client, "/hooks/github/broken", BODY, github_headers(BODY))
        refused(response, 503, "missing-secret")


def test_chalice_s_own_refusals_are_problems_too(aws: FakeAws, client: Client) -> None:
    headers = {**github_headers(BODY), "Content-Type": "image/png"}
    refused(post(client, "/hooks/github/main", BODY, headers), 415, "http-415")
    response = client.http.get("/hooks/github/main")
    refused(response, 405, "http-405")
    assert response.headers["Allow"] == "POST"
    assert aws.is_untouched


@pytest.mark.parametrize("operation", ["PutObject", "PutItem", "SendMessage"])
def test_nothing_is_accepted_that_could_still_be_lost(
    aws: FakeAws, client: Client, operation: str
) -> None:
    aws.failing.add(operation)
    response = post(client, "/hooks/github/main", BODY, github_headers(BODY))
    refused(response, 500, "http-500")
    aws.failing.clear()
    assert post(client, "/hooks/github/main", BODY, github_headers(BODY)).status_code == 202
    assert len(aws.messages) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000 + b"]" * 200_000,
        b'{"id": ' + b"9" * 5000 + b"}",
        b'{"id": NaN}',
        b'{"text": "\\ud800"}',
        b"\xff\xfe\x00",
        b"",
    ],
    ids=["nested", "digits", "nan", "surrogate", "binary", "empty"],
)
def test_receiving_does_not_read_what_it_is_sent(aws: FakeAws, client: Client, body: bytes) -> None:
    assert post(client, "/hooks/github/main", body, github_headers(body)).status_code == 202
    [stored] = aws.objects.values()
    assert body in stored


def test_a_warm_container_makes_three_calls_for_a_delivery(aws: FakeAws, client: Client) -> None:
    post(client, "/hooks/github/main", BODY, github_headers(BODY))
    aws.calls.clear()
    post(client, "/hooks/github/main", BODY, github_headers(BODY))
    assert dict(aws.calls) == {"PutObject": 1, "PutItem": 1, "SendMessage": 1}


def test_a_forger_cannot_make_us_read_secrets_at_will(aws: FakeAws, client: Client) -> None:
    for _ in range(20):
        post(client, "/hooks/github/main", BODY, github_headers(BODY, "guess"))
    assert aws.calls["GetSecretValue"] == 1


def test_log_lines_name_the_delivery_and_hold_no_word_of_it(
    aws: FakeAws,
    client: Client,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(receive_webhook.logger.registered_handler, "stream", sys.stdout)
    accepted = post(client, "/hooks/github/main", BODY, github_headers(BODY))
    post(client, "/hooks/github/main", BODY, github_headers(BODY, "guess"))
    written = capsys.readouterr()
    lines = [json.loads(line) for line in written.out.splitlines()]
    [line] = [line for line in lines if line.get("message") == "delivery_accepted"]
    assert line["correlation_id"] == accepted.json_body["delivery_id"]
    for canary in (SECRET, "words-of-a-person", "sha256="):
        assert canary not in written.out + written.err


def test_the_row_of_a_connection_may_hold_more_than_the_connection(
    aws: FakeAws, client: Client
) -> None:
    aws.rows["CONNECTIONS", "github#main"]["last_error"] = {"S": "too_slow"}
    assert "last_error" not in Connection.model_fields
    assert post(client, "/hooks/github/main", BODY, github_headers(BODY)).status_code == 202


def test_a_new_secret_is_taken_up_by_a_warm_container(
    aws: FakeAws, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(client, "/hooks/github/main", BODY, github_headers(BODY))
    aws.connect("github", "main", "rotated", SECRET)
    headers = github_headers(BODY, "rotated")
    refused(post(client, "/hooks/github/main", BODY, headers), 401, "bad-signature")
    monkeypatch.setattr(receive_webhook, "SECRET_DOUBT_SECONDS", 0)
    assert post(client, "/hooks/github/main", BODY, headers).status_code == 202


def test_a_handshake_is_answered_with_the_secrets_and_leaves_nothing(
    aws: FakeAws, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def handshake(question: Question) -> Reply | None:
        shaken = question.query.get("token", "").encode() in question.secrets
        return Reply(question.query["challenge"]) if shaken else None

    monkeypatch.setattr(github, "handshake", handshake, raising=False)
    response = client.http.get(f"/hooks/github/main?token={SECRET}&challenge=42")
    assert (response.status_code, response.body) == (200, b"42")
    assert response.headers["Content-Type"] == "text/plain"
    refused(client.http.get("/hooks/github/main?token=guess&challenge=42"), 405, "http-405")
    assert aws.is_untouched
    assert post(client, "/hooks/github/main", BODY, github_headers(BODY)).status_code == 202


def test_a_body_in_base64_is_checked_and_kept_as_it_was_sent(aws: FakeAws, client: Client) -> None:
    body = bytes(range(256))
    headers = {**github_headers(body), "Content-Type": "application/json; charset=binary"}
    assert post(client, "/hooks/github/main", body, headers).status_code == 202
    [stored] = aws.objects.values()
    assert body in stored
