"""One call in five fails, in every way: what a calm run ends in is what it ends in all the same.
EARSHOT_FAULTS sets how many deliveries."""

import os
import random
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from earshot.settings import settings
from tests.house import House
from tests.standin import StandIn
from tests.standin.clock import START, logical_time
from tests.standin.faults import KINDS, Faults
from tests.standin.finals import Final, assert_the_same, final
from tests.standin.stage import forget_flows
from tests.standin.whole_way import WholeWay
from tests.standin.workers import Workers
from tests.standin.workload import Town

DELIVERIES = int(os.environ.get("EARSHOT_FAULTS", "300"))
RATE = 0.2
WORKERS = 4
LONGEST = timedelta(days=400)
SEED = 1


@pytest.fixture
def aws(standin_environment: StandIn) -> Iterator[StandIn]:
    with logical_time(standin_environment.clock):
        yield standin_environment


def run(aws: StandIn, house: House, faults: Faults) -> Final:
    """Everything that is on the queues, from there to the settled mails, by some workers."""
    way = WholeWay(
        aws,
        house.table.name,
        until=START + LONGEST,
        chance=random.Random(SEED),
        watched=faults.watched,
    )
    working = Workers(aws, way.sources(), seed=SEED)
    with faults.installed():
        working.run(WORKERS)
    print(f"{faults.calls} calls, {working.outcomes}, killed {faults.killed}")
    assert dead(aws) == []
    return final(aws, house)


def dead(aws: StandIn) -> list[str]:
    names = settings()
    queues = names.EARSHOT_DELIVERIES_DLQ_URL, names.EARSHOT_MENTIONS_DLQ_URL
    return [one.body for url in queues for one in aws.sqs.queue(url).messages.values()]


def test_faults_change_neither_signals_nor_who_hears_of_what(
    aws: StandIn, make_house: Callable[[], House]
) -> None:
    town = Town(seed=1, count=DELIVERIES)
    house = make_house()
    town.furnish(house)
    for happened in town.deliveries():
        house.deliver(happened)
    put_back = aws.kept()
    calm = Faults(aws, rate=0, seed=SEED)
    clean = run(aws, house, calm)
    put_back()
    forget_flows()
    faults = Faults(aws, rate=RATE, seed=SEED, beside=WORKERS)
    struck = run(aws, house, faults)
    changed = {one["id"] for one in town.deliveries() if "deleted" in one or "edited_at" in one}
    assert_the_same(clean, struck, changed=changed)
    print(f"{faults.met.total()} faults, {faults.calls / calm.calls:.2f} times the clean calls")
    assert faults.calls <= 2 * calm.calls
    assert {kind for _, kind in faults.met} == set(KINDS)
