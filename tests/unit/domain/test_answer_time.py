"""By when an answer is expected, on the seller's own clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.answer_time import AT_ONCE, expected_by
from earshot.domain.models import Holiday, Urgency, WorkingHours

BERLIN = WorkingHours(zone="Europe/Berlin", start=time(8), end=time(18))
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")


def berlin(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("urgency", "now", "expected"),
    [
        (Urgency.NOW, berlin(18, 9), berlin(18, 10)),
        (Urgency.NOW, berlin(18, 17, 50), berlin(18, 18, 50)),
        (Urgency.SOON, berlin(18, 9), berlin(18, 18)),
        (Urgency.SOON, berlin(18, 17, 50), berlin(18, 18, 50)),
        (Urgency.SOON, berlin(18, 18), berlin(19, 18)),
        (Urgency.SOON, berlin(20, 19), berlin(23, 18)),
        (Urgency.NONE, berlin(18, 9), berlin(25, 18)),
        (Urgency.NONE, berlin(22, 9), berlin(27, 18)),
    ],
)
def test_an_answer_is_expected_at_a_moment_of_the_sellers_day(
    urgency: Urgency, now: datetime, expected: datetime
) -> None:
    assert expected_by(urgency, BERLIN, now) == expected


def test_who_is_away_is_expected_after_the_holiday() -> None:
    away = Holiday(first=date(2026, 11, 19), last=date(2026, 11, 24))
    hours = BERLIN.model_copy(update={"holidays": (away,)})
    assert expected_by(Urgency.SOON, hours, berlin(19, 9)) == berlin(25, 18)
    assert expected_by(Urgency.SOON, hours, berlin(18, 9)) == berlin(18, 18)


def test_hours_past_midnight_end_on_the_next_day() -> None:
    hours = WorkingHours(zone="Europe/Berlin", start=time(20), end=time(4), days=(3,))
    assert expected_by(Urgency.SOON, hours, berlin(19, 1)) == berlin(19, 4)
    assert expected_by(Urgency.SOON, hours, berlin(19, 5)) == berlin(26, 4)


def test_who_is_away_for_ever_is_expected_after_some_days_nevertheless() -> None:
    away = Holiday(first=date(2026, 1, 1), last=date(2036, 1, 1))
    hours = BERLIN.model_copy(update={"holidays": (away,)})
    now = berlin(18, 9)
    assert expected_by(Urgency.SOON, hours, now) == now + timedelta(days=1)
    assert expected_by(Urgency.NONE, hours, now) == now + timedelta(days=5)


moments = st.integers(0, 3 * 365 * 86_400).map(
    lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(
    moments,
    st.builds(
        WorkingHours,
        zone=st.sampled_from(ZONES),
        start=st.times().map(lambda at: at.replace(microsecond=0)),
        end=st.times().map(lambda at: at.replace(microsecond=0)),
        days=st.sets(st.integers(1, 7), min_size=1).map(lambda days: tuple(sorted(days))),
    ),
)
def test_nothing_is_expected_before_what_is_urgent_and_days_end_when_the_clock_says_so(
    now: datetime, hours: WorkingHours
) -> None:
    at_once, soon, some_day = (expected_by(urgency, hours, now) for urgency in Urgency)
    assert now + AT_ONCE == at_once <= soon <= some_day
    assert soon - now < timedelta(days=9)
    zone = ZoneInfo(hours.zone)
    for moment in {soon, some_day} - {at_once}:
        expected = datetime.combine(moment.astimezone(zone).date(), hours.end)
        read = moment.astimezone(zone).replace(tzinfo=None)
        assert abs(read - expected) <= timedelta(hours=1)  # a clock change may skip the reading
