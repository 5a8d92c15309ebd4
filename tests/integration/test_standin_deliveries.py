"""Deliveries by the thousand, repeated and shuffled, by sixteen workers: the signals and relevance
of a run in order. EARSHOT_DELIVERIES sets how many."""

import json
import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer

from earshot.flows import decide_signals, send_alerts, understand_posts
from earshot.settings import settings
from tests.house import House
from tests.standin import StandIn
from tests.standin.event_sources import EventSource, QueueSource, StreamSource
from tests.standin.workers import Workers
from tests.standin.workload import Town

DELIVERIES = int(os.environ.get("EARSHOT_DELIVERIES", "300"))
REPEATED = 0.3
WORKERS = 16
SEED = 1
HOW_IT_CAME = ("revision", "absorbed", "strand_ids")
"""Of a signal: how many tries it took, which signals were alerted to before they proved to be its
story, and where to look for posts, which may have been edited away."""


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def town() -> Town:
    return Town(seed=1, count=DELIVERIES)


def work(aws: StandIn, house: House, *, count: int, seed: int) -> Workers:
    names, clock = settings(), aws.clock
    deliveries = aws.sqs.queue(names.EARSHOT_DELIVERIES_QUEUE_URL)
    mentions = aws.sqs.queue(names.EARSHOT_MENTIONS_QUEUE_URL)
    table = aws.dynamodb.tables[house.table.name]
    sources: list[EventSource] = [
        QueueSource(deliveries, understand_posts.handle, clock),
        QueueSource(mentions, decide_signals.handle, clock),
        StreamSource(table, send_alerts.handle, prefix="OUTBOX#"),
    ]
    workers = Workers(aws, sources, seed=seed)
    workers.run(count)
    assert not aws.sqs.queue(names.EARSHOT_DELIVERIES_DLQ_URL).messages
    assert not aws.sqs.queue(names.EARSHOT_MENTIONS_DLQ_URL).messages
    return workers


def final(aws: StandIn, house: House) -> dict[str, Any]:
    """Every signal, and each candidate's relevance."""
    rows = {_key(row.item): row.item for _, row in aws.dynamodb.tables[house.table.name].rows.all()}
    return dict(_signals(rows))


def _signals(rows: dict[tuple[str, str], Any]) -> Iterator[tuple[str, Any]]:
    for (pk, sk), item in sorted(rows.items()):
        if pk.startswith("SUBJECT#") and sk.startswith("SIGNAL#"):
            signal = _plain(item["data"])
            decided = rows.get((sk, f"DECISIONS#{int(signal['revision']):08d}#000"))
            decisions = _plain(decided["data"])["decisions"] if decided else []
            relevance = {one["seller_id"]: one["relevance"] for one in decisions}
            for name in HOW_IT_CAME:
                signal.pop(name, None)
            yield sk, json.loads(json.dumps([signal, relevance], default=str, sort_keys=True))


def _key(item: Any) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _plain(value: Any) -> Any:
    return TypeDeserializer().deserialize(value)


@pytest.fixture
def clean_run(aws: StandIn, make_house: Callable[[], House], town: Town) -> dict[str, Any]:
    house = make_house()
    town.furnish(house)
    for happened in town.deliveries():
        house.deliver(happened)
        work(aws, house, count=1, seed=0)
    return final(aws, house)


def deliver(aws: StandIn, house: House, town: Town, *, seed: int) -> None:
    """All of them in any order, some again one to five times."""
    chance = random.Random(seed)
    arrivals = [house.deliver(happened) for happened in town.deliveries()]
    aws.sqs.queue(settings().EARSHOT_DELIVERIES_QUEUE_URL).clear()
    for repeated in chance.sample(arrivals, int(REPEATED * len(arrivals))):
        arrivals += [repeated] * chance.randint(1, 5)
    chance.shuffle(arrivals)
    for delivery in arrivals:
        house.enqueue(delivery)


def test_repeats_in_any_order_by_many_workers_give_the_signals_of_the_clean_run(
    clean_run: dict[str, Any], aws: StandIn, make_house: Callable[[], House], town: Town
) -> None:
    house = make_house()
    town.furnish(house)
    deliver(aws, house, town, seed=SEED)
    work(aws, house, count=WORKERS, seed=SEED)
    assert len(clean_run) > DELIVERIES // 4
    assert final(aws, house) == clean_run
