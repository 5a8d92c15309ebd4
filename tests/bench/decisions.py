"""How many signals a second are decided, and what a signal writes."""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from statistics import NormalDist

from earshot.domain.deciding import decide
from earshot.domain.learned_relevance import Learned
from earshot.domain.models import (
    Account,
    Candidate,
    Degree,
    Holiday,
    Intent,
    Mute,
    MuteKind,
    Preferences,
    Role,
    Seller,
    Signal,
    Urgency,
    WorkingHours,
)
from earshot.domain.relevance import Weights
from tests import examples
from tests.bench.figures import Figure
from tests.bench.measured import Measured

SELLERS = 1_000
SIGNALS = 1_000
MEDIAN, P99 = 5, 200
ROUNDS = 5
GOAL = 2_000
ZONES = (
    "America/Los_Angeles",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/London",
)
VERSIONS = {"watchlist": "w1", "model": "m1"}


@dataclass(frozen=True)
class Case:
    signal: Signal
    account: Account
    candidates: tuple[Candidate, ...]
    now: datetime


def measure() -> Iterator[Measured | Figure]:
    some = cases(SELLERS, SIGNALS)
    samples = tuple(len(some) / _seconds(some, minute) for minute in range(ROUNDS))
    name = f"signals decided, {SELLERS:,} sellers, {MEDIAN} candidates (p99 {P99})"
    yield Figure(name, "signals/s", samples, at_least=GOAL)


def cases(sellers: int, signals: int) -> list[Case]:
    chance = random.Random(7)
    team = [_candidates(number, chance) for number in range(sellers)]
    sizes = [_size((place + 0.5) / signals, sellers) for place in range(signals)]
    chance.shuffle(sizes)
    return [_case(number, chance.sample(team, size), chance) for number, size in enumerate(sizes)]


def run(some: Sequence[Case], *, later: timedelta = timedelta()) -> int:
    """How many decisions were made."""
    weights = Weights()
    return sum(
        len(
            decide(
                one.signal,
                one.account,
                one.candidates,
                now=one.now + later,
                weights=weights,
                versions=VERSIONS,
            ).decisions
        )
        for one in some
    )


def _seconds(some: Sequence[Case], minute: int) -> float:
    """At another time in each round: what was known of the hours then is of no use."""
    started = time.process_time()
    run(some, later=timedelta(hours=minute, microseconds=minute))
    return time.process_time() - started


def _size(quantile: float, most: int) -> int:
    """Log-normal, with this median and 99th percentile."""
    far = NormalDist().inv_cdf(quantile) / NormalDist().inv_cdf(0.99)
    return max(1, min(most, round(MEDIAN * float((P99 / MEDIAN) ** far))))


def _candidates(number: int, chance: random.Random) -> dict[Role, Candidate]:
    """A seller in each role. A fifth chose something, as many taught something, a tenth is away
    for a while."""
    away = Holiday(first=date(2026, 11, 16), last=date(2026, 11, 27))
    seller = examples.seller(
        f"seller-{number}",
        hours=WorkingHours(
            zone=chance.choice(ZONES),
            start=clock_time(chance.choice((7, 8, 9))),
            end=clock_time(chance.choice((16, 17, 18))),
            holidays=(away,) if number % 10 == 0 else (),
        ),
        products=("brand:ours",) if number % 4 == 0 else (),
    )
    return {
        role: Candidate(
            seller=seller,
            role=role,
            preferences=_wishes(seller) if number % 5 == 1 else None,
            learned=_learned(seller) if number % 5 == 2 else None,
        )
        for role in Role
    }


def _wishes(seller: Seller) -> Preferences:
    mute = Mute(kind=MuteKind.TOPIC, value="topic:weather")
    return Preferences(seller_id=seller.seller_id, mutes=(mute,), budget=3)


def _learned(seller: Seller) -> Learned:
    points = {"intent_news": -4_200, "role_desk": 1_300, "competitor_involved": 2_800}
    return Learned(seller_id=seller.seller_id, labels=20, thousandths=points)


def _case(number: int, team: Sequence[dict[Role, Candidate]], chance: random.Random) -> Case:
    """An owner, two deputies, and the rest at desks and in the territory."""
    roles = (Role.OWNER, Role.DEPUTY, Role.DEPUTY)
    rest = (chance.choice((Role.DESK, Role.TERRITORY)) for _ in team)
    chosen = [next(rest) if place >= len(roles) else roles[place] for place in range(len(team))]
    posted = examples.NOON - timedelta(hours=chance.randrange(80))
    signal = Signal(
        signal_id=f"s{number}",
        subject=examples.subject(),
        objects=("brand:ours", "competitor:rival", "topic:crm")[: chance.randrange(4)],
        intent=chance.choice(tuple(Intent)),
        urgency=chance.choice(tuple(Urgency)),
        degree=chance.choice(tuple(Degree)),
        post_count=2,
        author_count=2,
        first_posted_at=posted,
        last_posted_at=examples.NOON,
        revision=1,
    )
    account = examples.account(stage="customer", employees=chance.choice((10, 1_000)))
    candidates = tuple(one[role] for one, role in zip(team, chosen, strict=True))
    return Case(signal, account, candidates, examples.NOON + timedelta(seconds=number))
