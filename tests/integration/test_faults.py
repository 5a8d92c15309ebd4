"""One call in five fails, messages are poison, clocks disagree: what a calm run ends in is what it
ends in all the same. EARSHOT_FAULTS sets how many deliveries."""

import os
import random
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from earshot.aws import clients
from earshot.flows import decide_signals, time_left, understand_posts
from earshot.settings import settings
from tests.house import House, entry, queue_record
from tests.standin import StandIn
from tests.standin.clock import logical_time
from tests.standin.event_sources import Context, Handler
from tests.standin.faults import KINDS, Faults
from tests.standin.finals import Final, assert_the_same, final
from tests.standin.poison import Poison
from tests.standin.shortcut import shorter
from tests.standin.skew import SkewedClocks
from tests.standin.stage import forget_container
from tests.standin.whole_way import WholeWay
from tests.standin.workers import Workers
from tests.standin.workload import Town

DELIVERIES = int(os.environ.get("EARSHOT_FAULTS", "300"))
FEW = 40
RATE = 0.2
STAYS = 0.8
WORKERS = 4
LONGEST = timedelta(days=400)
APART = timedelta(minutes=10)
SEED = 1


@pytest.fixture
def clocks(standin_environment: StandIn) -> SkewedClocks:
    return SkewedClocks(standin_environment.clock, apart=APART, seed=SEED)


@pytest.fixture
def aws(standin_environment: StandIn, clocks: SkewedClocks) -> Iterator[StandIn]:
    with logical_time(clocks):
        yield standin_environment


class Stage:
    """A town with its deliveries on the queue, as often as wanted. What runs ``calm`` may take the
    shorter way, which makes the same calls."""

    def __init__(self, aws: StandIn, house: House, count: int) -> None:
        self.house = house
        self._aws = aws
        self._town = Town(seed=1, count=count)
        self._town.furnish(house)
        for happened in self._town.deliveries():
            house.deliver(happened)
        self._put_back = aws.kept()

    def again(self) -> None:
        self._put_back()
        forget_container()

    def run(self, faults: Faults, watched: Callable[[Handler], Handler]) -> Workers:
        """Everything that is on the queues, from there to the settled mails, by some workers."""
        aws, until = self._aws, self._aws.clock.now() + LONGEST
        chance = random.Random(SEED)
        way = WholeWay(aws, self.house.table.name, until=until, chance=chance, watched=watched)
        working = Workers(aws, way.sources(), seed=SEED, stays=STAYS, pushed=way.events)
        with faults.installed():
            working.run(WORKERS)
        return working

    def final(self) -> Final:
        return final(self._aws, self.house)

    @property
    def changed(self) -> set[str]:
        return self._town.changed


def dead(aws: StandIn) -> list[tuple[str, str]]:
    """Bodies of dead letters, with the reasons that lie beside them."""
    names = settings()
    queues = names.EARSHOT_DELIVERIES_DLQ_URL, names.EARSHOT_MENTIONS_DLQ_URL
    letters = (one for url in queues for one in aws.sqs.queue(url).messages.values())
    return [(one.body, one.attributes.get("reason", {}).get("StringValue", "")) for one in letters]


def test_faults_change_neither_signals_nor_who_hears_of_what(
    aws: StandIn, make_house: Callable[[], House]
) -> None:
    calm = Faults(aws, rate=0, seed=SEED)
    with shorter(aws):
        stage = Stage(aws, make_house(), DELIVERIES)
        stage.run(calm, calm.watched)
        clean = stage.final()
    stage.again()
    faults = Faults(aws, rate=RATE, seed=SEED, beside=WORKERS)
    stage.run(faults, faults.watched)
    assert dead(aws) == []
    assert_the_same(clean, stage.final(), changed=stage.changed)
    print(f"{faults.met.total()} faults, {faults.calls / calm.calls:.2f} times the clean calls")
    assert faults.calls <= 2 * calm.calls
    assert {kind for _, kind in faults.met} == set(KINDS)


def test_poison_ends_as_a_dead_letter_or_expired_and_holds_up_nothing(
    aws: StandIn, make_house: Callable[[], House]
) -> None:
    stage = Stage(aws, make_house(), FEW)
    calm, faults = Faults(aws, rate=0, seed=SEED), Faults(aws, rate=RATE, seed=SEED, beside=WORKERS)
    stage.run(calm, calm.watched)
    clean = stage.final()
    stage.again()
    poison = Poison(stage.house)
    poison.lay()
    working = stage.run(faults, faults.watched)
    assert set(dead(aws)) == poison.dead
    assert working.metrics["delivery_expired"] >= 1
    assert working.metrics["mention_expired"] >= 1
    assert_the_same(clean, stage.final(), changed=stage.changed)


def test_clocks_that_disagree_change_neither_signals_nor_who_hears_of_what(
    aws: StandIn, make_house: Callable[[], House], clocks: SkewedClocks
) -> None:
    stage = Stage(aws, make_house(), FEW)
    calm = Faults(aws, rate=0, seed=SEED)
    stage.run(calm, calm.watched)
    clean = stage.final()
    stage.again()
    stage.run(calm, clocks.watched)
    assert dead(aws) == []
    assert_the_same(clean, stage.final(), changed=stage.changed)
    offsets = clocks.offsets.values()
    assert max(offsets) - min(offsets) > APART * 0.8


@pytest.mark.parametrize("queue", ["deliveries", "mentions"])
def test_what_there_is_no_time_for_is_left_to_the_next_batch(
    aws: StandIn, make_house: Callable[[], House], queue: str
) -> None:
    house = make_house()
    house.furnish()
    house.deliver(
        entry(1, "We at Acme leave RivalCRM after six years, what do people use instead?")
    )
    house.deliver(entry(2, "Betatron wants to switch from RivalCRM: who can recommend something?"))
    url = settings().EARSHOT_DELIVERIES_QUEUE_URL
    handle = understand_posts.handle
    if queue == "mentions":
        house.step("deliveries")
        url, handle = settings().EARSHOT_MENTIONS_QUEUE_URL, decide_signals.handle
    found = clients.sqs().receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
    )["Messages"]
    records = [queue_record(message, queue) for message in found]
    answer = handle({"Records": records}, _NoTime(rest=1))
    (left,) = answer["batchItemFailures"]
    assert left["itemIdentifier"] == found[1]["MessageId"]
    mentions = aws.sqs.queue(settings().EARSHOT_MENTIONS_QUEUE_URL).messages
    assert len(house.alerts() if queue == "mentions" else mentions) == 1


class _NoTime(Context):
    """Time for so many, and then too little for another."""

    def __init__(self, rest: int) -> None:
        self._rest = rest

    def get_remaining_time_in_millis(self) -> int:
        self._rest -= 1
        return 30_000 if self._rest >= 0 else time_left.SPARE_MILLISECONDS - 1
