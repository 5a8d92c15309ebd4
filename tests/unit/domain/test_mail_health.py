"""When to stop mailing, and how many mails a second."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.mail_health import (
    BURST,
    FEWEST_MAILS,
    MailFigures,
    arrival_after,
    days_that_count,
    free_at,
    microseconds,
    moment_of,
    spacing,
    total,
    why_to_pause,
)
from tests.examples import NOON


@pytest.mark.parametrize(
    ("sent", "bounced", "complained", "reason"),
    [
        (500, 20, 0, None),
        (500, 21, 0, "bounces"),
        (499, 499, 499, None),
        (10_000, 400, 8, None),
        (10_000, 401, 0, "bounces"),
        (10_000, 0, 9, "complaints"),
        (1_250, 0, 1, None),
        (1_249, 0, 1, "complaints"),
        (500, 0, 0, None),
        (500, 0, 1, "complaints"),
        (10_000, 401, 9, "bounces"),
        (0, 0, 0, None),
    ],
)
def test_mail_stops_above_four_percent_of_bounces_or_eight_complaints_in_ten_thousand(
    sent: int, bounced: int, complained: int, reason: str | None
) -> None:
    figures = MailFigures(sent=sent, bounced=bounced, complained=complained)
    assert why_to_pause(figures) == reason


@given(st.integers(0, 30_000), st.integers(0, 2_000), st.integers(0, 40))
def test_the_rates_are_strictly_above_and_only_once_there_were_500_mails(
    sent: int, bounced: int, complained: int
) -> None:
    reason = why_to_pause(MailFigures(sent=sent, bounced=bounced, complained=complained))
    is_too_much = 25 * bounced > sent or 1_250 * complained > sent
    assert (reason is not None) == (sent >= FEWEST_MAILS and is_too_much)


def test_figures_of_days_add_up() -> None:
    days = [MailFigures(sent=3, bounced=2, complained=1), MailFigures(sent=4, complained=1)]
    assert total(days) == MailFigures(sent=7, bounced=2, complained=2)
    assert total([]) == MailFigures()


@pytest.mark.parametrize(
    ("resumed_at", "first"),
    [
        (None, date(2026, 11, 12)),
        (NOON - timedelta(days=30), date(2026, 11, 12)),
        (NOON - timedelta(days=2), date(2026, 11, 16)),
        (datetime(2026, 11, 17, 1, tzinfo=timezone(timedelta(hours=2))), date(2026, 11, 16)),
        (NOON, date(2026, 11, 18)),
    ],
)
def test_seven_days_count_none_of_them_before_sending_was_resumed(
    resumed_at: datetime | None, first: date
) -> None:
    assert days_that_count(NOON, resumed_at) == (first, date(2026, 11, 18))


def test_a_clock_that_lags_behind_the_resumption_still_asks_for_days_in_order() -> None:
    first, last = days_that_count(NOON, NOON + timedelta(days=1))
    assert first == last == date(2026, 11, 19)


def test_days_are_those_of_utc() -> None:
    late = datetime(2026, 11, 18, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert days_that_count(late, None)[1] == date(2026, 11, 19)


@given(st.timedeltas(timedelta(days=-10_000), timedelta(days=10_000)))
def test_moments_are_whole_microseconds_and_back(span: timedelta) -> None:
    assert moment_of(microseconds(NOON + span)) == NOON + span
    assert microseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)) == 1_000_000


SENDERS = 4
TAKES = st.lists(st.tuples(st.integers(0, SENDERS - 1), st.integers(0, 400_000)), max_size=80)
SKEWS = st.lists(st.integers(-5_000_000, 5_000_000), min_size=SENDERS, max_size=SENDERS)


def mails_through(takes: list[tuple[int, int]], skews: list[int], rate: int) -> list[int]:
    """When, by a true clock, mails went whose senders asked in this order by clocks of their
    own."""
    now, arrival = microseconds(NOON), None
    through = []
    for sender, pause in takes:
        now += pause
        after = arrival_after(arrival, now + skews[sender], rate)
        if after is not None:
            arrival = after
            through.append(now)
    return through


@given(TAKES, SKEWS, st.integers(1, 20))
def test_no_window_has_more_mails_than_rate_and_burst_whatever_the_clocks_say(
    takes: list[tuple[int, int]], skews: list[int], rate: int
) -> None:
    """Clocks that are apart make every window longer by as much, and no more."""
    through = mails_through(takes, skews, rate)
    apart = max(skews) - min(skews)
    for first, begin in enumerate(through):
        for last in range(first, len(through)):
            span = through[last] - begin + apart
            assert (last - first + 1) * spacing(rate) <= span + max(BURST, spacing(rate))


@given(TAKES, st.integers(1, 20))
def test_with_one_time_a_window_has_rate_times_its_length_and_a_burst_of_one_second(
    takes: list[tuple[int, int]], rate: int
) -> None:
    through = mails_through(takes, [0] * SENDERS, rate)
    for first, begin in enumerate(through):
        for last in range(first, len(through)):
            assert last - first + 1 <= rate * (through[last] - begin) / 1_000_000 + rate


@given(st.integers(1, 1_000))
def test_after_a_rest_a_second_of_mails_goes_at_once_and_then_one_per_spacing(rate: int) -> None:
    now = microseconds(NOON)
    arrival: int | None = None
    burst = 0
    while (after := arrival_after(arrival, now, rate)) is not None:
        arrival, burst = after, burst + 1
    assert arrival is not None
    assert burst == BURST // spacing(rate)
    assert 0 < free_at(arrival, rate) - now <= spacing(rate)


@given(st.integers(1, 1_000), st.integers(0, 3_000_000))
def test_a_mail_goes_when_it_was_told_to_ask_again_and_not_before(rate: int, ahead: int) -> None:
    now = microseconds(NOON)
    arrival = now + ahead
    moment = free_at(arrival, rate)
    assert arrival_after(arrival, max(moment, now), rate) is not None
    if moment > now:
        assert arrival_after(arrival, now, rate) is None
        assert arrival_after(arrival, moment - 1, rate) is None


@given(st.integers(1, 1_000))
def test_spacing_never_makes_more_than_the_rate(rate: int) -> None:
    assert spacing(rate) * rate >= 1_000_000
    assert (spacing(rate) - 1) * rate < 1_000_000


def test_mails_that_wait_for_their_turn_use_the_whole_rate() -> None:
    now, arrival = microseconds(NOON), None
    went = []
    for _ in range(100):
        while (after := arrival_after(arrival, now, 10)) is None:
            assert arrival is not None
            now = free_at(arrival, 10)
        arrival = after
        went.append(now)
    assert went[-1] - went[0] == 9_000_000
    assert all(later - earlier == 100_000 for earlier, later in pairwise(went[9:]))
