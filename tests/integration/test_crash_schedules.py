"""The whole way from the queue to the settled mail, with deaths between every two side effects.

Each schedule is a hamlet and a seed: deliveries on the queue, Lambdas that take turns, time that
passes, mail events that come late, twice, in any order, or not at all. The first schedules meet
every side effect that one worker has in a hamlet, once on either side of it; the others kill some
of several workers by chance, and rather where nobody died before. Afterwards nobody dies until
nothing is left. EARSHOT_SCHEDULES sets how many.
"""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.house import House
from tests.standin import StandIn
from tests.standin.clock import START, logical_time
from tests.standin.hamlets import HAMLETS, Hamlet
from tests.standin.heard import Heard, Pairs, heard, read
from tests.standin.kills import AFTER, BEFORE, Hits, Kills, SideEffect
from tests.standin.shortcut import shorter
from tests.standin.stage import forget_flows
from tests.standin.whole_way import WholeWay
from tests.standin.workers import Workers

SCHEDULES = int(os.environ.get("EARSHOT_SCHEDULES", "1000"))
LOST = SCHEDULES // 10
RARE = 5
"""A side effect that was met less often need not have been hit on both sides."""
MOST_DAYS = timedelta(days=4)


@pytest.fixture
def aws(standin_environment: StandIn) -> Iterator[StandIn]:
    with shorter(standin_environment), logical_time(standin_environment.clock):
        yield standin_environment


@dataclass
class Run:
    heard: Heard
    read: Pairs
    kills: Kills
    metrics: Counter[str]
    lost: int


class Stage:
    """A furnished hamlet with its deliveries on the queue, as often as wanted."""

    def __init__(self, aws: StandIn, house: House, hamlet: Hamlet) -> None:
        self._aws = aws
        self._house = house
        self.hamlet = hamlet
        hamlet.furnish(house)
        hamlet.deliver(house)
        self._put_back = aws.kept()
        self.calm = self.run(Kills(0, ""), seed=0, workers=1)

    def run(self, kills: Kills, *, seed: int, workers: int, lost: float = 0.0) -> Run:
        aws = self._aws
        self._put_back()
        forget_flows()
        way = WholeWay(
            aws,
            self._house.table.name,
            until=START + MOST_DAYS,
            chance=random.Random(seed),
            lost=lost,
            watched=kills.watched,
        )
        working = Workers(aws, way.sources(), seed=seed)
        aws.before[:], aws.after[:] = [kills.before], [kills.after]
        working.run(workers)
        aws.before.clear()
        aws.after.clear()
        found = heard(aws, self._house.table.name)
        return Run(found, read(aws), kills, working.metrics, way.events.losses)


@pytest.fixture
def stages(aws: StandIn, make_house: Callable[[], House]) -> Iterator[Stage]:
    def one(hamlet: Hamlet) -> Stage:
        aws.clear()
        return Stage(aws, make_house(), hamlet)

    return map(one, HAMLETS)


def walk(calm: Run) -> Iterator[Kills]:
    """Each side of each side effect that one worker has."""
    for number in range(1, len(calm.kills.order) + 1):
        for side in (BEFORE, AFTER):
            yield Kills(number, side)


def after_mails(calm: Run) -> Iterator[Kills]:
    """Right after the mail service took a mail: nobody knows but the service."""
    for number, (_, what) in enumerate(calm.kills.order, 1):
        if what == "SendEmail":
            yield Kills(number, AFTER)
            yield Kills(number + 1, BEFORE)


def by_chance(calm: Run, seeds: range, hit: Hits) -> Iterator[tuple[int, Kills]]:
    for seed in seeds:
        chance = random.Random(seed)
        first, side = chance.randint(1, len(calm.kills.order)), chance.choice((BEFORE, AFTER))
        yield seed, Kills(first, side, chance=chance, hit=hit)


def test_nothing_is_lost_and_nothing_doubled_wherever_a_process_dies(
    stages: Iterator[Stage],
) -> None:
    met: Counter[SideEffect] = Counter()
    hit: Hits = Counter()
    done = 0
    for stage in stages:
        walked = list(enumerate(walk(stage.calm)))
        more = range(len(walked), max(len(walked), SCHEDULES // len(HAMLETS)))
        for seed, kills in [*walked, *by_chance(stage.calm, more, hit)]:
            run = stage.run(kills, seed=seed, workers=1 + seed % 4 if seed in more else 1)
            nothing_is_lost(stage, run, seed)
            assert set(run.heard.mails.values()) == {1}, (stage.hamlet.name, seed)
            met += kills.met
            hit.update(kills.hit)
            done += 1
    often = {effect for effect, times in met.items() if times > RARE}
    assert {(effect, side) for effect in often for side in (BEFORE, AFTER)} <= hit.keys()
    assert done >= SCHEDULES - len(HAMLETS)


def test_where_the_event_is_lost_too_nothing_is_lost_and_each_double_was_counted(
    stages: Iterator[Stage],
) -> None:
    doubled = 0
    for stage in stages:
        walked = list(enumerate(after_mails(stage.calm)))
        more = range(len(walked), len(walked) + LOST // len(HAMLETS))
        for seed, kills in [*walked, *by_chance(stage.calm, more, Counter())]:
            run = stage.run(kills, seed=seed, workers=1 + seed % 4, lost=1.0)
            nothing_is_lost(stage, run, seed)
            extra = sum(run.heard.mails.values()) - len(run.heard.mails)
            assert extra <= run.metrics["mail_resent"] <= run.heard.resends.total()
            for alert_id, mails in run.heard.mails.items():
                assert mails <= 1 + run.heard.resends[alert_id]
            doubled += extra
    assert doubled > len(HAMLETS)


def nothing_is_lost(stage: Stage, run: Run, seed: int) -> None:
    where = stage.hamlet.name, seed
    assert run.heard.ways.keys() == stage.calm.heard.ways.keys() != set(), where
    assert run.heard.waits == set(), where
    assert run.read == run.heard.ways.keys(), where
    assert run.heard.states.keys() <= {"SENT", "DIGESTED"}, where
