"""Time that passes only when somebody says so."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


class LogicalClock:
    def __init__(self, now: datetime = START) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, passed: timedelta) -> None:
        assert passed >= timedelta(0)
        self._now += passed
