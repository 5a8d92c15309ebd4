"""A day of the company's posts, sent in one of three ways, from the first byte to the last mail."""

import base64
import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import StringIO
from typing import Any
from unittest import mock

import boto3

from earshot.aws import clients
from earshot.aws.connection_store import ConnectionStore
from earshot.aws.search_cursors import SearchCursors
from earshot.domain.deliveries import Connection, DataClass
from earshot.flows import accept_delivery, poll_sources
from earshot.settings import settings
from earshot.sources import standard_webhooks
from tests import chalice_apps
from tests.bench.cost import assumptions, posts
from tests.bench.cost.meter import Meter, logging_to_output
from tests.house import House
from tests.standin import StandIn
from tests.standin.clock import START, logical_time
from tests.standin.event_sources import Context
from tests.standin.stage import forget_container, make_stage
from tests.standin.whole_way import WholeWay
from tests.standin.workload import Town

SECRET = b"whsec_" + base64.b64encode(b"of the bench, which has 32 bytes")
TICK = timedelta(seconds=1)
DAY = timedelta(hours=23)
Entry = dict[str, Any]


@dataclass
class Replay:
    standin: StandIn
    meter: Meter
    town: Town
    ingest: Callable[[Entry, Any], Entry]

    def webhooks(self, entries: Sequence[Entry], size: int) -> None:
        """Requests with so many posts each."""
        for number, batch in enumerate(_batches(entries, size)):
            payload = {"posts": batch} if size > 1 else batch[0]
            event = _request(number, payload, self.standin.clock.now())
            answer = self.meter.invoked("receive_webhook", partial(self.ingest, event, Context()))
            assert answer["statusCode"] == 202, answer
            self.meter.spent["receive"].usage["api_requests"] += 1
            self.standin.clock.advance(TICK / 100)

    def pages(self, entries: Sequence[Entry], size: int) -> None:
        """Pages of a feed with so many posts each, a run of the poller for each."""
        for batch in _batches(entries, size):
            run = partial(poll_sources.poll_all, _polls(posts.Feed(batch)))
            self.meter.invoked("poll_sources", run, waits_ms=assumptions.FETCH_MS)
            self.standin.clock.advance(timedelta(minutes=5))

    def drain(self) -> None:
        """Until all is decided, mailed and settled, the next morning's digests too."""
        way = WholeWay(
            self.standin,
            settings().EARSHOT_TABLE,
            until=START + DAY,
            chance=random.Random(1),
            watched=self._watched,
        )
        sources = way.sources()
        while True:
            taken = next(filter(None, (source.take() for source in sources)), None)
            if taken:
                taken()
                self.standin.clock.advance(TICK)
            elif not self._wait([moment for one in sources if (moment := one.next_return())]):
                return

    def _wait(self, returns: list[Any]) -> bool:
        clock = self.standin.clock
        if not returns or min(returns) > START + DAY:
            return False
        clock.advance(max(min(returns) - clock.now(), timedelta(0)))
        return True

    def _watched(self, handle: Callable[..., Any]) -> Callable[..., Any]:
        name = handle.__module__.rpartition(".")[2]
        queue = {"understand_posts": "sqs_requests", "decide_signals": "sqs_fifo_requests"}.get(
            name
        )

        def run(event: Any, context: Any) -> Any:
            if queue:
                self.meter.queue_batch(name, queue)
            return self.meter.invoked(name, lambda: handle(event, context))

        return run


@contextmanager
def replay(count: int) -> Iterator[Replay]:
    """A furnished stage whose containers are warm, and the process as it was afterwards."""
    standin, ingest = StandIn(), chalice_apps.load("ingest")
    with (
        logging_to_output(),
        mock.patch.object(boto3, "DEFAULT_SESSION", standin.session),
        mock.patch.dict(os.environ, standin.environment),
        logical_time(standin.clock),
    ):
        forget_container()
        os.environ.update(make_stage(standin, "bench"))
        try:
            town = Town(seed=6, count=count)
            with redirect_stdout(StringIO()):
                town.furnish(House(clients.table(settings().EARSHOT_TABLE), clients.s3(), "bench"))
            _connect(standin)
            yield Replay(standin, Meter(standin), town, ingest)
        finally:
            forget_container()


def _connect(standin: StandIn) -> None:
    store = ConnectionStore(clients.table(settings().EARSHOT_TABLE))
    for source, url in (("generic", None), ("rss", "https://feed.example/")):
        store.put(
            Connection(
                source=source,
                connection_id="main",
                data_class=DataClass.OWNED,
                url=url,
                created_at=standin.clock.now(),
            )
        )
    prefix = settings().EARSHOT_SECRET_PREFIX
    standin.client("secretsmanager").create_secret(
        Name=f"{prefix}generic/main", SecretString=json.dumps({"secrets": [SECRET.decode()]})
    )


def _polls(fetch: posts.Feed) -> poll_sources.Polls:
    return poll_sources.Polls(
        into=accept_delivery.intake(),
        fetch=fetch,
        cursors=SearchCursors(clients.table(settings().EARSHOT_TABLE)),
        queries=lambda _: (),
        remaining_ms=lambda: 120_000,
    )


def _request(number: int, payload: Any, now: datetime) -> Entry:
    """API Gateway's event for a delivery signed by Standard Webhooks."""
    body = json.dumps(payload)
    signed = standard_webhooks.signed(f"msg_{number}", body.encode(), secret=SECRET, now=now)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Forum-Webhooks/1.0",
        **signed,
    }
    return request(body, headers, connection_id="main")


def request(body: str, headers: dict[str, str], *, connection_id: str) -> Entry:
    return {
        "body": body,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "isBase64Encoded": False,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"source": "generic", "connection_id": connection_id},
        "stageVariables": None,
        "requestContext": {
            "httpMethod": "POST",
            "resourcePath": "/hooks/{source}/{connection_id}",
            "identity": {"sourceIp": "192.0.2.1"},
        },
    }


def _batches(entries: Sequence[Entry], size: int) -> Iterator[Sequence[Entry]]:
    return (entries[start : start + size] for start in range(0, len(entries), size))
