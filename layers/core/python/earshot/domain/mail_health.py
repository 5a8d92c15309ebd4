"""When mail must not go out: too many of the mails of late came back, or too many go at once.

SES puts an account under review at 5 % of bounces or 0.1 % of complaints and stops it at 10 % or
0.5 %: https://docs.aws.amazon.com/ses/latest/dg/reputationdashboardmessages.html. We stop a little
before the first, and not on the luck of a few mails. Like SES, only hard bounces count.

The rate is kept by one number, GCRA's theoretical arrival time: each mail moves it on by the
spacing, and it may be ahead of the clock by less than ``BURST``. Times are microseconds since 1970.
https://www.itu.int/rec/T-REC-I.371 (annex A, virtual scheduling)
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from pydantic import NonNegativeInt

from earshot.domain.values import Model

DAYS = 7
FEWEST_MAILS = 500
# Of 10,000 mails, strictly more than these.
MOST_BOUNCES = 400
MOST_COMPLAINTS = 8

BURST = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class MailFigures(Model):
    """Of mails that the mail service accepted: how many, and what came back."""

    sent: NonNegativeInt = 0
    bounced: NonNegativeInt = 0
    complained: NonNegativeInt = 0

    def __add__(self, other: "MailFigures") -> "MailFigures":
        return MailFigures(
            sent=self.sent + other.sent,
            bounced=self.bounced + other.bounced,
            complained=self.complained + other.complained,
        )


def days_that_count(now: datetime, resumed_at: datetime | None) -> tuple[date, date]:
    """First and last UTC day whose figures are judged together: the last seven with today, none
    before the one on which sending was resumed."""
    today = now.astimezone(UTC).date()
    first = today - timedelta(days=DAYS - 1)
    if resumed_at:
        first = max(first, resumed_at.astimezone(UTC).date())
    return first, max(first, today)


def total(figures: Iterable[MailFigures]) -> MailFigures:
    return sum(figures, MailFigures())


def why_to_pause(figures: MailFigures) -> str | None:
    """``bounces`` or ``complaints`` when there are too many of them."""
    if figures.sent < FEWEST_MAILS:
        return None
    if figures.bounced * 10_000 > figures.sent * MOST_BOUNCES:
        return "bounces"
    if figures.complained * 10_000 > figures.sent * MOST_COMPLAINTS:
        return "complaints"
    return None


def microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(microseconds_since_1970: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds_since_1970)


def spacing(per_second: int) -> int:
    """Between two mails; rounded up, so that never more than ``per_second`` go for long."""
    return -(-1_000_000 // per_second)


def latest_arrival(now: int, per_second: int) -> int:
    """The theoretical arrival time up to which a mail may go now."""
    return now + max(0, BURST - spacing(per_second))


def free_at(arrival: int, per_second: int) -> int:
    """When a mail may go next."""
    return arrival - max(0, BURST - spacing(per_second))


def arrival_after(arrival: int | None, now: int, per_second: int) -> int | None:
    """The theoretical arrival time once one more mail went; ``None`` when it may not go now."""
    if arrival is None or arrival <= now:
        return now + spacing(per_second)
    if arrival > latest_arrival(now, per_second):
        return None
    return arrival + spacing(per_second)
