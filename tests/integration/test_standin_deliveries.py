"""Deliveries by the thousand, repeated and shuffled, by sixteen workers: the signals and relevance
of a run in order, and each seller hears of the same posts, each once. EARSHOT_DELIVERIES sets how
many."""

import json
import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from earshot.settings import settings
from tests.house import House
from tests.standin import StandIn
from tests.standin.clock import logical_time
from tests.standin.event_sources import EventSource
from tests.standin.heard import Heard, Pairs, heard, left_by_erasures, plain, to_hear
from tests.standin.whole_way import WholeWay
from tests.standin.workers import Workers
from tests.standin.workload import Town

DELIVERIES = int(os.environ.get("EARSHOT_DELIVERIES", "300"))
REPEATED = 0.3
WORKERS = 16
SEED = 1
LONGEST = timedelta(days=400)
MOST_TOLD_BEFORE = 0.1
"""Of all that was told: one delivery in ten is an edit or a deletion, and who was told of a story
before it stays so, whatever the story came to be worth by it."""
HOW_IT_CAME = ("revision", "absorbed", "strand_ids")
"""Of a signal: how many tries it took, which signals were alerted to before they proved to be its
story, and where to look for posts, which may have been edited away."""


@pytest.fixture
def aws(standin_environment: StandIn) -> Iterator[StandIn]:
    with logical_time(standin_environment.clock):
        yield standin_environment


@pytest.fixture
def town() -> Town:
    return Town(seed=1, count=DELIVERIES)


@dataclass
class Final:
    """``signals`` with each candidate's relevance; who is ``to_hear`` of which post by the last
    decisions, and who ``heard``. Signals that an erasure changed last tell nobody: who hears of the
    posts that are ``left`` by it depends on what came before."""

    signals: dict[str, Any]
    to_hear: Pairs
    left: Pairs
    heard: Heard


def way_of(aws: StandIn, house: House) -> WholeWay:
    until = aws.clock.now() + LONGEST
    return WholeWay(aws, house.table.name, until=until, chance=random.Random(SEED))


def work(aws: StandIn, sources: Sequence[EventSource], *, count: int) -> None:
    Workers(aws, sources, seed=SEED).run(count)
    names = settings()
    assert not aws.sqs.queue(names.EARSHOT_DELIVERIES_DLQ_URL).messages
    assert not aws.sqs.queue(names.EARSHOT_MENTIONS_DLQ_URL).messages


def final(aws: StandIn, house: House) -> Final:
    rows = {_key(row.item): row.item for _, row in aws.dynamodb.tables[house.table.name].rows.all()}
    found = heard(aws, house.table.name)
    return Final(dict(_signals(rows)), to_hear(house), left_by_erasures(house), found)


def _signals(rows: dict[tuple[str, str], Any]) -> Iterator[tuple[str, Any]]:
    for (pk, sk), item in sorted(rows.items()):
        if pk.startswith("SUBJECT#") and sk.startswith("SIGNAL#"):
            signal = plain(item["data"])
            decided = rows.get((sk, f"DECISIONS#{int(signal['revision']):08d}#000"))
            decisions = plain(decided["data"])["decisions"] if decided else []
            relevance = {one["seller_id"]: one["relevance"] for one in decisions}
            for name in HOW_IT_CAME:
                signal.pop(name, None)
            yield sk, json.loads(json.dumps([signal, relevance], default=str, sort_keys=True))


def _key(item: Any) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


@pytest.fixture
def clean_run(aws: StandIn, make_house: Callable[[], House], town: Town) -> Final:
    """Each delivery after the one before it; schedules come when all are through."""
    house = make_house()
    town.furnish(house)
    way = way_of(aws, house)
    for happened in town.deliveries():
        house.deliver(happened)
        work(aws, way.at_once(), count=1)
    work(aws, way.sources(), count=1)
    found = final(aws, house)
    aws.ses.mails.clear()
    return found


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


def different(some: dict[str, Any], others: dict[str, Any]) -> Iterator[str]:
    return (key for key in some.keys() | others.keys() if some.get(key) != others.get(key))


@pytest.fixture
def changed(town: Town) -> set[str]:
    """Posts that were edited or deleted."""
    return {one["id"] for one in town.deliveries() if "deleted" in one or "edited_at" in one}


def test_repeats_in_any_order_by_many_workers_give_the_signals_of_the_clean_run(
    clean_run: Final,
    aws: StandIn,
    make_house: Callable[[], House],
    town: Town,
    changed: set[str],
) -> None:
    house = make_house()
    town.furnish(house)
    deliver(aws, house, town, seed=SEED)
    work(aws, way_of(aws, house).sources(), count=WORKERS)
    shuffled = final(aws, house)
    assert len(clean_run.signals) > DELIVERIES // 4
    assert sorted(different(shuffled.signals, clean_run.signals)) == []
    left = clean_run.left | shuffled.left
    assert sorted((shuffled.to_hear ^ clean_run.to_hear) - left) == []
    for run in (clean_run, shuffled):
        assert set(run.heard.mails.values()) == {1}
        assert run.heard.twice == 0
        assert run.to_hear <= run.heard.ways.keys()
        assert {native_id for _, (_, native_id) in run.heard.waits - left} <= changed
        # Of thousands of posts to a few sellers, the budget may leave no room for an update.
        assert {"alert", "digest"} <= set(run.heard.ways.values()) <= {"alert", "update", "digest"}
    told_before = (clean_run.heard.ways.keys() ^ shuffled.heard.ways.keys()) - left
    known = {pair for run in (clean_run, shuffled) for pair in run.to_hear}
    print(f"{len(known)} pairs to hear of, {len(left)} left, {len(told_before)} told before")
    assert sorted(told_before & known) == []  # by the last decisions nobody is to hear of these
    assert len(told_before) <= MOST_TOLD_BEFORE * len(clean_run.heard.ways)
