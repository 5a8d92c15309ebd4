"""Workers on the stand-in: batches and their failures, deaths, and turns that a seed decides."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from earshot.aws import clients
from tests.standin import Call, StandIn
from tests.standin.event_sources import QueueSource, StreamSource
from tests.standin.turns import Turns
from tests.standin.workers import Killed, Workers


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


class Lambda:
    """Notes the batches it got; fails at what it was told to, for the first ``times``."""

    def __init__(self, *failing: str, times: int = 1) -> None:
        self.batches: list[list[str]] = []
        self._failing = failing
        self._times = times

    def __call__(self, event: dict[str, Any], _: Any) -> dict[str, Any]:
        self.batches.append([_content(record) for record in event["Records"]])
        fails = self._failing if len(self.batches) <= self._times else ()
        failed = [r for r in event["Records"] if _content(r) in fails]
        return {"batchItemFailures": [{"itemIdentifier": _identity(r)} for r in failed]}


def _content(record: dict[str, Any]) -> str:
    return str(record["body"] if "body" in record else record["dynamodb"]["Keys"]["pk"]["S"])


def _identity(record: dict[str, Any]) -> str:
    return str(record.get("messageId") or record["dynamodb"]["SequenceNumber"])


def run(aws: StandIn, *sources: Any, count: int = 1, seed: int = 1) -> Workers:
    workers = Workers(aws, sources, seed=seed)
    workers.run(count)
    return workers


def filled_queue(aws: StandIn, *messages: str) -> Any:
    made = clients.sqs().create_queue(QueueName="q", Attributes={"VisibilityTimeout": "60"})
    url = made["QueueUrl"]
    for body in messages:
        clients.sqs().send_message(QueueUrl=url, MessageBody=body)
    return aws.sqs.queue(url)


def test_messages_that_fail_come_again_and_the_others_do_not(aws: StandIn) -> None:
    handle = Lambda("b")
    run(aws, QueueSource(filled_queue(aws, "a", "b", "c"), handle, aws.clock))
    assert handle.batches == [["a", "b", "c"], ["b"]]


def test_a_worker_that_is_killed_loses_nothing(aws: StandIn) -> None:
    queue = filled_queue(aws, "a")
    handled: list[str] = []

    def handle(event: dict[str, Any], _: Any) -> dict[str, Any]:
        clients.secrets_manager().create_secret(Name=f"s{len(handled)}", SecretString="x")
        handled.append("done")
        return {"batchItemFailures": []}

    deaths = [Killed()]

    def kill(call: Call) -> None:
        if call.operation == "CreateSecret" and deaths:
            raise deaths.pop()

    aws.before.append(kill)
    workers = run(aws, QueueSource(queue, handle, aws.clock), count=3)
    assert workers.outcomes == {"killed": 1, "done": 1}
    assert not queue.messages


def test_a_stream_is_retried_from_what_failed_and_then_given_up(
    standin_table: Any, aws: StandIn
) -> None:
    for number in range(3):
        standin_table.put_item(Item={"pk": f"OUTBOX#{number}", "sk": "x"})
    standin_table.put_item(Item={"pk": "other", "sk": "x"})
    handle = Lambda("OUTBOX#1", times=9)
    table = aws.dynamodb.tables[standin_table.name]
    run(aws, StreamSource(table, handle, prefix="OUTBOX#"))
    assert handle.batches[0] == ["OUTBOX#0", "OUTBOX#1", "OUTBOX#2"]
    assert handle.batches[1:] == [["OUTBOX#1", "OUTBOX#2"]] * 2


def entangled(aws: StandIn, seed: int) -> list[str]:
    """Who called when, of four workers with three calls each."""
    order: list[str] = []
    turns = Turns(random.Random(seed))
    aws.before[:] = [turns.pass_on]

    def work(name: str) -> Callable[[], None]:
        def calls() -> None:
            for _ in range(3):
                clients.s3().list_objects_v2(Bucket="raw")
                order.append(name)

        return calls

    turns.run([work(name) for name in "abcd"])
    aws.before.clear()
    return order


def test_turns_are_those_of_the_seed(aws: StandIn) -> None:
    clients.s3().create_bucket(Bucket="raw")
    first = entangled(aws, 1)
    assert sorted(first) == sorted("abcd" * 3)
    assert first == entangled(aws, 1) != entangled(aws, 2)


def test_what_a_worker_raises_is_raised_when_all_have_ended() -> None:
    def fail() -> None:
        raise ValueError("one")

    with pytest.RaisesGroup(ValueError, ValueError):
        Turns(random.Random(1)).run([fail, fail])
