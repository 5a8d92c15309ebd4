"""What the stand-in has beyond the services: hooks around every call, and a clock of its own."""

import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from earshot.aws import clients
from earshot.aws.raw_archive import RawArchive, RawObject
from earshot.domain.models import DataClass
from tests.integration.dynamodb_requests import KEY, changed, item
from tests.standin import Call, ServiceError, StandIn
from tests.standin.stage import forget_container, make_table
from tests.standin.workers import Killed


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def bucket(aws: StandIn) -> str:
    clients.s3().create_bucket(Bucket="raw")
    return "raw"


def once(error: BaseException, operation: str) -> Callable[[Call], None]:
    """A hook that raises at the first call of an operation."""
    left = [error]

    def raise_it(call: Call) -> None:
        if call.operation == operation and left:
            raise left.pop()

    return raise_it


def throttle() -> ServiceError:
    return ServiceError("ProvisionedThroughputExceededException", "slow down")


def test_a_call_that_was_throttled_is_tried_again(standin_table: Any, aws: StandIn) -> None:
    aws.before.append(once(throttle(), "PutItem"))
    standin_table.put_item(Item=KEY)
    assert item(standin_table) == KEY


def test_a_call_that_never_arrived_did_nothing(standin_table: Any, aws: StandIn) -> None:
    aws.before.append(once(ServiceError("AccessDeniedException", "no"), "PutItem"))
    with pytest.raises(ClientError, match="AccessDenied"):
        standin_table.put_item(Item=KEY)
    assert item(standin_table) is None


def test_a_write_whose_answer_was_lost_is_done_and_its_retry_refused(aws: StandIn) -> None:
    make_table(aws, "t")
    aws.after.append(once(ReadTimeoutError(endpoint_url="x"), "PutItem"))
    table = clients.table("t")
    with pytest.raises(table.meta.client.exceptions.ConditionalCheckFailedException):
        table.put_item(Item=KEY, ConditionExpression="attribute_not_exists(pk)")
    assert item(table) == KEY


def test_a_transaction_whose_answer_was_lost_is_done_once(standin_table: Any, aws: StandIn) -> None:
    aws.after.append(once(ReadTimeoutError(endpoint_url="x"), "TransactWriteItems"))
    put = {"TableName": standin_table.name, "Item": KEY}
    put["ConditionExpression"] = "attribute_not_exists(pk)"
    standin_table.meta.client.transact_write_items(TransactItems=[{"Put": put}])
    assert item(standin_table) == KEY
    assert aws.calls["dynamodb.TransactWriteItems"] == 2


def test_an_object_whose_answer_was_lost_is_there(aws: StandIn, bucket: str) -> None:
    aws.after.append(once(ReadTimeoutError(endpoint_url="x"), "PutObject"))
    raw = RawObject({}, b"body", DataClass.OWNED)
    archive = RawArchive(clients.s3(), bucket)
    assert not archive.put("raw/a", raw)
    assert archive.get("raw/a") == raw


def test_a_mail_is_handed_over_once_whatever_the_network_says(aws: StandIn) -> None:
    aws.after.append(once(ReadTimeoutError(endpoint_url="x"), "SendEmail"))

    def send() -> None:
        clients.ses().send_email(
            FromEmailAddress="a@b.example",
            Destination={"ToAddresses": ["c@d.example"]},
            Content={"Raw": {"Data": b"Subject: hi\r\n\r\nho"}},
            EmailTags=[{"Name": "alert_id", "Value": "a1"}],
        )

    with pytest.raises(ReadTimeoutError):
        send()
    aws.before.append(once(ConnectTimeoutError(endpoint_url="x"), "SendEmail"))
    with pytest.raises(ConnectTimeoutError):
        send()
    (mail,) = aws.ses.mails
    assert (mail.to, mail.raw) == (("c@d.example",), b"Subject: hi\r\n\r\nho")
    assert mail.tags == {"alert_id": "a1"}


def test_a_killed_caller_gets_no_answer_and_no_retry(standin_table: Any, aws: StandIn) -> None:
    aws.after.append(once(Killed(), "PutItem"))
    with pytest.raises(Killed):
        standin_table.put_item(Item=KEY)
    assert aws.calls["dynamodb.PutItem"] == 1
    assert item(standin_table) == KEY


