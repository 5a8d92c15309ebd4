"""What is assumed of a day, and the values that the simulation is about."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import NamedTuple

from earshot.domain.repeats import Sketch

MIDNIGHT = datetime(2026, 11, 18, tzinfo=UTC)
DAY = 86_400
SOURCE = "generic"
PEAK_HOUR = 15
SWING = 0.8
"""A day's rate swings by so much around its mean: 1.8 times at the peak, 0.2 at night."""
AUTHORS_SLOPE = 0.6
"""The busiest of 100,000 authors says 0.4% of everything, where Zipf's own law would give 8%."""
POLLED_EVERY = 300
FETCHED_IN = 0.15
"""Seconds; one poller fetches page after page."""


@dataclass(frozen=True)
class World:
    """Assumptions, all of them shares of the stream but for the counts. ``begin`` and ``seconds``
    cut a window out of the day, in which every post is simulated."""

    posts_per_day: int
    begin: int = 0
    seconds: int = DAY
    is_polled: bool = True
    connections: int = 200
    accounts: int = 100_000
    authors: int = 100_000
    sellers: int = 1_000
    concerning: float = 0.05
    prospects: float = 0.2
    replies: float = 0.3
    reposts: float = 0.1
    borrowed: float = 0.4
    ambiguous: float = 0.05
    page: int = 25
    pushed_singly: float = 0.4
    viral: float = 0.005
    viral_begin: int = 14 * 3_600
    viral_lasts: int = 1_800
    seed: int = 6

    def rate(self, second: float) -> float:
        """Posts per second, without the viral thread."""
        swing = math.cos((second / 3_600 - PEAK_HOUR) / 24 * math.tau)
        return self.posts_per_day * (1 - self.viral) / DAY * (1 + SWING * swing)

    def viral_rate(self, second: float) -> float:
        """Posts per second in the one thread, which dies away exponentially."""
        since = second - self.viral_begin
        if since < 0:
            return 0.0
        total = self.posts_per_day * self.viral
        return total / self.viral_lasts * math.exp(-since / self.viral_lasts)


class Said(NamedTuple):
    """A post, as far as keys are made of it; ``strand_id`` is ``None`` when it concerns nobody."""

    native_id: str
    author_id: str
    strand_id: str | None = None
    sketch: Sketch | None = None
    subject_id: str = ""
    account: int = 0
    alias: int | None = None


class Arrival(NamedTuple):
    at: float
    connection: int
    number: int
    posts: tuple[Said, ...]
    is_borrowed: bool


class Zipf:
    """Ranks from 0, the first most often: the chance of rank k goes as 1 / (k + 1) ** slope."""

    def __init__(self, size: int, slope: float = 1.0) -> None:
        self._sums = list(accumulate(rank**-slope for rank in range(1, size + 1)))
        self._ranks = range(size)

    def draw(self, chance: Random) -> int:
        return chance.choices(self._ranks, cum_weights=self._sums)[0]


def moment(second: float) -> datetime:
    return MIDNIGHT + timedelta(seconds=second)
