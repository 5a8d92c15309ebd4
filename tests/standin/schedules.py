"""Schedules: a Lambda that is invoked every so many minutes, as far as there is anything to do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from earshot.aws import keys
from tests.standin.clock import LogicalClock
from tests.standin.event_sources import Context, Handler
from tests.standin.tables import Table

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class ScheduleSource:
    """``wanted`` tells the first moment at which an invocation may find something: those that
    would find nothing are left out. One that dies is not repeated; the next comes in its time."""

    def __init__(
        self,
        handle: Handler,
        clock: LogicalClock,
        *,
        every: timedelta,
        wanted: Callable[[], datetime | None],
    ) -> None:
        self._handle = handle
        self._clock = clock
        self._every = every
        self._wanted = wanted
        self._earliest = clock.now()

    def take(self) -> Callable[[], None] | None:
        due = self.next_return()
        now = self._clock.now()
        if due is None or due > now:
            return None
        self._earliest = now - (now - _EPOCH) % self._every + self._every
        return self._invoke

    def _invoke(self) -> None:
        self._handle({}, Context())

    def next_return(self) -> datetime | None:
        wanted = self._wanted()
        if wanted is None:
            return None
        moment = max(wanted, self._earliest)
        return moment + (_EPOCH - moment) % self._every


def first_due(table: Table) -> datetime | None:
    """When the first row of the outbox that somebody has to look at is due."""
    rows = table.indexes[keys.DUE_INDEX].rows
    moments = [place[1] for shard in keys.due_shards() if (place := rows.first(shard))]
    return datetime.fromisoformat(min(moments)) if moments else None


def is_waiting(table: Table) -> bool:
    """Whether something waits for the digest of some seller."""
    sellers = (place[1] for place in table.rows.between(keys.sellers(), "", []))
    return any(table.rows.first(keys.waiting(seller_id)) for seller_id in sellers)