def test_hooks_know_what_changes_something(standin_table: Any, aws: StandIn) -> None:
    seen: list[tuple[str, bool]] = []
    aws.before.append(lambda call: seen.append((call.operation, call.is_side_effect)))
    standin_table.put_item(Item=KEY)
    item(standin_table)
    assert seen == [("PutItem", True), ("GetItem", False)]


def test_nothing_goes_out(aws: StandIn, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    forget_container()
    clients.s3().put_object(Bucket=bucket, Key="k", Body=b"1")
    clients.sqs().create_queue(QueueName="q")
    assert [*aws.calls] == ["s3.CreateBucket", "s3.PutObject", "sqs.CreateQueue"]


def test_what_it_cannot_do_is_said_plainly(aws: StandIn) -> None:
    client = aws.client("dynamodb")
    with pytest.raises(NotImplementedError, match=r"dynamodb\.ListBackups"):
        client.list_backups()


def test_either_address_of_a_bucket_is_understood(aws: StandIn, bucket: str) -> None:
    by_path = aws.session.client("s3", config=Config(s3={"addressing_style": "path"}))
    by_path.put_object(Bucket=bucket, Key="x/y", Body=b"1")
    assert clients.s3().get_object(Bucket=bucket, Key="x/y")["Body"].read() == b"1"


def make_queue(**attributes: str) -> str:
    suffix = ".fifo" if attributes.get("FifoQueue") else ""
    made = clients.sqs().create_queue(QueueName=f"q{suffix}", Attributes=attributes)  # type: ignore[arg-type]
    return made["QueueUrl"]


def receive(url: str) -> list[Any]:
    found = clients.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return list(found.get("Messages", []))


def test_a_lease_ends_by_the_clock(aws: StandIn) -> None:
    url = make_queue(VisibilityTimeout="60")
    clients.sqs().send_message(QueueUrl=url, MessageBody="x")
    assert len(receive(url)) == 1
    aws.clock.advance(timedelta(seconds=59))
    assert receive(url) == []
    aws.clock.advance(timedelta(seconds=1))
    assert len(receive(url)) == 1


def test_a_delayed_message_comes_later(aws: StandIn) -> None:
    url = make_queue()
    clients.sqs().send_message(QueueUrl=url, MessageBody="x", DelaySeconds=10)
    assert receive(url) == []
    aws.clock.advance(timedelta(seconds=10))
    assert len(receive(url)) == 1


def test_what_is_sent_again_after_five_minutes_comes_again(aws: StandIn) -> None:
    url = make_queue(FifoQueue="true")
    for minutes in (0, 4, 1):
        aws.clock.advance(timedelta(minutes=minutes))
        clients.sqs().send_message(
            QueueUrl=url, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="d"
        )
    assert len(receive(url)) == 2


def test_who_held_a_fifo_message_too_long_cannot_delete_it(aws: StandIn) -> None:
    url = make_queue(FifoQueue="true", VisibilityTimeout="60")
    clients.sqs().send_message(
        QueueUrl=url, MessageBody="x", MessageGroupId="g", MessageDeduplicationId="d"
    )
    (message,) = receive(url)
    aws.clock.advance(timedelta(minutes=1))
    with pytest.raises(ClientError, match="expired"):
        clients.sqs().delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert len(receive(url)) == 1


def test_a_stream_tells_what_came_what_changed_and_what_went(
    standin_table: Any, aws: StandIn
) -> None:
    standin_table.put_item(Item={**KEY, "n": 1})
    standin_table.put_item(Item={**KEY, "n": 1})
    changed(standin_table, "ADD n :one", one=1)
    standin_table.delete_item(Key=KEY)
    told = aws.dynamodb.tables[standin_table.name].stream
    assert [record["eventName"] for record in told] == ["INSERT", "MODIFY", "REMOVE"]
    assert told[0]["dynamodb"]["Keys"] == {"pk": {"S": "a"}, "sk": {"S": "1"}}
