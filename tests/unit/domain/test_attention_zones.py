"""Hours and digests in every zone of the database, around the changes of its clocks, held against a
clock on a wall that is read minute by minute."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.attention import (
    OLDEST_DIGEST,
    attend,
    digest_due,
    digest_moment,
    is_open,
    local_day,
    next_opening,
)
from earshot.domain.models import Holiday, Seller, Urgency, WorkingHours

ZONES = sorted(available_timezones() - {"localtime"})
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
BEFORE, AFTER = 30 * HOUR, 54 * HOUR

# What a rule of today would never lead to: half an hour, a date that is not there, the clock going
# back for Ramadan, three zones that changed their mind, and one change at midnight.
SPECIAL = (
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 2, 15, 2, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 3, 22, 2, tzinfo=UTC)),
    ("Asia/Pyongyang", datetime(2018, 5, 4, 15, tzinfo=UTC)),
    ("Africa/Juba", datetime(2021, 1, 31, 21, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 4, 23, 22, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 6, 1, tzinfo=UTC)),
    ("Antarctica/Troll", datetime(2026, 3, 29, 1, tzinfo=UTC)),
)


@cache
def changes(zone: str) -> tuple[datetime, ...]:
    """When the zone's clocks change in 2026, to twelve hours; some moment where they never do. None
    changes twice in a week."""
    weeks = [datetime(2026, 1, 1, tzinfo=UTC) + n * 7 * DAY for n in range(53)]
    turns = [_turn(zone, *week) for week in pairwise(weeks)]
    return tuple(filter(None, turns)) or (weeks[-4],)


def _turn(zone: str, start: datetime, end: datetime) -> datetime | None:
    offset, *_ = offsets = [at.astimezone(ZoneInfo(zone)).utcoffset() for at in (start, end)]
    if len(set(offsets)) == 1:
        return None
    halves = (start + n * 12 * HOUR for n in range(15))
    return next(at for at in halves if at.astimezone(ZoneInfo(zone)).utcoffset() != offset)


@st.composite
def turning_points(draw: st.DrawFn) -> tuple[str, datetime]:
    zone = draw(st.sampled_from(ZONES))
    return draw(st.sampled_from(SPECIAL) | st.sampled_from([(zone, at) for at in changes(zone)]))


minutes_of_day = st.integers(0, 24 * 60 - 1).map(lambda n: time(n // 60, n % 60))
# The night is when clocks change.
readings = minutes_of_day | st.integers(0, 4 * 60).map(lambda n: time(n // 60, n % 60))


@st.composite
def sellers(draw: st.DrawFn, zone: str, change: datetime) -> Seller:
    near = (change + draw(st.integers(-2, 3)) * DAY).date()
    away = Holiday(first=near, last=near + draw(st.integers(0, 2)) * DAY)
    return Seller(
        seller_id="kim",
        name="Kim",
        email="kim@example.com",
        hours=WorkingHours(
            zone=zone,
            start=draw(readings),
            end=draw(readings),
            days=draw(st.just(EVERY_DAY) | st.sets(st.integers(1, 7), min_size=1).map(tuple)),
            holidays=draw(st.sampled_from([(), (away,)])),
        ),
        digest_at=draw(readings),
    )


@st.composite
def weekends(draw: st.DrawFn) -> tuple[Seller, datetime]:
    zone, change = draw(turning_points())
    return draw(sellers(zone, change)), change


class Wall:
    """What the seller's clock reads in each minute around a change, and which working day's hours
    the minute lies in: found by looking, with no arithmetic of zones."""

    def __init__(self, hours: WorkingHours, change: datetime) -> None:
        zone = ZoneInfo(hours.zone)
        start = change.replace(second=0) - BEFORE
        self.moments = [start + n * MINUTE for n in range((BEFORE + AFTER) // MINUTE)]
        self.readings = {at: at.astimezone(zone).replace(tzinfo=None) for at in self.moments}
        self.open: dict[datetime, date] = {}
        self.minutes: dict[date, list[datetime]] = defaultdict(list)
        first, last = (self.readings[self.moments[n]].date() for n in (0, -1))
        for day in (first + n * DAY for n in range(-1, (last - first).days + 1)):
            if not _works(hours, day):
                continue
            start, end = _window(hours, day)
            for at, reading in self.readings.items():
                if start <= reading < end:
                    self.open[at] = day
                    self.minutes[day].append(at)

    def looked_at(self) -> list[datetime]:
        """Each minute of the hours around the change, and every seventh of the others."""
        near = {n for n in range(len(self.moments)) if abs(n * MINUTE - BEFORE) < 4 * HOUR}
        return [at for n, at in enumerate(self.moments) if n in near or n % 7 == 0]

    def digest(self, seller: Seller, day: date) -> datetime | None:
        minutes = self.minutes[day]
        wanted = datetime.combine(day, seller.digest_at)
        late = [at for at in minutes if self.readings[at] >= wanted]
        return min(late or minutes, default=None)

    def whole_days(self) -> set[date]:
        """Days whose every minute lies between the first and the last one that was looked at."""
        first, last = (self.readings[self.moments[n]].date() for n in (0, -1))
        return {first + n * DAY for n in range(1, (last - first).days - 1)}


def _works(hours: WorkingHours, day: date) -> bool:
    away = any(one.first <= day <= one.last for one in hours.holidays)
    return day.isoweekday() in hours.days and not away


def _window(hours: WorkingHours, day: date) -> tuple[datetime, datetime]:
    until = day if hours.start < hours.end else day + DAY
    return datetime.combine(day, hours.start), datetime.combine(until, hours.end)


@given(weekends())
def test_open_is_what_the_wall_says(drawn: tuple[Seller, datetime]) -> None:
    seller, change = drawn
    wall = Wall(seller.hours, change)
    for at in wall.looked_at():
        assert is_open(seller.hours, at) == (at in wall.open)
        assert local_day(seller.hours, at) == wall.readings[at].date()


@given(weekends(), st.booleans(), st.integers(0, 59))
def test_no_mail_leaves_outside_the_hours_and_none_waits_longer_than_it_must(
    drawn: tuple[Seller, datetime], urgent_anytime: bool, seconds: int
) -> None:
    seller, change = drawn
    seller = seller.model_copy(update={"urgent_anytime": urgent_anytime})
    wall = Wall(seller.hours, change)
    looked_at, upcoming = set(wall.looked_at()), None
    for at in reversed(wall.moments):
        if at in wall.open:
            upcoming = at
        if at not in looked_at:
            continue
        now = at + timedelta(seconds=seconds)
        due_at = attend(seller, Urgency.SOON, now).due_at
        assert due_at == next_opening(seller.hours, now)
        assert due_at >= now
        if upcoming:
            assert due_at == (now if upcoming == at else upcoming)
        anyway = attend(seller, Urgency.NOW, now).due_at
        assert anyway == (now if urgent_anytime else due_at)


@given(weekends())
def test_each_working_day_has_one_digest_and_no_other_day_has(
    drawn: tuple[Seller, datetime],
) -> None:
    """A digest is made when it is due, every five minutes somebody looks."""
    seller, change = drawn
    wall = Wall(seller.hours, change)
    made: dict[date, datetime] = {}
    for at in wall.moments[::5]:
        if day := digest_due(seller, at):
            made.setdefault(day, at)
    for day in wall.whole_days():
        expected = wall.digest(seller, day)
        assert digest_moment(seller, day) == expected
        assert (day in made) == (expected is not None)
        if expected:
            assert expected in wall.open
            assert expected <= made[day] < expected + 5 * MINUTE


@given(weekends(), st.integers(1, 12))
def test_an_outage_of_up_to_twelve_hours_skips_no_digest(
    drawn: tuple[Seller, datetime], hours: int
) -> None:
    seller, change = drawn
    wall = Wall(seller.hours, change)
    for day in sorted(wall.whole_days()):
        moment, following = digest_moment(seller, day), digest_moment(seller, day + DAY)
        if moment and (following is None or following > moment + hours * HOUR):
            assert digest_due(seller, moment + hours * HOUR) == day


@given(weekends())
def test_a_digest_is_never_due_before_its_moment_and_never_long_after(
    drawn: tuple[Seller, datetime],
) -> None:
    seller, change = drawn
    for at in Wall(seller.hours, change).moments[::7]:
        if day := digest_due(seller, at):
            moment = digest_moment(seller, day)
            assert moment
            assert moment <= at <= moment + OLDEST_DIGEST


@pytest.mark.parametrize(("start", "end"), [("00:00", "00:00"), ("08:00", "18:00")])
def test_in_every_zone_a_plain_week_around_a_change_has_its_digests(start: str, end: str) -> None:
    """Eight o'clock is skipped and repeated nowhere, so the digest is at eight everywhere."""
    for zone in ZONES:
        hours = WorkingHours(
            zone=zone, start=time.fromisoformat(start), end=time.fromisoformat(end), days=EVERY_DAY
        )
        seller = Seller(seller_id="kim", name="Kim", email="kim@example.com", hours=hours)
        for change in changes(zone):
            for day in (change.date() + n * DAY for n in range(-1, 2)):
                moment = digest_moment(seller, day)
                assert moment == datetime.combine(day, time(8), ZoneInfo(zone)).astimezone(UTC)
                assert is_open(hours, moment)
                assert digest_due(seller, moment - MINUTE) in (None, day - DAY)
                assert digest_due(seller, moment) == day
