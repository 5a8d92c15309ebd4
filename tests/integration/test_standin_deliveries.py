"""Deliveries by the thousand, repeated and shuffled, by sixteen workers: the signals and relevance
of a run in order, and each seller hears of the same posts, each once. EARSHOT_DELIVERIES sets how
many."""

import os
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import pytest

from earshot.settings import settings
from tests.house import House
from tests.standin import StandIn
from tests.standin.clock import logical_time
from tests.standin.event_sources import EventSource
from tests.standin.finals import Final, assert_the_same, final
from tests.standin.whole_way import WholeWay
from tests.standin.workers import Workers
from tests.standin.workload import Town

DELIVERIES = int(os.environ.get("EARSHOT_DELIVERIES", "300"))
REPEATED = 0.3
WORKERS = 16
SEED = 1
LONGEST = timedelta(days=400)


@pytest.fixture
def aws(standin_environment: StandIn) -> Iterator[StandIn]:
    with logical_time(standin_environment.clock):
        yield standin_environment


@pytest.fixture
def town() -> Town:
    return Town(seed=1, count=DELIVERIES)


def way_of(aws: StandIn, house: House) -> WholeWay:
    until = aws.clock.now() + LONGEST
    return WholeWay(aws, house.table.name, until=until, chance=random.Random(SEED))


def work(aws: StandIn, sources: Sequence[EventSource], *, count: int) -> None:
    Workers(aws, sources, seed=SEED).run(count)
    names = settings()
    assert not aws.sqs.queue(names.EARSHOT_DELIVERIES_DLQ_URL).messages
    assert not aws.sqs.queue(names.EARSHOT_MENTIONS_DLQ_URL).messages


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
    assert_the_same(clean_run, shuffled, changed=changed)
