"""By when somebody who was told of a signal is expected to have answered it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from earshot.domain.attention import begins, is_open
from earshot.domain.models import Urgency, WorkingHours

AT_ONCE = timedelta(hours=1)
WORKING_DAYS = 5

_DAY = timedelta(days=1)
# Longer than any holiday that we plan around: who is away all that time is expected after a week.
_DAYS_AHEAD = 100


def expected_by(urgency: Urgency, hours: WorkingHours, now: datetime) -> datetime:
    """What is urgent within the hour; what should not wait by the end of the seller's working day,
    or of the next one when it is over; the rest by the end of the fifth working day from now.
    Nothing is expected sooner than what is urgent. In UTC."""
    soonest = now.astimezone(UTC) + AT_ONCE
    if urgency is Urgency.NOW:
        return soonest
    further = 0 if urgency is Urgency.SOON else WORKING_DAYS - 1 + is_open(hours, now)
    end = next(islice(_ends(hours, now), further, None), now + (further + 1) * _DAY)
    return max(soonest, end.astimezone(UTC))


def _ends(hours: WorkingHours, now: datetime) -> Iterator[datetime]:
    """When the working days end that have not ended yet, in their order."""
    zone = ZoneInfo(hours.zone)
    yesterday = now.astimezone(zone).date() - _DAY
    for day in (yesterday + offset * _DAY for offset in range(_DAYS_AHEAD)):
        last = day if hours.end > hours.start else day + _DAY
        end = datetime.combine(last, hours.end, zone).replace(fold=1).astimezone(UTC)
        if end > now and begins(hours, day):
            yield end
