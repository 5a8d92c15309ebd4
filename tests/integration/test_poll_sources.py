"""The polling Lambda against the embedded AWS, with a web that answers by address."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
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
from earshot.aws.search_cursors import SearchCursors
from earshot.aws.secret_store import SecretStore
from earshot.aws.spent_tokens import SpentTokens
from earshot.aws.watchlist_artifact import WatchlistArtifact
from earshot.domain.models import Connection, DataClass, EntryKind
from earshot.domain.poller_queries import poller_queries
from earshot.flows import accept_delivery, poll_sources
from earshot.flows.accept_delivery import Intake
from earshot.flows.poll_sources import Polls
from earshot.settings import settings
from earshot.sources import catalog
from earshot.sources.fetch import FetchError
from earshot.sources.surface import Fetch, FetchedPage, Headers, PolledPage, Polling
from tests import examples
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
    settings.cache_clear()
    yield found
    settings.cache_clear()
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


def poll(
    into: Intake,
    web: Fetch,
    remaining_ms: Callable[[], int] = ample,
    queries: Sequence[str] = (),
) -> dict[str, Any]:
    table = clients.table(settings().EARSHOT_TABLE)
    cursors = SearchCursors(table)
    return poll_sources.poll_all(Polls(into, web, cursors, lambda _: queries, remaining_ms))


def test_a_page_is_archived_and_queued_before_the_cursor_moves(
    into: Intake, names: dict[str, str]
) -> None:
    connect(into, "blog")
    web = Web(blog=FEED)
    outcome = poll(into, web)
    assert outcome == {"polled": 1, "failed": 0, "left": 0}
    [message] = queued(names)
    raw = into.archive.get(message.delivery.raw_key)
    assert raw.body == FEED
    assert raw.headers == {"content-location": "https://blog.example/", "content-type": "text/xml"}
    assert list(into.receipts.since("rss", "blog", NOON, until=NOON)) == [message.delivery]
    assert row(names, "blog")["cursor"]["url"] == "https://blog.example/"
    poll(into, web)
    assert queued(names) == []


def test_a_page_that_could_not_be_queued_is_fetched_again(
    into: Intake, names: dict[str, str]
) -> None:
    connect(into, "blog")
    lost = Queue(clients.sqs(), names["EARSHOT_DELIVERIES_QUEUE_URL"] + "-gone")
    broken = replace(into, deliveries=lost)
    assert poll(broken, Web(blog=FEED))["failed"] == 1
    assert row(names, "blog")["cursor"] == {}
    poll(into, Web(blog=FEED))
    assert len(queued(names)) == 1


def test_a_failing_feed_stops_no_other_and_says_why_on_its_row(
    into: Intake, names: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    connect(into, "a", "b", "c")
    web = Web(a=FetchError("too_slow"), b=FEED, c=RuntimeError("words of a page"))
    outcome = poll(into, web)
    assert outcome == {"polled": 1, "failed": 2, "left": 0}
    assert row(names, "a")["last_error"] == "too_slow"
    assert row(names, "c")["last_error"] == "RuntimeError"
    written = capsys.readouterr()
    assert written.out.count('"poll_failed"') >= 2
    assert "words of a page" not in written.out + written.err
    web.pages["a"] = FEED
    poll(into, web)
    assert "last_error" not in row(names, "a")


def test_connections_that_are_posted_to_are_left_alone(into: Intake) -> None:
    connect(into, "main", source="github")
    web = Web()
    assert poll(into, web)["polled"] == 0
    assert web.asked == []


def test_what_the_time_did_not_allow_comes_first_in_a_later_run(into: Intake) -> None:
    connect(into, "a", "b", "c")
    asked: set[str] = set()
    for run in range(3):
        moment = run * poll_sources.TURN_SECONDS
        left = iter([ample(), poll_sources.RESERVE_MS - 1])
        web = Web(a=FEED, b=FEED, c=FEED)
        later = replace(into, clock=partial(datetime.fromtimestamp, moment, UTC))
        outcome = poll(later, web, partial(next, left))
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


# What the source asks for


def test_a_source_that_asks_to_be_left_alone_is(into: Intake, names: dict[str, str]) -> None:
    connect(into, "busy", "blog")
    web = Web(busy=FetchError("status_429", status=429, wait_seconds=3600), blog=FEED)
    assert poll(into, web)["failed"] == 1
    assert row(names, "busy")["not_before"] == keys.timestamp(NOON + timedelta(hours=1))
    web.asked.clear()
    poll(replace(into, clock=lambda: NOON + timedelta(minutes=59)), web)
    assert web.asked == ["blog"]
    poll(replace(into, clock=lambda: NOON + timedelta(minutes=61)), web)
    assert "busy" in web.asked


class Search:
    """A source whose searches answer with one page each, until ``waits`` says to wait."""

    reads_headers: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.waits = 0

    def poll(self, asked: Polling) -> Iterator[PolledPage]:
        words, seen = asked.connection.query or "", asked.connection.cursor.get("seen", "0")
        self.asked.append((words, seen))
        asked.session.setdefault("token", words)
        body = f"{words} {asked.session['token']} {seen}".encode()
        yield PolledPage({}, body, {"seen": str(int(seen) + 1)}, self.waits)


@pytest.fixture
def search(into: Intake, monkeypatch: pytest.MonkeyPatch) -> Search:
    found = Search()
    monkeypatch.setattr(catalog, "polled", lambda _: found)
    connect(into, "all", source="reddit")
    return found


def test_without_a_query_everything_that_the_watchlist_names_is_searched_for(
    into: Intake, names: dict[str, str], search: Search
) -> None:
    for _ in range(2):
        assert poll(into, Web(), queries=("rival", "acme crm"))["polled"] == 1
    assert sorted(search.asked) == [
        ("acme crm", "0"),
        ("acme crm", "1"),
        ("rival", "0"),
        ("rival", "1"),
    ]
    bodies = {into.archive.get(one.delivery.raw_key).body for one in queued(names)}
    assert len(bodies) == 4
    assert len({body.split()[-2] for body in bodies}) == 1  # one session for all of a run
    state = into.connections.state(next(into.connections.list()))
    assert state.polled_at == NOON
    assert next(into.connections.list()).cursor == {}


def test_a_rest_that_is_asked_for_ends_the_searches(into: Intake, search: Search) -> None:
    search.waits = 600
    poll(into, Web(), queries=("rival", "acme crm"))
    assert len(search.asked) == 1
    state = into.connections.state(next(into.connections.list()))
    assert state.not_before == NOON + timedelta(minutes=10)


def test_each_run_begins_with_another_search(into: Intake, search: Search) -> None:
    for run in range(3):
        moment = NOON + timedelta(seconds=run * poll_sources.TURN_SECONDS)
        left = iter([ample(), 0])
        later = replace(into, clock=partial(lambda at: at, moment))
        poll(later, Web(), partial(next, left), queries=("a", "b", "c"))
    assert {words for words, _ in search.asked} == {"a", "b", "c"}


def test_a_query_of_its_own_is_all_that_a_connection_searches_for(
    into: Intake, search: Search
) -> None:
    known = next(into.connections.list()).model_copy(update={"query": "crm"})
    into.connections.put(known)
    poll(into, Web(), queries=("rival",))
    assert search.asked == [("crm", "0")]
    assert next(into.connections.list()).cursor == {"seen": "1"}


def test_the_queries_are_those_of_the_compiled_watchlist(names: dict[str, str]) -> None:
    artifact = WatchlistArtifact(clients.s3(), names["EARSHOT_BUCKET"])
    assert artifact.queries("reddit") == ()
    rival = examples.entry(EntryKind.COMPETITOR, "rival", "RivalCRM")
    found = poller_queries([rival], quota=5, longest=100)
    artifact.save_queries({"reddit": found})
    assert artifact.queries("reddit") == ("rivalcrm",)
    assert artifact.queries("bluesky") == ()
