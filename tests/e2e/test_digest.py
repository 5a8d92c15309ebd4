"""At a seller's hour their digest goes out, with what waited, by Lambdas that may do just that."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from earshot.aws import keys
from earshot.aws.transactions import commit
from earshot.aws.waiting_store import WaitingStore
from earshot.domain.models import Seller, Waiting, WorkingHours
from earshot_ops.demo import drain
from earshot_ops.demo.mails import SentMail
from tests.e2e import crashes
from tests.e2e.platforms import FORUM
from tests.e2e.town import Town
from tests.e2e.waiting import until

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("function", ["send_alerts", "sweep_outbox"])
def test_a_digest_comes_at_the_sellers_hour_and_what_it_told_waits_no_more(
    town: Town, function: str
) -> None:
    now, seller_id = datetime.now(UTC), f"early-{function.partition('_')[0]}"
    _seller_of_this_hour(town, seller_id, now)
    _wait_for_it(town, seller_id, now)
    by_sweep = function == "sweep_outbox"
    with crashes.held_back(town.stack, "send_alerts") if by_sweep else nullcontext():
        for _ in range(2):
            drain.invoke(town.target, "send_digests")
        if by_sweep:
            town.sweep()
        _wait_until_cleared(town, seller_id, now)
    assert f"generic {FORUM}: " in _mail_to(town, seller_id).text
    assert not list(WaitingStore(town.target.table).all(seller_id))


def test_the_event_of_a_digest_does_what_its_sender_left_undone(town: Town) -> None:
    now, seller_id = datetime.now(UTC), "early-event"
    _seller_of_this_hour(town, seller_id, now)
    _wait_for_it(town, seller_id, now)
    drain.invoke(town.target, "send_digests")
    _wait_until_cleared(town, seller_id, now)
    _wait_for_it(town, seller_id, now)
    town.target.table.update_item(
        Key=keys.outbox(_digest_id(seller_id, now)), UpdateExpression="REMOVE cleared_at"
    )
    mail = _mail_to(town, seller_id)
    town.report(_digest_id(seller_id, now), mail.message_id, to=mail.to[0])
    _wait_until_cleared(town, seller_id, now)
    assert not list(WaitingStore(town.target.table).all(seller_id))


def _seller_of_this_hour(town: Town, seller_id: str, now: datetime) -> None:
    always = WorkingHours(start=now.time(), end=now.time(), days=(1, 2, 3, 4, 5, 6, 7))
    seller = Seller(
        seller_id=seller_id,
        name="Early",
        email=_address(seller_id),
        hours=always,
        digest_at=now.time(),
    )
    town.target.sellers.put(seller)


def _wait_for_it(town: Town, seller_id: str, now: datetime) -> None:
    """A post and an alert, of a story that is no longer there."""
    post = Waiting(
        seller_id=seller_id,
        subject_id="account:gone",
        signal_id="gone",
        source="generic",
        native_id="gone",
        score=40,
        reason="below_alert",
        since=now - timedelta(minutes=1),
    )
    alert = post.model_copy(update={"source": "", "native_id": "", "alert_id": "gone"})
    store = WaitingStore(town.target.table)
    assert commit(town.target.table, [store.puts_post(post), store.puts_alert(alert)]) is None


def _wait_until_cleared(town: Town, seller_id: str, now: datetime) -> None:
    row = keys.outbox(_digest_id(seller_id, now))
    until(lambda: town.target.table.get_item(Key=row)["Item"].get("cleared_at"), "it was sent")


def _digest_id(seller_id: str, now: datetime) -> str:
    return keys.digest("digest", seller_id, f"{now.date()}")


def _mail_to(town: Town, seller_id: str) -> SentMail:
    (mail,) = [mail for mail in town.mails() if mail.to == (_address(seller_id),)]
    return mail


def _address(seller_id: str) -> str:
    return f"{seller_id}@sellers.example"
