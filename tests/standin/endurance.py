"""Deliveries by the thousand: one after the other, or repeated and shuffled by many workers."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from earshot.flows import understand_posts
from earshot.settings import settings
from tests.house import House
from tests.standin.event_sources import Event, EventSource, Handler
from tests.standin.finals import Final, final
from tests.standin.stand_in import StandIn
from tests.standin.whole_way import WholeWay
from tests.standin.workers import Workers
from tests.standin.workload import Town

REPEATED = 0.3
MOST_REPEATS = 5
WORKERS = 16
SEED = 1
LONGEST = timedelta(days=400)
STAYS = 0.9
"""A decision takes some twenty calls: others come between in each."""

Look = Callable[[int], None]


class _OneByOne:
    """The next delivery, once all that came of those before it is decided."""

    def __init__(self, aws: StandIn, house: House, town: Town) -> None:
        names = settings()
        urls = names.EARSHOT_DELIVERIES_QUEUE_URL, names.EARSHOT_MENTIONS_QUEUE_URL
        self._queues = [aws.sqs.queue(url) for url in urls]
        self._house = house
        self._left = town.deliveries()

    def take(self) -> Callable[[], None] | None:
        if any(queue.messages for queue in self._queues):
            return None
        happened = next(self._left, None)
        return (lambda: self._deliver(happened)) if happened else None

    def _deliver(self, happened: dict[str, Any]) -> None:
        self._house.deliver(happened)

    def next_return(self) -> datetime | None:
        return None


def run_in_order(aws: StandIn, house: House, town: Town, *, look: Look) -> Final:
    """By one worker, each delivery once; schedules come when all are through."""
    town.furnish(house)
    way = _way(aws, house, look)
    _work(way, [_OneByOne(aws, house, town), *way.at_once()], count=1)
    _work(way, way.sources(), count=1)
    return final(aws, house)


def run_shuffled(aws: StandIn, house: House, town: Town, *, look: Look) -> Final:
    """By many workers, all deliveries in any order, some again one to five times."""
    town.furnish(house)
    chance = random.Random(SEED)
    arrivals = [house.deliver(happened) for happened in town.deliveries()]
    aws.sqs.queue(settings().EARSHOT_DELIVERIES_QUEUE_URL).clear()
    for repeated in chance.sample(arrivals, int(REPEATED * len(arrivals))):
        arrivals += [repeated] * chance.randint(1, MOST_REPEATS)
    chance.shuffle(arrivals)
    for delivery in arrivals:
        house.enqueue(delivery)
    arrivals.clear()
    way = _way(aws, house, look)
    _work(way, way.sources(), count=WORKERS)
    return final(aws, house)


def _way(aws: StandIn, house: House, look: Look) -> WholeWay:
    """``look`` is told how many deliveries were understood so far."""
    seen = 0

    def watched(handle: Handler) -> Handler:
        def run(event: Event, context: Any) -> dict[str, Any]:
            nonlocal seen
            answer = handle(event, context)
            seen += len(event["Records"])
            look(seen)
            return answer

        return run if handle is understand_posts.handle else handle

    until, chance = aws.clock.now() + LONGEST, random.Random(SEED)
    return WholeWay(aws, house.table.name, until=until, chance=chance, watched=watched)


def _work(way: WholeWay, sources: Sequence[EventSource], *, count: int) -> None:
    aws, names = way.aws, settings()
    Workers(aws, sources, seed=SEED, stays=STAYS, pushed=way.events).run(count)
    assert not aws.sqs.queue(names.EARSHOT_DELIVERIES_DLQ_URL).messages
    assert not aws.sqs.queue(names.EARSHOT_MENTIONS_DLQ_URL).messages
