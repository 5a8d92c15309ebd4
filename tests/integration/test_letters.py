"""What an operator does with dead letters: look, send back, discard."""

import json
from typing import Any

import pytest

from earshot.aws import clients
from earshot.aws.envelopes import DeliveryMessage
from earshot.domain.models import Delivery
from earshot.settings import settings
from earshot_ops.commands.exits import ExitCode
from earshot_ops.dead_letters import LEASE
from earshot_ops.target import Target
from tests.house import House, entry
from tests.house_target import Earshot
from tests.integration.test_cli import LEAVING
from tests.standin import StandIn
from tests.standin.wire import Call

RUBBISH = '{"a secret of a stranger": "in a body"}'


class Killed(BaseException):
    """The end of a process."""


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


def lay(target: Target, queue: str, body: str, *, reason: str = "", number: int = 0) -> None:
    """A letter as Earshot puts it, or without a reason as SQS does."""
    attributes: Any = {"reason": {"DataType": "String", "StringValue": reason}} if reason else {}
    fifo: Any = {}
    if queue.endswith(".fifo"):
        fifo = {"MessageGroupId": "story", "MessageDeduplicationId": f"{queue}-{number}"}
    target.sqs.send_message(
        QueueUrl=target.queues[queue], MessageBody=body, MessageAttributes=attributes, **fifo
    )


def message(delivery: Delivery) -> str:
    return DeliveryMessage(delivery=delivery).model_dump_json()


def stuck(house: House, target: Target, *numbers: int) -> list[Delivery]:
    """Deliveries that were archived and lie among the dead letters."""
    found = [house.deliver(entry(number, LEAVING)) for number in numbers]
    target.sqs.purge_queue(QueueUrl=target.queues["deliveries"])
    for delivery in found:
        lay(target, "deliveries-dlq", message(delivery))
    return found


def listed(earshot: Earshot, *words: str) -> dict[str, Any]:
    answer = earshot("letters", *words, "--json")
    assert answer.exit_code == ExitCode.OK, answer.output
    told: dict[str, Any] = json.loads(answer.stdout)
    return told


