"""What production relies on of SQS and Secrets Manager, asked of ministack and of the stand-in."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from earshot.aws import clients
from tests.standin import StandIn
from tests.standin.stage import Aws


@pytest.fixture
def make_queue(either_aws: Aws) -> Callable[..., str]:
    def make(**attributes: str) -> str:
        suffix = ".fifo" if attributes.get("FifoQueue") else ""
        name = f"contract-{uuid4().hex[:8]}{suffix}"
        made = clients.sqs().create_queue(QueueName=name, Attributes=attributes)  # type: ignore[arg-type]
        return made["QueueUrl"]

    return make


def send(url: str, body: str = "x", **more: Any) -> Any:
    return clients.sqs().send_message(QueueUrl=url, MessageBody=body, **more)


def receive(url: str, most: int = 10, **more: Any) -> list[Any]:
    answer = clients.sqs().receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=most,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["All"],
        **more,
    )
    return list(answer.get("Messages", []))


def bodies(messages: list[Any]) -> list[str]:
    return [message["Body"] for message in messages]


def release(url: str, message: Any) -> None:
    clients.sqs().change_message_visibility(
        QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0
    )


def delete(url: str, message: Any) -> None:
    clients.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(ClientError) as caught:
        act()
    return str(caught.value.response["Error"]["Code"]).rpartition(".")[2]


def test_a_message_comes_with_what_was_sent(make_queue: Callable[..., str]) -> None:
    url = make_queue()
    reason = {"reason": {"DataType": "String", "StringValue": "Malformed"}}
    sent = send(url, "é🌍", MessageAttributes=reason)
    (message,) = receive(url)
    assert (message["Body"], message["MessageId"]) == ("é🌍", sent["MessageId"])
    assert message["MessageAttributes"]["reason"]["StringValue"] == "Malformed"
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"


def test_what_was_received_is_hidden_until_it_is_released(make_queue: Callable[..., str]) -> None:
    url = make_queue()
    send(url)
    (message,) = receive(url)
    assert receive(url) == []
    release(url, message)
    (again,) = receive(url)
    assert again["Attributes"]["ApproximateReceiveCount"] == "2"
    delete(url, again)
    assert counts(url) == ("0", "0")


def test_a_message_may_be_deleted_twice(standin_environment: StandIn) -> None:
    """ministack refuses the second time; AWS documents that it succeeds."""
    url = clients.sqs().create_queue(QueueName="twice")["QueueUrl"]
    send(url)
    (message,) = receive(url)
    for _ in range(2):
        delete(url, message)


def counts(url: str) -> tuple[str, str]:
    """What waits, and what is held."""
    answer = clients.sqs().get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    found = answer["Attributes"]
    return (
        found["ApproximateNumberOfMessages"],
        found["ApproximateNumberOfMessagesNotVisible"],
    )


def test_counts_tell_what_waits_and_what_is_held(make_queue: Callable[..., str]) -> None:
    url = make_queue()
    for _ in range(3):
        send(url)
    receive(url, 1)
    assert counts(url) == ("2", "1")


def test_a_batch_fails_entry_by_entry(make_queue: Callable[..., str]) -> None:
    url = make_queue()
    entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(("a", "\x00", "b"))]
    answer = clients.sqs().send_message_batch(QueueUrl=url, Entries=entries)  # type: ignore[arg-type]
    assert [one["Id"] for one in answer["Successful"]] == ["0", "2"]
    assert [one["Id"] for one in answer["Failed"]] == ["1"]
    found = receive(url)
    assert sorted(bodies(found)) == ["a", "b"]
    handles = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(found)]
    clients.sqs().delete_message_batch(QueueUrl=url, Entries=handles)  # type: ignore[arg-type]
    assert counts(url) == ("0", "0")


@pytest.mark.parametrize("body", ["\x00", "\x0b", "\ufffe", "\uffff"])
def test_characters_that_xml_has_not_are_refused(make_queue: Callable[..., str], body: str) -> None:
    url = make_queue()
    assert code_of(lambda: send(url, body)) == "InvalidMessageContents"


def test_a_queue_that_is_not_there_is_said(make_queue: Callable[..., str]) -> None:
    url = f"{make_queue()}-absent"
    with pytest.raises(clients.sqs().exceptions.QueueDoesNotExist):
        send(url)


def test_the_sixth_receipt_goes_to_the_dead_letters(make_queue: Callable[..., str]) -> None:
    dead = make_queue()
    arn = clients.sqs().get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    target = arn["Attributes"]["QueueArn"]
    policy = json.dumps({"deadLetterTargetArn": target, "maxReceiveCount": 5})
    url = make_queue(RedrivePolicy=policy)
    sent = send(url, "poison")
    for _ in range(5):
        (message,) = receive(url)
        release(url, message)
    assert receive(url) == []
    (buried,) = receive(dead)
    assert (buried["Body"], buried["MessageId"]) == ("poison", sent["MessageId"])


@pytest.fixture
def fifo(make_queue: Callable[..., str]) -> str:
    return make_queue(
        FifoQueue="true",
        DeduplicationScope="messageGroup",
        FifoThroughputLimit="perMessageGroupId",
    )


def send_to(url: str, group: str, body: str, dedup: str = "") -> Any:
    return send(url, body, MessageGroupId=group, MessageDeduplicationId=dedup or f"{group}{body}")


def test_a_group_comes_in_order(fifo: str) -> None:
    for number in range(5):
        send_to(fifo, "g", str(number))
    assert bodies(receive(fifo, 3)) == ["0", "1", "2"]


def test_while_one_of_a_group_is_held_no_other_of_it_is_given(fifo: str) -> None:
    for group in ("g", "h"):
        for number in range(2):
            send_to(fifo, group, f"{group}{number}")
    (first,) = receive(fifo, 1)
    others = [body for _ in range(3) for body in bodies(receive(fifo, 1))]
    group = first["Body"][0]
    assert all(not body.startswith(group) for body in others)
    delete(fifo, first)
    assert f"{group}1" in bodies(receive(fifo))


def test_a_released_message_comes_before_the_later_ones_of_its_group(fifo: str) -> None:
    for number in range(3):
        send_to(fifo, "g", str(number))
    (first,) = receive(fifo, 1)
    release(fifo, first)
    assert bodies(receive(fifo)) == ["0", "1", "2"]


def test_what_is_sent_twice_within_five_minutes_comes_once(fifo: str) -> None:
    first, second = (send_to(fifo, "g", body, "same") for body in "ab")
    assert first["MessageId"] == second["MessageId"]
    found = receive(fifo)
    assert bodies(found) == ["a"]
    delete(fifo, found[0])
    send_to(fifo, "g", "c", "same")
    assert receive(fifo) == []


def test_groups_count_repetitions_apart(fifo: str) -> None:
    for group in "gh":
        send_to(fifo, group, "a", "same")
    assert len(receive(fifo)) == 2


def test_a_fifo_message_needs_a_group_and_an_identity(fifo: str) -> None:
    assert code_of(lambda: send(fifo, MessageDeduplicationId="d")) == "MissingParameter"
    assert code_of(lambda: send(fifo, MessageGroupId="g")) == "InvalidParameterValue"


def test_a_secret_has_its_latest_value_under_name_and_arn(either_aws: Aws) -> None:
    secrets, name = clients.secrets_manager(), f"contract/{uuid4().hex[:8]}"
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.get_secret_value(SecretId=name)
    with pytest.raises(secrets.exceptions.ResourceNotFoundException):
        secrets.put_secret_value(SecretId=name, SecretString="x")
    arn = secrets.create_secret(Name=name, SecretString="one")["ARN"]
    secrets.put_secret_value(SecretId=name, SecretString="two")
    for wanted in (name, arn):
        assert secrets.get_secret_value(SecretId=wanted)["SecretString"] == "two"
