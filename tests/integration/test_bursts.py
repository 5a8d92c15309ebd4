"""Thousands of posts about one account within an hour: a few mails, and the rest in the digest.
EARSHOT_BURST sets how many."""

import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from earshot.aws.config_store import Config, ConfigStore
from tests.house import House, entry
from tests.standin import StandIn
from tests.standin.clock import START, logical_time
from tests.standin.heard import Heard, by_decisions, heard
from tests.standin.whole_way import MINUTE, WholeWay
from tests.standin.workers import Workers

POSTS = int(os.environ.get("EARSHOT_BURST", "240"))
MINUTES = 60
WORKERS = 4
BUDGET = 5
INTERVAL = timedelta(minutes=30)

_WORDS = """
export import invoice renewal calendar contract license seat price quote pipeline report dashboard
integration migration onboarding webhook support outage latency billing upgrade vendor partner
budget quarter region office roadmap contact lead campaign score segment
"""
_ASKS = "We at Acme are leaving RivalCRM, what do people use instead?"

Entry = dict[str, Any]


@pytest.fixture
def aws(standin_environment: StandIn) -> Iterator[StandIn]:
    with logical_time(standin_environment.clock):
        yield standin_environment


@pytest.fixture
def house(make_house: Callable[[], House]) -> House:
    """Anna owns Acme, Carla stands at the desk of its competitor, Ben sells where it is."""
    made = make_house()
    made.furnish()
    ConfigStore(made.table).put(Config(live=True))
    return made


def said(number: int, text: str, **more: Any) -> Entry:
    posted = START + number * timedelta(minutes=MINUTES) / POSTS
    return entry(number, text, posted_at=posted.isoformat(), **more)


def in_one_thread(number: int, chance: random.Random) -> Entry:
    more = {"thread_id": "p0"} if number else {}
    return said(number, f"{_ASKS} Our {' '.join(chance.sample(_WORDS.split(), 6))}.", **more)


def each_by_itself(number: int, chance: random.Random) -> Entry:
    return said(number, f"{_ASKS} Ours has {', '.join(chance.sample(_WORDS.split(), 14))}.")


Saying = Callable[[int, random.Random], Entry]


def burst(aws: StandIn, house: House, say: Saying) -> Heard:
    """A delivery each minute, then two days of peace."""
    chance = random.Random(1)
    posts = [say(number, chance) for number in range(POSTS)]
    way = WholeWay(aws, house.table.name, until=START, chance=chance)
    workers = Workers(aws, way.sources(), seed=1)
    for minute in range(MINUTES):
        house.deliver(*posts[minute * POSTS // MINUTES : (minute + 1) * POSTS // MINUTES])
        until(aws, START + (minute + 1) * MINUTE, way, workers)
    until(aws, START + timedelta(days=2), way, workers)
    return heard(aws, house.table.name)


def until(aws: StandIn, moment: datetime, way: WholeWay, workers: Workers) -> None:
    way.until = moment
    workers.run(WORKERS)
    aws.clock.advance(max(moment - aws.clock.now(), timedelta(0)))


@pytest.mark.parametrize("say", [in_one_thread, each_by_itself])
def test_a_burst_gives_each_seller_one_alert_its_updates_and_a_digest(
    aws: StandIn, house: House, say: Saying
) -> None:
    found = burst(aws, house, say)
    assert (found.waits, found.twice) == (set(), 0)
    assert set(found.mails.values()) == {1}
    to_hear, _ = by_decisions(aws, house)
    assert to_hear <= found.ways.keys()
    assert sum(seller_id == "anna" for seller_id, _ in found.ways) >= POSTS * 19 // 20
    assert set(found.ways.values()) >= {"alert", "update", "digest"}
    for seller_id in ("anna", "ben", "carla"):
        mails = [(at, kind) for at, to, kind in found.sent if to == seller_id]
        interrupting = [(at, kind) for at, kind in mails if kind != "digest"]
        assert [kind for _, kind in interrupting].count("alert") <= 1
        days = Counter(at.date() for at, _ in interrupting)
        assert max(days.values(), default=0) <= BUDGET
        assert all(b - a >= INTERVAL for (a, _), (b, _) in pairwise(interrupting))
        digests = Counter(at.date() for at, kind in mails if kind == "digest")
        assert max(digests.values(), default=0) <= 1