def depth(target: Target, queue: str) -> int:
    """How many can be received now."""
    answer = target.sqs.get_queue_attributes(
        QueueUrl=target.queues[queue], AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def test_letters_say_where_they_come_from_and_never_what_is_in_them(
    house: House, target: Target, earshot: Earshot
) -> None:
    [delivery] = stuck(house, target, 1)
    lay(target, "deliveries-dlq", RUBBISH, reason="MalformedPayloadError")
    lay(target, "mentions-dlq.fifo", RUBBISH, reason="UnknownSchemaError")
    dropped = {"Records": [{"s3": {"object": {"key": "inbox/accounts/new+list.csv"}}}]}
    lay(target, "inbox-dlq", json.dumps(dropped), reason="ImportFileError")
    answer = earshot("letters")
    assert "stranger" not in answer.output
    assert LEAVING not in answer.output
    for words in (delivery.delivery_id, "generic/forum", "UnknownSchemaError", "new list.csv"):
        assert words in answer.stdout
    told = listed(earshot)
    reasons = ("none", "MalformedPayloadError", "UnknownSchemaError", "ImportFileError")
    assert told["reasons"] == dict.fromkeys(reasons, 1)
    [first] = [one for one in told["letters"] if one["reason"] == "none"]
    assert (first["source"], first["connection"]) == ("generic", "forum")
    assert first["raw_key"] == delivery.raw_key
    assert "stranger" not in json.dumps(told)


def test_looking_takes_nothing_away(house: House, target: Target, earshot: Earshot) -> None:
    stuck(house, target, *range(1, 25))
    for _ in range(3):
        assert len(listed(earshot)["letters"]) == 24
    assert depth(target, "deliveries-dlq") == 24


def test_one_letter_tells_whether_its_raw_object_is_there(
    house: House, target: Target, earshot: Earshot
) -> None:
    here, gone = stuck(house, target, 1, 2)
    house.s3.delete_object(Bucket=house.bucket, Key=gone.raw_key)
    letters = {one["delivery_id"]: one["letter"] for one in listed(earshot)["letters"]}
    assert here.raw_key in earshot("letters", "--letter", letters[here.delivery_id]).stdout
    assert "expired" in earshot("letters", "--letter", letters[gone.delivery_id]).stdout
    assert earshot("letters", "--letter", "unknown").exit_code == ExitCode.PROBLEMS


def test_what_is_sent_back_is_decided_and_mailed_once(
    house: House, target: Target, earshot: Earshot
) -> None:
    house.furnish()
    stuck(house, target, 1)
    lay(target, "deliveries-dlq", RUBBISH, reason="MalformedPayloadError")
    answer = earshot("letters", "--redrive", "--reason", "none")
    assert (answer.exit_code, answer.stdout) == (
        ExitCode.OK,
        "1 letter sent back to deliveries\n",
    )
    house.run()
    alerts = house.alerts()
    assert {seller for _, seller, _ in alerts} == {"anna"}
    assert [one["reason"] for one in listed(earshot)["letters"]] == ["MalformedPayloadError"]
    stuck(house, target, 1)
    earshot("letters", "--redrive", "--reason", "none")
    house.run()
    assert house.alerts() == alerts


def test_a_letter_whose_raw_object_is_gone_ends_as_expired(
    house: House, target: Target, earshot: Earshot
) -> None:
    house.furnish()
    [delivery] = stuck(house, target, 1)
    house.s3.delete_object(Bucket=house.bucket, Key=delivery.raw_key)
    earshot("letters", "--redrive")
    house.run()
    assert listed(earshot)["letters"] == []
    assert house.alerts() == []


def test_a_letter_in_two_places_after_a_kill_does_no_harm(
    house: House, target: Target, aws: StandIn, earshot: Earshot
) -> None:
    house.furnish()
    stuck(house, target, 1, 2)

    def die(call: Call) -> None:
        if call.operation == "DeleteMessage":
            raise Killed

    aws.before.append(die)
    with pytest.raises(Killed):
        earshot("letters", "--redrive")
    aws.before.clear()
    assert depth(target, "deliveries") == 1
    aws.clock.advance(LEASE)
    earshot("letters", "--redrive")
    house.run()
    assert {seller for _, seller, _ in house.alerts()} == {"anna"}
    assert listed(earshot)["letters"] == []


def test_a_poison_mention_that_was_sent_back_is_a_letter_again(
    house: House, target: Target, earshot: Earshot
) -> None:
    """SQS takes no message for a repetition that is one of its own."""
    fifo: Any = {"MessageGroupId": "story", "MessageDeduplicationId": "once"}
    url = settings().EARSHOT_MENTIONS_QUEUE_URL
    clients.sqs().send_message(QueueUrl=url, MessageBody=RUBBISH, **fifo)
    for _ in range(3):
        house.run()
        assert listed(earshot)["reasons"] == {"MalformedPayloadError": 1}
        assert earshot("letters", "--redrive").exit_code == ExitCode.OK
        assert depth(target, "mentions.fifo") == 1


def test_a_long_line_of_one_story_is_sent_back_whole(target: Target, earshot: Earshot) -> None:
    for number in range(25):
        lay(target, "mentions-dlq.fifo", f"{RUBBISH}{number}", number=number)
    told = listed(earshot)
    assert len(told["letters"]) + told["hidden"] == 25
    answer = earshot("letters", "--redrive", "--queue", "mentions")
    assert answer.stdout == "25 letters sent back to mentions\n"
    assert depth(target, "mentions.fifo") == 25


def test_only_what_was_asked_for_is_deleted_and_only_after_a_yes(
    house: House, target: Target, earshot: Earshot
) -> None:
    stuck(house, target, 1)
    for _ in range(2):
        lay(target, "deliveries-dlq", RUBBISH, reason="MalformedPayloadError")
    discard = ("letters", "--discard", "--reason", "MalformedPayloadError")
    assert earshot(*discard, given="n\n").exit_code != ExitCode.OK
    assert depth(target, "deliveries-dlq") == 3
    assert "2 letters deleted" in earshot(*discard, given="y\n").stdout
    assert listed(earshot)["reasons"] == {"none": 1}
    assert earshot(*discard, "--yes").exit_code == ExitCode.PROBLEMS


def test_sending_back_and_deleting_are_two_things(earshot: Earshot) -> None:
    assert earshot("letters", "--redrive", "--discard").exit_code == ExitCode.USAGE
    assert earshot("letters", "--queue", "mailbox").exit_code == ExitCode.USAGE
