"""How often a connection delivers, and when its silence means that something broke.

The longest pause of each week is kept: nights and weekends are in it, so that a forum that rests on
Sundays is not called broken on Sundays. What a schedule fetches says by itself whether it works.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from earshot.domain.deliveries import ConnectionState
from earshot.domain.values import Utc

NOTED_FROM = timedelta(minutes=10)
"""Shorter pauses say nothing."""
SHORTEST = timedelta(hours=1)
"""No silence is told sooner."""
TIMES = 2
WEEKS = 5


class Health(StrEnum):
    NEW = "new"
    WORKING = "working"
    SILENT = "silent"
    BROKEN = "broken"


def week_of(moment: Utc) -> str:
    """Its ISO week; sorts as text."""
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02d}"


def usual_pause(pauses: Mapping[str, int], now: Utc) -> timedelta | None:
    """The longest pause of the last weeks, which ``pauses`` has by week in seconds; ``None`` until
    two weeks are known: one may have had no weekend."""
    oldest = week_of(now - timedelta(weeks=WEEKS))
    known = [seconds for week, seconds in pauses.items() if week >= oldest]
    return timedelta(seconds=max(known)) if len(known) > 1 else None


def health_of(state: ConnectionState, now: Utc) -> Health:
    """Broken is what failed and did not work since; silent is what is posted to us and pauses for
    twice as long as it usually does."""
    if _failed(state, now):
        return Health.BROKEN
    if state.last_delivery_at is None:
        return Health.WORKING if state.polled_at else Health.NEW
    usual = usual_pause(state.pauses, now)
    if state.polled_at is not None or usual is None:
        return Health.WORKING
    is_silent = now - state.last_delivery_at > max(SHORTEST, TIMES * usual)
    return Health.SILENT if is_silent else Health.WORKING


def _failed(state: ConnectionState, now: Utc) -> bool:
    """One failure among successes is none: schedules try again."""
    if state.lease_until is not None and state.lease_until < now:
        return True
    if state.last_error_at is None:
        return False
    worked = max(filter(None, (state.polled_at, state.last_delivery_at)), default=None)
    return worked is None or now - worked > SHORTEST
