"""Where a Lambda died between a decision and telling it, another one tells it."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from earshot.aws import keys
from earshot.aws.transactions import commit
from earshot.domain.models import Alert, AlertKind, AlertState
from earshot.domain.stories import signal_id
from earshot.flows.fan_out import FAN_OUT_SELLER
from tests.e2e import crashes
from tests.e2e.platforms import Post
from tests.e2e.town import Town
from tests.e2e.waiting import until

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("function", ["send_alerts", "sweep_outbox"])
def test_a_fan_out_that_was_left_behind_is_told(town: Town, function: str) -> None:
    post = town.post("generic")
    town.say(town.envelope(post))
    town.wait_until_mailed(post)
    until(town.is_quiet, "nothing is under way")
    _forget_that_it_was_told(town, post)
    fan_out = _fan_out(post)
    by_sweep = function == "sweep_outbox"
    with crashes.held_back(town.stack, "send_alerts") if by_sweep else nullcontext():
        assert commit(town.target.table, [town.target.outbox.inserts(fan_out)]) is None
        if by_sweep:
            town.sweep()  # makes the alert
            town.sweep()
        town.wait_until_mailed(post)
    assert town.target.outbox.get(fan_out.alert_id) is None
    assert len(town.mails_of(post)) == 2


def _forget_that_it_was_told(town: Town, post: Post) -> None:
    seller_id, subject_id, signal = post.company.seller_id, _subject(post), _signal(post)
    for key in (
        keys.outbox(post.alert_id),
        keys.guard(post.source, post.native_id, seller_id=seller_id),
        keys.thread(seller_id, subject_id),
        keys.told(signal, seller_id),
    ):
        town.target.table.delete_item(Key=key, ConditionExpression="attribute_exists(pk)")


def _fan_out(post: Post) -> Alert:
    """Of the first revision, due for a minute."""
    now = datetime.now(UTC)
    return Alert(
        alert_id=keys.digest("fan_out", post.word),
        kind=AlertKind.FAN_OUT,
        signal_id=_signal(post),
        subject_id=_subject(post),
        seller_id=FAN_OUT_SELLER,
        revision=1,
        state=AlertState.PENDING,
        due_at=now - timedelta(minutes=1),
        made_at=now,
    )


def _subject(post: Post) -> str:
    return f"account:{post.company.account_id}"


def _signal(post: Post) -> str:
    return signal_id(_subject(post), post.source, post.native_id)
