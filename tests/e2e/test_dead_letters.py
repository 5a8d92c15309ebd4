"""A message that no retry can read goes to the dead letters with its reason, and alone."""

import json
from typing import Any

import pytest

from tests.e2e import crashes
from tests.e2e.town import Town
from tests.e2e.waiting import until

pytestmark = pytest.mark.e2e

POISON = {
    "MalformedPayloadError": "this is no JSON",
    "UnknownSchemaError": json.dumps({"schema_version": 2, "of_tomorrow": True}),
}


@pytest.mark.parametrize("queue", ["deliveries", "mentions"])
def test_a_poison_message_ends_as_a_dead_letter_and_the_others_go_on(
    town: Town, queue: str
) -> None:
    function = {"deliveries": "understand_posts", "mentions": "decide_signals"}[queue]
    town.forget_dead_letters()
    posts = [town.post() for _ in range(2)]
    since = town.now_ms()
    with crashes.held_back(town.stack, function):
        town.say(town.envelope(posts[0]))
        for body in POISON.values():
            _put(town, queue, body)
        town.say(town.envelope(posts[1]))
    town.wait_until_mailed(*posts)
    found = until(lambda: _dead_letters(town, queue, len(POISON)), "all poison is a dead letter")
    assert found == POISON
    until(town.is_quiet, "the poison is acknowledged")
    town.forget_dead_letters()
    counter = {"deliveries": "delivery_rejected", "mentions": "mention_rejected"}[queue]
    counted = [event[counter] for event in town.logs(function, since) if counter in event]
    assert counted == [[1.0]] * len(POISON)


def _put(town: Town, queue: str, body: str) -> None:
    fifo: dict[str, Any] = {}
    if queue == "mentions":
        fifo = {"MessageGroupId": "poison", "MessageDeduplicationId": str(town.now_ms())}
    town.target.sqs.send_message(QueueUrl=town.queue(queue), MessageBody=body, **fifo)


def _dead_letters(town: Town, queue: str, wanted: int) -> dict[str, str]:
    """Body by reason, once there are enough."""
    url = town.queue(f"{queue}-dlq")
    found = town.target.sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["reason"],
        VisibilityTimeout=0,
    ).get("Messages", [])
    if len(found) < wanted:
        return {}
    return {one["MessageAttributes"]["reason"]["StringValue"]: one["Body"] for one in found}
