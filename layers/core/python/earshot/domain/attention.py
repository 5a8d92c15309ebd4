"""What the day allows: when a seller may be interrupted.

Hours are what the seller's own clock on the wall reads. So where a clock change skips the opening
time, the hours begin right after the gap, and where it repeats an hour, they hold for each of its
two readings.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from earshot.domain.models import Attention, Seller, Urgency, WorkingHours

_DAY = timedelta(days=1)
# One week holds every working day; a second one, because a zone has once skipped a whole date
# (Samoa, 2011-12-30).
_DAYS_AHEAD = 15


def attend(seller: Seller, urgency: Urgency, now: datetime) -> Attention:
    """When a mail about something this urgent may go to this seller, and why then."""
    if is_open(seller.hours, now):
        return Attention(read_at=now, due_at=now, reason="within_hours")
    if urgency is Urgency.NOW and seller.urgent_anytime:
        return Attention(read_at=now, due_at=now, reason="urgent_by_own_rule")
    return Attention(read_at=now, due_at=next_opening(seller.hours, now), reason="quiet_hours")


def is_open(hours: WorkingHours, now: datetime) -> bool:
    """Whether the seller's clock now reads a time within the hours."""
    reading = now.astimezone(ZoneInfo(hours.zone)).replace(tzinfo=None)
    windows = (_window(hours, reading.date() - _DAY), _window(hours, reading.date()))
    return any(
        opening.isoweekday() in hours.days and opening <= reading < closing
        for opening, closing in windows
    )


def next_opening(hours: WorkingHours, now: datetime) -> datetime:
    """The earliest moment that is not before ``now`` and within the hours: ``now`` itself if
    open."""
    if is_open(hours, now):
        return now
    return min(at for at in _turns(hours, now) if at > now and is_open(hours, at))


def _window(hours: WorkingHours, day: date) -> tuple[datetime, datetime]:
    """What the clock reads at the opening and the closing of the hours that start on ``day``."""
    last = day if hours.end > hours.start else day + _DAY
    return datetime.combine(day, hours.start), datetime.combine(last, hours.end)


def _turns(hours: WorkingHours, now: datetime) -> Iterator[datetime]:
    """Every moment, around and after ``now``, at which closed may turn into open."""
    zone = ZoneInfo(hours.zone)
    today = now.astimezone(zone).date()
    for offset in range(-1, _DAYS_AHEAD):
        yield from _readings(today + offset * _DAY, hours.start, zone)
        yield from _readings(today + offset * _DAY, hours.end, zone)


def _readings(day: date, reading: time, zone: ZoneInfo) -> Iterator[datetime]:
    """When the clock reads that time on that day: once; or, at a clock change that skips or
    repeats it, both interpretations of PEP 495 and the change between them."""
    first, second = sorted(
        datetime.combine(day, reading, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)
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
