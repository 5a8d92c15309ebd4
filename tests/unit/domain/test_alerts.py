"""What an outbox row says of itself."""

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
