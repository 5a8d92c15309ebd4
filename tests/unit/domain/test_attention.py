"""When a seller may be interrupted, by the seller's own clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from earshot.domain.attention import (
    FURTHEST,
    attend,
    digest_due,
    digest_moment,
    is_holiday,
    is_open,
    next_day,
    next_opening,
)
from earshot.domain.models import Holiday, Seller, Urgency, WorkingHours

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


def test_the_next_days_hours_may_begin_before_the_clock_goes_back_into_those_of_today() -> None:
    window = hours("02:40", "02:30", days=EVERY_DAY)
    assert next_opening(window, local("2026-10-25T02:35")) == local("2026-10-25T02:40")
    assert next_opening(window, local("2026-10-25T02:35", fold=1)) == local(
        "2026-10-25T02:40", fold=1
    )


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


def away(first: str, last: str, window: WorkingHours | None = None) -> WorkingHours:
    days = Holiday(first=date.fromisoformat(first), last=date.fromisoformat(last))
    window = window or hours("08:00", "18:00")
    return window.model_copy(update={"holidays": (*window.holidays, days)})


def test_hours_begin_again_after_the_last_day_of_a_holiday() -> None:
    window = away("2026-11-19", "2026-11-27")  # a Thursday to the Friday of the next week
    assert next_opening(window, local("2026-11-18T17:59")) == local("2026-11-18T17:59")
    assert next_opening(window, local("2026-11-18T18:00")) == local("2026-11-30T08:00")
    assert next_opening(window, local("2026-11-27T12:00")) == local("2026-11-30T08:00")


def test_holidays_that_overlap_are_one() -> None:
    window = away("2026-11-19", "2026-12-10", away("2026-11-18", "2026-11-20"))
    assert next_opening(window, local("2026-11-18T12:00")) == local("2026-12-11T08:00")


def test_the_night_before_a_holiday_is_worked_to_its_end() -> None:
    window = away("2026-11-20", "2026-11-20", hours("22:00", "06:00", days=EVERY_DAY))
    assert is_open(window, local("2026-11-20T05:59"))
    assert next_opening(window, local("2026-11-20T06:00")) == local("2026-11-21T22:00")
    assert not is_open(window, local("2026-11-21T05:59"))


def test_who_is_away_for_years_has_an_opening_all_the_same() -> None:
    window = away("2026-11-19", "9999-12-31")
    assert next_opening(window, local("2026-11-19T08:00")) == local("2026-11-18T18:00") + (
        FURTHEST + timedelta(hours=14)
    )


def test_seconds_of_the_hours_are_not_read() -> None:
    window = WorkingHours(zone=BERLIN, start=time(8, 0, 30), end=time(18, 0, 59))
    assert is_open(window, local("2026-11-19T08:00:10"))
    assert not is_open(window, local("2026-11-19T18:00:10"))


def test_a_holiday_is_a_date_on_the_sellers_wall() -> None:
    window = away("2026-11-19", "2026-11-19")
    assert not is_holiday(window, local("2026-11-18T23:59"))
    assert is_holiday(window, datetime(2026, 11, 18, 23, 30, tzinfo=UTC))
    assert not is_holiday(window, local("2026-11-20T00:00"))


def seller(*, urgent_anytime: bool, window: WorkingHours | None = None) -> Seller:
    return Seller(
        seller_id="kim",
        name="Kim",
        email="kim@example.com",
        hours=window or hours("08:00", "18:00"),
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


@pytest.mark.parametrize(("anytime", "reason"), [(False, "holiday"), (True, "urgent_by_own_rule")])
def test_a_holiday_is_told_from_a_quiet_hour(anytime: bool, reason: str) -> None:
    on_leave = seller(urgent_anytime=anytime, window=away("2026-11-19", "2026-11-19"))
    assert attend(on_leave, Urgency.NOW, DAY).reason == reason
    assert attend(on_leave, Urgency.NONE, DAY).due_at == local("2026-11-20T08:00")


@pytest.mark.parametrize(
    ("window", "digest_at", "day", "moment"),
    [
        pytest.param(
            hours("08:00", "18:00"), "08:00", "2026-11-19", "2026-11-19T08:00", id="at the opening"
        ),
        pytest.param(
            hours("08:00", "18:00"), "07:00", "2026-11-19", "2026-11-19T08:00", id="before it"
        ),
        pytest.param(
            hours("08:00", "18:00"), "17:59", "2026-11-19", "2026-11-19T17:59", id="at last"
        ),
        pytest.param(
            hours("08:00", "18:00"), "18:00", "2026-11-19", "2026-11-19T08:00", id="too late"
        ),
        pytest.param(hours("08:00", "18:00"), "08:00", "2026-11-21", None, id="a Saturday"),
        pytest.param(
            away("2026-11-19", "2026-11-19"), "08:00", "2026-11-19", None, id="on a holiday"
        ),
        pytest.param(
            hours("22:00", "06:00"), "08:00", "2026-11-20", "2026-11-20T22:00", id="a night"
        ),
        pytest.param(
            hours("00:00", "00:00", days=EVERY_DAY),
            *("02:30", "2026-03-29", "2026-03-29T03:00"),
            id="a reading that is skipped",
        ),
        pytest.param(
            hours("00:00", "00:00", days=EVERY_DAY),
            *("02:30", "2026-10-25", "2026-10-25T02:30"),
            id="a reading that is repeated",
        ),
        pytest.param(
            hours("01:00", "02:50", days=EVERY_DAY),
            *("02:30", "2026-03-29", "2026-03-29T01:00"),
            id="a gap that ends after the hours",
        ),
        pytest.param(
            hours("02:10", "02:50", days=EVERY_DAY),
            *("02:30", "2026-03-29", None),
            id="hours in the gap",
        ),
    ],
)
def test_a_digest_comes_within_the_hours_of_its_day(
    window: WorkingHours, digest_at: str, day: str, moment: str | None
) -> None:
    kim = seller(urgent_anytime=False, window=window).model_copy(
        update={"digest_at": time.fromisoformat(digest_at)}
    )
    expected = local(moment) if moment else None
    assert digest_moment(kim, date.fromisoformat(day)) == expected


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-19T07:59:59", None),
        ("2026-11-19T08:00", "2026-11-19"),
        ("2026-11-19T20:00", "2026-11-19"),
        ("2026-11-19T20:01", None),
        ("2026-11-21T08:00", None),
    ],
)
def test_a_digest_is_due_for_twelve_hours(now: str, day: str | None) -> None:
    kim = seller(urgent_anytime=False)
    assert digest_due(kim, local(now)) == (date.fromisoformat(day) if day else None)


def test_the_digest_of_a_night_is_due_on_the_day_after_it() -> None:
    kim = seller(urgent_anytime=False, window=hours("22:00", "06:00"))
    assert digest_due(kim, local("2026-11-20T02:00")) == date(2026, 11, 19)


@pytest.mark.parametrize(
    ("window", "now", "opening"),
    [
        (hours("08:00", "17:00"), "2026-11-19T08:30", "2026-11-20T08:00"),
        (hours("08:00", "17:00"), "2026-11-20T16:59", "2026-11-23T08:00"),
        (hours("22:00", "06:00"), "2026-11-19T23:00", "2026-11-20T00:00"),
    ],
)
def test_the_next_day_begins_within_the_hours_and_after_midnight(
    window: WorkingHours, now: str, opening: str
) -> None:
    assert next_day(window, local(now)) == local(opening)
