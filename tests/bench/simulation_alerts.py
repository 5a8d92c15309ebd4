"""Mails and digests: who is interrupted, what waits, and how it goes."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random

from earshot.aws import keys
from earshot.aws.waiting_store import DELETED_AT_ONCE, PAUSE_SECONDS
from tests.bench import simulation_rows as rows
from tests.bench.simulation_heat import Heat
from tests.bench.simulation_world import Said, World

BUDGET = 5
BETWEEN_MAILS = 1_800
ALERTED = 0.2
CLEARED_EVERY = 0.025 + PAUSE_SECONDS
DIGEST_HOURS = (7, 8, 16)
"""UTC, of a third of the sellers each; the next day's tell what came in after them."""


@dataclass
class Alerts:
    """``schedule`` has something done at a moment."""

    world: World
    writes: Heat
    schedule: Callable[[float, Callable[[float], None]], None]
    mails_per_second: float
    mails: int = 0

    def __post_init__(self) -> None:
        self._waiting: Counter[str] = Counter()
        self._mailed: dict[tuple[str, str], float] = {}
        self._spent: Counter[str] = Counter()
        self._mail_at = 0.0
        self._chance = Random(self.world.seed + 1)

    def tell(self, said: Said, seller: str, now: float) -> None:
        thread = (seller, said.subject_id)
        is_quiet = now - self._mailed.get(thread, -BETWEEN_MAILS) >= BETWEEN_MAILS
        has_room = self._spent[seller] < BUDGET
        alert_id = None
        if has_room and is_quiet and self._chance.random() < ALERTED:
            alert_id = keys.digest("alert", seller, said.native_id)
            self._mailed[thread] = now
            self._spent[seller] += 1
            self._mail(seller, alert_id, now)
        else:
            self._waiting[seller] += 1
        self.writes.add(now, rows.told(said, seller, alert_id))

    def _mail(
        self, seller: str, alert_id: str, now: float, *, then: Callable[[float], None] | None = None
    ) -> None:
        """As fast as the rate allows."""
        self._mail_at = max(now + 1, self._mail_at + 1 / self.mails_per_second)

        def sent(at: float) -> None:
            self.mails += 1
            self.writes.add(at, rows.mailed(seller, alert_id, at))
            if then:
                then(at)

        self.schedule(self._mail_at, sent)

    def digest(self, zone: int, now: float) -> None:
        for seller in (f"s{number}" for number in range(zone, self.world.sellers, 3)):
            alert_id = keys.digest("digest", seller, str(now))
            self.writes.add(now, rows.begun(seller, alert_id))
            rest = self._waiting.pop(seller, 0)
            self._mail(seller, alert_id, now, then=partial(self._clear, seller, rest))

    def _clear(self, seller: str, left: int, now: float) -> None:
        some = min(left, DELETED_AT_ONCE)
        if some:
            self.writes.add(now, [rows.cleared(seller, some)])
            again = partial(self._clear, seller, left - some)
            self.schedule(now + CLEARED_EVERY, again)
