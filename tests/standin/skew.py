"""Clocks of Lambdas that disagree."""

import random
from datetime import datetime, timedelta
from threading import get_ident, local
from typing import Any

from tests.standin.clock import LogicalClock
from tests.standin.event_sources import Event, Handler


class SkewedClocks:
    """Each container of each Lambda has a clock of its own, at most half of ``apart`` before or
    after the true one, as long as it lives. Whoever is no Lambda has the true time."""

    def __init__(self, clock: LogicalClock, *, apart: timedelta, seed: int) -> None:
        self.offsets: dict[tuple[str, int], timedelta] = {}
        self._clock = clock
        self._apart = apart
        self._chance = random.Random(seed)
        self._at = local()

    def now(self) -> datetime:
        offset: timedelta = vars(self._at).get("offset", timedelta(0))
        return self._clock.now() + offset

    def watched(self, handle: Handler) -> Handler:
        """``handle`` by the clock of its container."""

        def run(event: Event, context: Any) -> dict[str, Any]:
            container = handle.__module__, get_ident()
            offset = self._apart * (self._chance.random() - 0.5)
            self._at.offset = self.offsets.setdefault(container, offset)
            try:
                return handle(event, context)
            finally:
                self._at.offset = timedelta(0)

        return run
