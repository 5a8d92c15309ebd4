"""Time that passes only when somebody says so."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

START = datetime(2026, 11, 23, 9, tzinfo=UTC)

_READERS = ("earshot.flows.", "earshot.aws.")


class Clock(Protocol):
    def now(self) -> datetime: ...


class LogicalClock:
    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, passed: timedelta) -> None:
        assert passed >= timedelta(0)
        self._now += passed

    def restart(self) -> None:
        self._now = START


class _AnyDatetime(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, datetime)


@contextmanager
def logical_time(clock: Clock) -> Iterator[None]:
    """``datetime.now`` in production's flows and stores reads this clock."""

    class OnClock(datetime, metaclass=_AnyDatetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.now().astimezone(tz)

    readers = [
        vars(module)
        for name, module in sys.modules.items()
        if name.startswith(_READERS) and vars(module).get("datetime") is datetime
    ]
    for names in readers:
        names["datetime"] = OnClock
    try:
        yield
    finally:
        for names in readers:
            names["datetime"] = datetime
