"""Ingest as it is deployed: what the internet gets from it, and what its policies let it do."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest
import urllib3

from earshot.aws import clients
from earshot.aws.connection_store import ConnectionStore
from earshot.aws.secret_store import SecretStore
from earshot.domain.models import Connection, DataClass
from earshot.settings import settings
from tests.conftest import Stack

pytestmark = pytest.mark.e2e

KEY = b"a key of this test"
SCHEDULED = {
    "version": "0",
    "id": "1",
    "account": "1",
    "region": "us-east-1",
    "resources": [],
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "detail": {},
    "time": "2026-03-02T12:00:00Z",
}
FEED = b"<rss version='2.0'><channel><item><guid>%s</guid><title>x</title></item></channel></rss>"


def connect(source: str, url: str | None = None) -> str:
    """A connection of the test's own, with its secret."""
    known = f"e2e-{uuid4().hex[:8]}"
    ConnectionStore(clients.table(settings().EARSHOT_TABLE)).put(
        Connection(
            source=source,
            connection_id=known,
            data_class=DataClass.COPIED,
            url=url,
            created_at=datetime.now(UTC),
        )
    )
    store = SecretStore(clients.secrets_manager(), settings().EARSHOT_SECRET_PREFIX)
    store.put(source, known, "whsec_" + base64.b64encode(KEY).decode())
    return known


def send(stack: Stack, path: str, body: bytes, key: bytes = KEY) -> urllib3.BaseHTTPResponse:
    clock = str(int(time.time()))
    mac = hmac.new(key, f"m.{clock}.".encode() + body, hashlib.sha256).digest()
    headers = {
        "Content-Type": "application/json",
        "webhook-id": "m",
        "webhook-timestamp": clock,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }
    url = f"{stack.deployed.api_url}hooks/{path}"
    return urllib3.request("POST", url, body=body, headers=headers, retries=False)


def stored(known: str) -> tuple[list[str], list[Any]]:
    """Raw objects and receipts of a connection."""
    found = clients.s3().list_objects_v2(Bucket=settings().EARSHOT_BUCKET)
    objects = [entry["Key"] for entry in found.get("Contents", []) if known in entry["Key"]]
    rows = clients.table(settings().EARSHOT_TABLE).scan()["Items"]
    return objects, [row for row in rows if str(row["pk"]).startswith(f"RECEIPT#generic#{known}")]


def test_a_signed_delivery_is_accepted_and_kept_exactly(stack_environment: Stack) -> None:
    known = connect("generic")
    body = json.dumps({"posts": []}).encode() + " é\n".encode()
    for _ in range(2):
        assert send(stack_environment, f"generic/{known}", body).status == 202
    objects, receipts = stored(known)
    assert len(objects) == 1
    assert len(receipts) == 1
    raw = clients.s3().get_object(Bucket=settings().EARSHOT_BUCKET, Key=objects[0])
    assert raw["Body"].read().endswith(b"\n" + body)


@pytest.mark.parametrize(
    ("path", "key", "status"),
    [
        ("generic/{}", b"a guess", 401),
        ("generic/{}-not", KEY, 404),
        ("nowhere/{}", KEY, 404),
    ],
)
def test_a_refusal_is_a_problem_and_leaves_nothing(
    stack_environment: Stack, path: str, key: bytes, status: int
) -> None:
    known = connect("generic")
    answer = send(stack_environment, path.format(known), b"{}", key)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.data)["status"] == status
    assert stored(known) == ([], [])


@pytest.fixture
def feed(stack: Stack) -> Iterator[str]:
    """The address of a feed on the one port of loopback that the stage may fetch."""
    mark = uuid4().hex.encode()

    class Feed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.end_headers()
            self.wfile.write(FEED % mark)

        def log_message(self, *_: object) -> None:
            """Not onto the test's screen."""

    server = ThreadingHTTPServer(("127.0.0.1", stack.feed_port), Feed)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{stack.feed_port}/feed"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_feed_is_polled_by_the_deployed_lambda(stack_environment: Stack, feed: str) -> None:
    known = connect("rss", feed)
    other = connect("rss", "http://169.254.169.254/latest/meta-data/")
    answer = stack_environment.client("lambda").invoke(
        FunctionName="earshot-local-poll_sources",
        Payload=json.dumps(SCHEDULED).encode(),
    )
    outcome = json.loads(answer["Payload"].read())
    assert outcome["polled"] >= 1, outcome
    assert outcome["failed"] >= 1
    objects, _ = stored(known)
    assert len(objects) == 1
    table = ConnectionStore(clients.table(settings().EARSHOT_TABLE))
    errors = {one.connection_id: table.last_error(one) for one in table.list()}
    assert errors[known] is None
    assert errors[other] == "address_refused"
