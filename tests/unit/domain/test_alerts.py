"""What an outbox row says of itself."""

from datetime import UTC, datetime, timedelta

import pytest

from earshot.domain.models import Alert, AlertState


@pytest.mark.parametrize(
    ("state", "resends", "may_be"),
    [
        (AlertState.PENDING, 0, False),
        (AlertState.PENDING, 1, True),
        (AlertState.SENDING, 0, True),
    ],
)
def test_only_what_was_refused_every_time_is_surely_not_sent(
    state: AlertState, resends: int, *, may_be: bool
) -> None:
    alert = Alert(alert_id="a1", seller_id="anna", state=state, attempt=2, resends=resends)
    assert alert.may_be_sent is may_be


NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LEASED = NOW + timedelta(minutes=1)


def leased(state: AlertState, until: datetime | None, resends: int = 0) -> Alert:
    return Alert(
        alert_id="a1",
        seller_id="anna",
        state=state,
        attempt=1,
        resends=resends,
        lease_until=until,
    )


def test_what_was_cancelled_while_somebody_tried_may_have_been_sent() -> None:
    assert leased(AlertState.CANCELLED, LEASED).may_be_sent
    assert not leased(AlertState.CANCELLED, None).may_be_sent


@pytest.mark.parametrize(
    ("alert", "is_tried"),
    [
        (leased(AlertState.SENDING, LEASED), True),
        (leased(AlertState.SENDING, NOW), False),
        (leased(AlertState.SENDING, LEASED, resends=1), False),
        (leased(AlertState.PENDING, None), False),
        (leased(AlertState.CANCELLED, LEASED), False),
    ],
)
def test_a_first_try_is_waited_for_until_its_lease_ends(alert: Alert, *, is_tried: bool) -> None:
    assert alert.is_tried(NOW) is is_tried
