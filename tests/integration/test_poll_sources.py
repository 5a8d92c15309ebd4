"""The polling Lambda against the embedded AWS, with a web that answers by address."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from earshot.aws import clients, keys
from earshot.aws.connection_store import ConnectionStore
from earshot.aws.envelopes import DeliveryMessage, parse
from earshot.aws.queues import Queue
from earshot.aws.raw_archive import RawArchive
from earshot.aws.receipt_store import ReceiptStore
from earshot.aws.secret_store import SecretStore
from earshot.aws.spent_tokens import SpentTokens
from earshot.domain.models import Connection, DataClass
from earshot.flows import accept_delivery, poll_sources
from earshot.flows.accept_delivery import Intake
from earshot.sources.fetch import FetchError
from earshot.sources.surface import FetchedPage, Headers
from tests.fakes_ingest import ENVIRONMENT
from tests.standin.stage import Aws

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FEED = b"<rss version='2.0'><channel><item><guid>1</guid></item></channel></rss>"


class Web:
    """``pages`` by address; what is no page is raised."""

    def __init__(self, **pages: bytes | Exception) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def __call__(
        self, url: str, headers: Headers, /, *, form: Mapping[str, str] | None = None
    ) -> FetchedPage:
        name = url.removeprefix("https://").removesuffix(".example/")
        self.asked.append(name)
        page = self.pages[name]
        if isinstance(page, Exception):
            raise page
        return FetchedPage(200, url, {"content-type": "text/xml", "set-cookie": "secret"}, page)


@pytest.fixture
def names(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A table, a bucket and a queue of the test's own."""
    mark = uuid4().hex[:8]
    clients.s3().create_bucket(Bucket=f"raw-{mark}")
    attributes: list[Any] = [{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")]
    schema: list[Any] = [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ]
    clients.dynamodb().create_table(
        TableName=f"table-{mark}",
        AttributeDefinitions=attributes,
        KeySchema=schema,
        BillingMode="PAY_PER_REQUEST",
    )
    url = clients.sqs().create_queue(QueueName=f"deliveries-{mark}")["QueueUrl"]
    found = {
        **ENVIRONMENT,
        "EARSHOT_TABLE": f"table-{mark}",
        "EARSHOT_BUCKET": f"raw-{mark}",
        "EARSHOT_DELIVERIES_QUEUE_URL": url,
    }
    for name, value in found.items():
        if name.startswith("EARSHOT_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Earshot")
    accept_delivery.intake.cache_clear()
    yield found
    accept_delivery.intake.cache_clear()


@pytest.fixture
def into(names: dict[str, str]) -> Intake:
    table = clients.table(names["EARSHOT_TABLE"])
    return Intake(
        connections=ConnectionStore(table),
        secrets=SecretStore(clients.secrets_manager(), "earshot/test/"),
        archive=RawArchive(clients.s3(), names["EARSHOT_BUCKET"]),
        receipts=ReceiptStore(clients.dynamodb(), names["EARSHOT_TABLE"]),
        deliveries=Queue(clients.sqs(), names["EARSHOT_DELIVERIES_QUEUE_URL"]),
        spent=SpentTokens(table),
        clock=lambda: NOON,
    )


def connect(into: Intake, *ids: str, source: str = "rss") -> None:
    for known in ids:
        into.connections.put(
            Connection(
                source=source,
                connection_id=known,
                data_class=DataClass.COPIED,
                url=f"https://{known}.example/",
                created_at=NOON,
            )
        )


def queued(names: dict[str, str]) -> list[DeliveryMessage]:
    answer = clients.sqs().receive_message(
        QueueUrl=names["EARSHOT_DELIVERIES_QUEUE_URL"], MaxNumberOfMessages=10
    )
    return [parse(DeliveryMessage, m["Body"]) for m in answer.get("Messages", [])]


def row(names: dict[str, str], known: str) -> dict[str, Any]:
    key = keys.connection("rss", known)
    return clients.table(names["EARSHOT_TABLE"]).get_item(Key=key)["Item"]


def ample() -> int:
    return 60_000


def test_a_page_is_archived_and_queued_before_the_cursor_moves(
    into: Intake, names: dict[str, str]
) -> None:
    connect(into, "blog")
    web = Web(blog=FEED)
    outcome = poll_sources.poll_all(into, web, remaining_ms=ample)
    assert outcome == {"polled": 1, "failed": 0, "left": 0}
    [message] = queued(names)
    raw = into.archive.get(message.delivery.raw_key)
    assert raw.body == FEED
    assert raw.headers == {"content-location": "https://blog.example/", "content-type": "text/xml"}
    assert list(into.receipts.since("rss", "blog", NOON, until=NOON)) == [message.delivery]
    assert row(names, "blog")["cursor"]["url"] == "https://blog.example/"
    poll_sources.poll_all(into, web, remaining_ms=ample)
    assert queued(names) == []


def test_a_page_that_could_not_be_queued_is_fetched_again(
    into: Intake, names: dict[str, str]
) -> None:
    connect(into, "blog")
    lost = Queue(clients.sqs(), names["EARSHOT_DELIVERIES_QUEUE_URL"] + "-gone")
    broken = replace(into, deliveries=lost)
    assert poll_sources.poll_all(broken, Web(blog=FEED), remaining_ms=ample)["failed"] == 1
    assert row(names, "blog")["cursor"] == {}
    poll_sources.poll_all(into, Web(blog=FEED), remaining_ms=ample)
    assert len(queued(names)) == 1


def test_a_failing_feed_stops_no_other_and_says_why_on_its_row(
    into: Intake, names: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    connect(into, "a", "b", "c")
    web = Web(a=FetchError("too_slow"), b=FEED, c=RuntimeError("words of a page"))
    outcome = poll_sources.poll_all(into, web, remaining_ms=ample)
    assert outcome == {"polled": 1, "failed": 2, "left": 0}
    assert row(names, "a")["last_error"] == "too_slow"
    assert row(names, "c")["last_error"] == "RuntimeError"
    written = capsys.readouterr()
    assert written.out.count('"poll_failed"') >= 2
    assert "words of a page" not in written.out + written.err
    web.pages["a"] = FEED
    poll_sources.poll_all(into, web, remaining_ms=ample)
    assert "last_error" not in row(names, "a")


def test_connections_that_are_posted_to_are_left_alone(into: Intake) -> None:
    connect(into, "main", source="github")
    web = Web()
    assert poll_sources.poll_all(into, web, remaining_ms=ample)["polled"] == 0
    assert web.asked == []


def test_what_the_time_did_not_allow_comes_first_in_a_later_run(into: Intake) -> None:
    connect(into, "a", "b", "c")
    asked: set[str] = set()
    for run in range(3):
        moment = run * poll_sources.TURN_SECONDS
        left = iter([ample(), poll_sources.RESERVE_MS - 1])
        web = Web(a=FEED, b=FEED, c=FEED)
        later = replace(into, clock=partial(datetime.fromtimestamp, moment, UTC))
        outcome = poll_sources.poll_all(later, web, remaining_ms=partial(next, left))
        assert outcome == {"polled": 1, "failed": 0, "left": 2}
        asked |= set(web.asked)
    assert asked == {"a", "b", "c"}


def test_the_lambda_refuses_loopback_outside_of_the_local_stage(
    into: Intake, names: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EARSHOT_LOOPBACK_HOSTS", "127.0.0.1:9")
    connect(into, "inside")
    inside = into.connections.get("rss", "inside").model_copy(
        update={"url": "http://127.0.0.1:9/feed"}
    )
    into.connections.put(inside)
    context = SimpleNamespace(get_remaining_time_in_millis=ample)
    assert poll_sources.handle({}, context) == {"polled": 0, "failed": 1, "left": 0}
    assert row(names, "inside")["last_error"] == "address_refused"
