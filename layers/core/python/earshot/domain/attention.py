"""What the day allows: when a seller may be interrupted, and when their digest comes.

Hours are what the seller's own clock on the wall reads, by the minute. So where a clock change
skips the opening time, the hours begin right after the gap, and where it repeats an hour, they hold
for each of its two readings. Hours past midnight belong to the day they began on.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from earshot.domain.models import Attention, Seller, Urgency, WorkingHours

OLDEST_DIGEST = timedelta(hours=12)
"""A digest that an outage kept back longer is left to the next one."""
FURTHEST = timedelta(days=3 * 366)
"""Who is away for longer is asked again then."""

_DAY = timedelta(days=1)
_Window = tuple[datetime, datetime]


def attend(seller: Seller, urgency: Urgency, now: datetime) -> Attention:
    """When a mail about something this urgent may go to this seller, and why then."""
    return _attend(seller.hours, urgency is Urgency.NOW and seller.urgent_anytime, now)


@lru_cache(maxsize=4096)
def _attend(hours: WorkingHours, anytime: bool, now: datetime) -> Attention:
    opening = next_opening(hours, now)
    if opening == now:
        return Attention(read_at=now, due_at=now, reason="within_hours")
    if anytime:
        return Attention(read_at=now, due_at=now, reason="urgent_by_own_rule")
    reason = "holiday" if is_holiday(hours, now) else "quiet_hours"
    return Attention(read_at=now, due_at=opening, reason=reason)


def is_open(hours: WorkingHours, now: datetime) -> bool:
    """Whether the seller's clock now reads a time within the hours."""
    minute = _minute(now)
    return _opening(hours, minute) == minute


def next_opening(hours: WorkingHours, now: datetime) -> datetime:
    """The earliest moment that is not before ``now`` and within the hours: ``now`` itself if open.
    When none comes up to ``FURTHEST``, the end of that, closed as it is."""
    minute = _minute(now)
    opening = _opening(hours, minute)
    return now if opening == minute else opening


def is_holiday(hours: WorkingHours, now: datetime) -> bool:
    """Whether the seller is away on this local date."""
    return _end_of_holiday(hours, local_day(hours, now)) is not None


def local_day(hours: WorkingHours, now: datetime) -> date:
    """The date on the seller's wall."""
    return now.astimezone(_zone(hours.zone)).date()


def next_day(hours: WorkingHours, now: datetime) -> datetime:
    """The earliest moment within the hours after this local date."""
    midnight = datetime.combine(local_day(hours, now) + _DAY, time.min, _zone(hours.zone))
    return next_opening(hours, midnight.astimezone(UTC))


def digest_moment(seller: Seller, day: date) -> datetime | None:
    """When the digest of a local day comes: at ``digest_at``, or at the next moment within the
    hours that begin on that day; at their beginning when they are over by then. ``None`` when none
    begin. Of a reading that the clock repeats the first counts, after one that it skips the end of
    the gap."""
    if not begins(seller.hours, day):
        return None
    zone = _zone(seller.hours.zone)
    opening, closing = _window(seller.hours, day)
    wanted = max(opening, datetime.combine(day, _by_minute(seller.digest_at)))
    within = _first_within((wanted, closing), zone) if wanted < closing else None
    return within or _first_within((opening, closing), zone)


def digest_due(seller: Seller, now: datetime) -> date | None:
    """The local day whose digest should have come last, unless it is older than
    ``OLDEST_DIGEST``."""
    today = local_day(seller.hours, now)
    moments = {
        moment: day
        for day in (today - _DAY, today)
        if (moment := digest_moment(seller, day)) and now - OLDEST_DIGEST <= moment <= now
    }
    return moments[max(moments)] if moments else None


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def _minute(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(second=0, microsecond=0)


def _by_minute(reading: time) -> time:
    return reading.replace(second=0, microsecond=0)


@lru_cache(maxsize=65_536)
def _opening(hours: WorkingHours, minute: datetime) -> datetime:
    """Two windows never overlap, but where the clock goes back a later one may come first, so the
    days right after the first that has a moment are asked as well."""
    zone = _zone(hours.zone)
    found: datetime | None = None
    for day in _days(hours, minute.astimezone(zone).date() - _DAY):
        if found and day > found.astimezone(zone).date() + _DAY:
            break
        moment = _first_within(_window(hours, day), zone, minute)
        found = min(filter(None, (found, moment)), default=None)
    return found or minute + FURTHEST


def _days(hours: WorkingHours, first: date) -> Iterator[date]:
    """The days on which hours begin, from ``first`` up to ``FURTHEST``."""
    day, last = first, first + FURTHEST
    while day <= last:
        end = _end_of_holiday(hours, day)
        if end is None and day.isoweekday() in hours.days:
            yield day
        day = min(end or day, last) + _DAY


def begins(hours: WorkingHours, day: date) -> bool:
    """Whether hours begin on this local date: a working day, and no holiday."""
    return day.isoweekday() in hours.days and _end_of_holiday(hours, day) is None


def _end_of_holiday(hours: WorkingHours, day: date) -> date | None:
    ends = (one.last for one in hours.holidays if one.first <= day <= one.last)
    return max(ends, default=None)


def _window(hours: WorkingHours, day: date) -> _Window:
    """What the clock reads at the opening and the closing of the hours that start on ``day``."""
    start, end = _by_minute(hours.start), _by_minute(hours.end)
    last = day if end > start else day + _DAY
    return datetime.combine(day, start), datetime.combine(last, end)


def _first_within(
    window: _Window, zone: ZoneInfo, since: datetime | None = None
) -> datetime | None:
    """The earliest moment, from ``since`` on, at which the clock reads a time within the window."""
    turns = {*_readings(window[0], zone), *_readings(window[1], zone)}
    if since:
        turns = {since, *(at for at in turns if at > since)}
    return min((at for at in turns if _reads_within(at, window, zone)), default=None)


def _reads_within(at: datetime, window: _Window, zone: ZoneInfo) -> bool:
    reading = at.astimezone(zone).replace(tzinfo=None)
    return window[0] <= reading < window[1]


def _readings(reading: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """When the clock reads that: once; or, at a clock change that skips or repeats it, both
    interpretations of PEP 495 and the change between them."""
    first, second = sorted(
        reading.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)
    )
    yield first
    if first != second:
        yield second
        yield _clock_change(first, second, zone)


def _clock_change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The first second after ``low``, up to ``high``, at which the zone's offset is another."""
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high
