"""At a seller's hour their digest goes out, with what waited, by Lambdas that may do just that."""

from datetime import UTC, datetime, timedelta

import pytest

from earshot.aws import keys
from earshot.aws.transactions import commit
from earshot.aws.waiting_store import WaitingStore
from earshot.domain.models import Seller, Waiting, WorkingHours
from earshot_ops.demo import drain
from tests.e2e.platforms import FORUM
from tests.e2e.town import Town
from tests.e2e.waiting import until

pytestmark = pytest.mark.e2e

ADDRESS = "early@sellers.example"


def test_a_digest_comes_at_the_sellers_hour_and_what_it_told_waits_no_more(town: Town) -> None:
    now = datetime.now(UTC)
    always = WorkingHours(start=now.time(), end=now.time(), days=(1, 2, 3, 4, 5, 6, 7))
    seller = Seller(
        seller_id="early", name="Early", email=ADDRESS, hours=always, digest_at=now.time()
    )
    town.target.sellers.put(seller)
    store = WaitingStore(town.target.table)
    commit(town.target.table, [store.puts_post(_gone(now - timedelta(minutes=1)))])
    for _ in range(2):
        drain.invoke(town.target, "send_digests")
    alert_id = keys.digest("digest", "early", f"{now.date()}")
    row = keys.outbox(alert_id)
    until(lambda: town.target.table.get_item(Key=row)["Item"].get("cleared_at"), "it was sent")
    (mail,) = [mail for mail in town.mails() if mail.to == (ADDRESS,)]
    assert f"generic {FORUM}: " in mail.text
    assert not list(store.all("early"))


def _gone(since: datetime) -> Waiting:
    """Of a story that is no longer there."""
    return Waiting(
        seller_id="early",
        subject_id="account:gone",
        signal_id="gone",
        source="generic",
        native_id="gone",
        score=40,
        reason="below_alert",
        since=since,
    )
