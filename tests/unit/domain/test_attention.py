"""When a seller may be interrupted, by the seller's own clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from earshot.domain.attention import attend, is_open, next_opening
from earshot.domain.models import Seller, Urgency, WorkingHours

BERLIN = "Europe/Berlin"
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
CLOCK_CHANGES = (
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 4, 23, 22, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Asia/Kolkata", datetime(2026, 6, 1, tzinfo=UTC)),
)


def local(text: str, zone: str = BERLIN, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def hours(start: str, end: str, *, days: tuple[int, ...] = (1, 2, 3, 4, 5)) -> WorkingHours:
    return WorkingHours(
        zone=BERLIN, start=time.fromisoformat(start), end=time.fromisoformat(end), days=days
    )


@pytest.mark.parametrize(
    ("window", "now", "opening"),
    [
        pytest.param(
            hours("08:00", "18:00"), local("2026-11-20T08:00"), "2026-11-20T08:00", id="at opening"
        ),
        pytest.param(
            hours("08:00", "18:00"), local("2026-11-19T07:59"), "2026-11-19T08:00", id="before"
        ),
        pytest.param(
            hours("08:00", "18:00"), local("2026-11-19T18:00"), "2026-11-20T08:00", id="at closing"
        ),
        pytest.param(
            hours("08:00", "18:00"), local("2026-11-20T18:00"), "2026-11-23T08:00", id="weekend"
        ),
        pytest.param(
            hours("00:00", "00:00", days=(3,)),
            local("2026-11-19T00:00"),
            "2026-11-25T00:00",
            id="whole day, once a week",
        ),
        pytest.param(
            hours("22:00", "06:00", days=(5,)),
            local("2026-11-21T05:59"),
            "2026-11-21T05:59",
            id="the night belongs to the day it began on",
        ),
        pytest.param(
            hours("22:00", "06:00", days=(5,)),
            local("2026-11-20T05:59"),
            "2026-11-20T22:00",
            id="the night before a day off is off",
        ),
    ],
)
def test_the_next_opening_is_what_the_calendar_says(
    window: WorkingHours, now: datetime, opening: str
) -> None:
    assert next_opening(window, now) == local(opening)


def test_an_opening_that_the_clock_skips_is_the_end_of_the_gap() -> None:
    window = hours("02:30", "10:00", days=EVERY_DAY)
    assert next_opening(window, local("2026-03-29T01:15")) == local("2026-03-29T03:00")


def test_hours_that_lie_in_the_gap_are_not_there_on_that_day() -> None:
    window = hours("02:10", "02:50", days=EVERY_DAY)
    assert next_opening(window, local("2026-03-29T01:15")) == local("2026-03-30T02:10")


def test_an_opening_that_the_clock_repeats_holds_for_both_readings() -> None:
    window = hours("02:30", "10:00", days=EVERY_DAY)
    assert next_opening(window, local("2026-10-25T01:00")) == local("2026-10-25T02:30")
    assert next_opening(window, local("2026-10-25T02:10", fold=1)) == local(
        "2026-10-25T02:30", fold=1
    )


def test_a_closing_that_the_clock_repeats_opens_again_at_the_change() -> None:
    window = hours("22:00", "02:30", days=EVERY_DAY)
    assert next_opening(window, local("2026-10-25T02:45")) == local("2026-10-25T02:00", fold=1)


def test_a_date_that_the_zone_skips_is_no_working_day() -> None:
    window = WorkingHours(zone="Pacific/Apia", days=(5,))
    assert next_opening(window, local("2011-12-29T12:00", "Pacific/Apia")) == local(
        "2012-01-06T08:00", "Pacific/Apia"
    )


def test_hours_without_a_day_are_refused() -> None:
    with pytest.raises(ValidationError):
        WorkingHours(days=())


@st.composite
def closed_moments(draw: st.DrawFn) -> tuple[WorkingHours, datetime]:
    zone, change = draw(st.sampled_from(CLOCK_CHANGES))
    minutes = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))
    window = WorkingHours(
        zone=zone,
        start=draw(minutes),
        end=draw(minutes),
        days=tuple(draw(st.sets(st.integers(1, 7), min_size=1))),
    )
    return window, change + timedelta(minutes=draw(st.integers(-1500, 1500)))


@given(closed_moments())
def test_an_opening_is_never_before_now_and_never_outside_the_hours(
    drawn: tuple[WorkingHours, datetime],
) -> None:
    window, now = drawn
    opening = next_opening(window, now)
    assert opening >= now
    assert is_open(window, opening)


@given(closed_moments(), st.integers(1, 600))
def test_an_opening_is_never_later_than_necessary(
    drawn: tuple[WorkingHours, datetime], back: int
) -> None:
    """A second clock that steps through the minutes before the opening meets nothing open."""
    window, now = drawn
    opening = next_opening(window, now)
    at = max(now, opening - timedelta(minutes=back))
    while at < opening:
        assert not is_open(window, at)
        at += timedelta(minutes=1)


def seller(*, urgent_anytime: bool) -> Seller:
    return Seller(
        seller_id="kim",
        name="Kim",
        email="kim@example.com",
        hours=hours("08:00", "18:00"),
        urgent_anytime=urgent_anytime,
    )


DAY, NIGHT = local("2026-11-19T12:00"), local("2026-11-19T23:00")


@pytest.mark.parametrize(
    ("urgent_anytime", "urgency", "now", "due_at", "reason"),
    [
        (False, Urgency.NONE, DAY, DAY, "within_hours"),
        (True, Urgency.NOW, DAY, DAY, "within_hours"),
        (True, Urgency.NOW, NIGHT, NIGHT, "urgent_by_own_rule"),
        (True, Urgency.SOON, NIGHT, local("2026-11-20T08:00"), "quiet_hours"),
        (False, Urgency.NOW, NIGHT, local("2026-11-20T08:00"), "quiet_hours"),
    ],
)
def test_nobody_is_interrupted_outside_their_hours_but_by_their_own_rule(
    urgent_anytime: bool, urgency: Urgency, now: datetime, due_at: datetime, reason: str
) -> None:
    attention = attend(seller(urgent_anytime=urgent_anytime), urgency, now)
    assert (attention.due_at, attention.reason) == (due_at, reason)
    assert attention.read_at == now
