"""Silence is told from quiet by what a connection usually does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.deliveries import ConnectionState
from earshot.domain.rhythm import Health, health_of, usual_pause, week_of

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
WEEKLY = {"2026-W46": 7_200, "2026-W47": 3_600}


def state(**known: Any) -> ConnectionState:
    return ConnectionState.model_validate({"source": "github", "connection_id": "main", **known})


@pytest.mark.parametrize(
    ("health", "known"),
    [
        (Health.NEW, {}),
        (Health.WORKING, {"last_delivery_at": NOW - 400 * HOUR}),
        (Health.WORKING, {"last_delivery_at": NOW - 4 * HOUR, "pauses": WEEKLY}),
        (Health.SILENT, {"last_delivery_at": NOW - 5 * HOUR, "pauses": WEEKLY}),
        (Health.WORKING, {"last_delivery_at": NOW - HOUR, "pauses": dict.fromkeys(WEEKLY, 60)}),
        (Health.WORKING, {"last_delivery_at": NOW - 9 * HOUR, "pauses": {"2026-W47": 60}}),
        (Health.WORKING, {"polled_at": NOW}),
        (Health.WORKING, {"polled_at": NOW, "last_delivery_at": NOW - 400 * HOUR}),
        (Health.BROKEN, {"last_error_at": NOW}),
        (Health.WORKING, {"polled_at": NOW - HOUR, "last_error_at": NOW}),
        (Health.BROKEN, {"polled_at": NOW - 2 * HOUR, "last_error_at": NOW}),
        (Health.BROKEN, {"last_delivery_at": NOW, "lease_until": NOW - HOUR}),
        (Health.WORKING, {"last_delivery_at": NOW, "lease_until": NOW + HOUR}),
    ],
)
def test_a_connection_is_held_against_its_rhythm(health: Health, known: dict[str, Any]) -> None:
    assert health_of(state(**known), NOW) is health


def test_weeks_long_ago_count_no_more() -> None:
    assert usual_pause({"2026-W30": 10**6, **WEEKLY}, NOW) == 2 * HOUR
    assert usual_pause({"2026-W30": 10**6, "2026-W47": 60}, NOW) is None


@given(st.integers(0, 40_000), st.integers(0, 3_000))
def test_weeks_sort_as_text(days: int, later: int) -> None:
    moment = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=days)
    assert week_of(moment) <= week_of(moment + timedelta(days=later))
