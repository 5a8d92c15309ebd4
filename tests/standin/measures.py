"""How a long run goes: what is done, what the stores hold, and what the product holds beside."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from resource import getpagesize

from tests.standin.held import Held, held
from tests.standin.stand_in import StandIn

_MOST_GROWN = 1.02


@dataclass(frozen=True)
class Measure:
    deliveries: int
    seconds: float
    calls: int
    rows: int
    stored: int
    held: Held
    resident: int


@dataclass
class Measures:
    """One after every so many deliveries; ``tell`` is told of each."""

    aws: StandIn
    every: int
    tell: Callable[[Measure], None] = lambda _: None
    taken: list[Measure] = field(default_factory=list)
    _since: float = field(default_factory=time.monotonic)

    def look(self, deliveries: int) -> None:
        if deliveries >= self.every * (len(self.taken) + 1):
            self.taken.append(self._measure(deliveries))
            self.tell(self.taken[-1])

    def _measure(self, deliveries: int) -> Measure:
        aws = self.aws
        rows = [row.size for table in aws.dynamodb.tables.values() for _, row in table.rows.all()]
        objects = (one for bucket in aws.s3.buckets.values() for one in bucket.objects.values())
        return Measure(
            deliveries=deliveries,
            seconds=time.monotonic() - self._since,
            calls=aws.calls.total(),
            rows=len(rows),
            stored=sum(rows) + sum(len(one.body) for one in objects),
            held=held(),
            resident=int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize(),
        )

    @property
    def is_flat(self) -> bool:
        """What the product holds outside of caches of a known size does not grow; the first fifth
        of a run is left to what is read once."""
        rest = [one.held.rest for one in self.taken[len(self.taken) // 5 :]]
        return max(rest) <= _MOST_GROWN * rest[0]
