"""A signed delivery becomes one mail to the right seller; a forged one becomes nothing."""

import json
from typing import Any

import pytest

from earshot_ops.demo import post_office
from tests.e2e.town import Town

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("source", ["github", "generic"])
def test_a_delivery_that_comes_five_times_is_one_mail_to_the_owner(town: Town, source: str) -> None:
    post = town.post(source)
    envelope = town.envelope(post)
    town.say(*[envelope] * 5)
    town.wait_until_mailed(post)
    ((_, mail),) = town.mails_of(post)
    assert mail.to == (post.company.address,)
    assert post.company.name in mail.subject + mail.text
    why = town.target.explainer.why(post.permalink)
    assert why is not None
    told = [one.decision.seller_id for s in why.signals for one in s.sellers if one.alert]
    assert told == [post.company.seller_id]


def test_a_forged_delivery_leaves_no_trace(town: Town) -> None:
    post = town.post()
    before = _everything(town)
    answer = town.send(post_office.forged(town.envelope(post)))
    assert answer.status == 401
    assert answer.headers["content-type"] == "application/problem+json"
    problem = json.loads(answer.data)
    assert problem["type"] == "urn:earshot:problem:bad-signature"
    assert _everything(town) == before


def _everything(town: Town) -> tuple[Any, ...]:
    """Rows, objects and messages."""
    target = town.target
    rows = target.table.scan()["Items"]
    objects = target.s3.list_objects_v2(Bucket=target.bucket)["Contents"]
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = {
        name: target.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]  # type: ignore[arg-type]
        for name, url in target.queues.items()
    }
    keys = sorted((str(row["pk"]), str(row["sk"])) for row in rows)
    return keys, sorted((one["Key"], one["ETag"]) for one in objects), counts
