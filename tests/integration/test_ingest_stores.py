"""The stores of ingest against the embedded AWS and its stand-in: every condition and absence."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from earshot.aws import clients
from earshot.aws.envelopes import DeliveryMessage, parse
from earshot.aws.queues import Queue
from earshot.aws.raw_archive import RawArchive, RawObject
from earshot.aws.secret_store import SecretStore
from earshot.domain.models import Connection, DataClass, Delivery
from earshot.errors import GoneError, SecretMissingError, UnknownConnectionError
from earshot.flows.accept_delivery import Intake
from tests.integration.test_poll_sources import NOON, connect, into, names
from tests.standin.stage import Aws

__all__ = ["into", "names"]

EVERY_BYTE = bytes(range(256)) + b"\n{\r\n"


@pytest.fixture
def aws(either_aws: Aws) -> Aws:
    return either_aws


def delivery(number: int = 0, at: datetime = NOON) -> Delivery:
    return Delivery(
        source="rss",
        connection_id="blog",
        delivery_id=f"{number:064x}",
        raw_key=f"raw/rss/blog/{number:064x}",
        received_at=at,
    )


def test_a_raw_object_comes_back_byte_for_byte(into: Intake) -> None:
    raw = RawObject({"content-type": "téxt\n" * 2000}, EVERY_BYTE, DataClass.BORROWED)
    assert into.archive.put("raw/a", raw)
    assert into.archive.get("raw/a") == raw


def test_the_second_writer_of_a_key_changes_nothing(into: Intake) -> None:
    first = RawObject({}, b"first", DataClass.OWNED)
    assert into.archive.put("raw/a", first)
    assert not into.archive.put("raw/a", RawObject({}, b"second", DataClass.OWNED))
    assert into.archive.get("raw/a") == first


def test_an_erasure_rewrites_and_stays(into: Intake) -> None:
    into.archive.put("raw/a", RawObject({}, b"two posts", DataClass.OWNED))
    rest = RawObject({}, b"one post", DataClass.OWNED)
    into.archive.change("raw/a", lambda _: rest)
    assert not into.archive.put("raw/a", RawObject({}, b"two posts", DataClass.OWNED))
    assert into.archive.get("raw/a") == rest


def test_of_two_erasures_at_once_none_undoes_the_other(into: Intake) -> None:
    into.archive.put("raw/a", RawObject({}, b"abc", DataClass.OWNED))

    def without(letter: bytes, raw: RawObject) -> RawObject:
        return RawObject({}, raw.body.replace(letter, b""), DataClass.OWNED)

    def slowly(raw: RawObject) -> RawObject:
        if b"b" in raw.body:
            into.archive.change("raw/a", lambda other: without(b"b", other))
        return without(b"a", raw)

    into.archive.change("raw/a", slowly)
    assert into.archive.get("raw/a").body == b"c"


def test_what_was_deleted_is_gone_and_may_be_deleted_again(into: Intake) -> None:
    into.archive.put("raw/a", RawObject({}, b"", DataClass.OWNED))
    for _ in range(2):
        into.archive.change("raw/a", lambda _: None)
    with pytest.raises(GoneError):
        into.archive.get("raw/a")


def test_receipts_are_found_by_connection_and_hour(into: Intake) -> None:
    early, late = delivery(1, NOON - timedelta(hours=2)), delivery(2, NOON)
    assert into.receipts.add(early)
    assert into.receipts.add(late)
    assert not into.receipts.add(late)
    since = NOON - timedelta(hours=2, minutes=-59)
    assert list(into.receipts.since("rss", "blog", since, until=NOON)) == [early, late]
    assert list(into.receipts.since("rss", "blog", NOON, until=NOON)) == [late]
    assert list(into.receipts.since("rss", "other", since, until=NOON)) == []


def test_a_connection_is_remembered_with_its_absence(into: Intake) -> None:
    with pytest.raises(UnknownConnectionError):
        into.connections.get("rss", "blog")
    connect(into, "blog")
    with pytest.raises(UnknownConnectionError):
        into.connections.get("rss", "blog")
    assert [known.connection_id for known in into.connections.list()] == ["blog"]


def test_a_cursor_moves_only_from_where_it_was_read(into: Intake) -> None:
    connect(into, "blog")
    [read] = into.connections.list()
    assert into.connections.save_cursor(read, {"etag": "1"}, at=NOON)
    assert not into.connections.save_cursor(read, {"etag": "2"}, at=NOON)
    [moved] = into.connections.list()
    assert moved.cursor == {"etag": "1"}
    assert into.connections.save_cursor(moved, {"etag": "3"}, at=NOON)


def test_a_connection_that_was_removed_is_not_brought_back(into: Intake) -> None:
    ghost = Connection(
        source="rss", connection_id="ghost", data_class=DataClass.COPIED, created_at=NOON
    )
    into.connections.save_error(ghost, "too_slow", NOON)
    assert not into.connections.save_cursor(ghost, {"etag": "1"}, at=NOON)
    assert list(into.connections.list()) == []


def test_secrets_rotate_with_the_one_before_still_live(aws: Aws) -> None:
    prefix = f"earshot/{uuid4().hex}/"

    def store() -> SecretStore:
        return SecretStore(clients.secrets_manager(), prefix)

    with pytest.raises(SecretMissingError):
        store().secrets("github", "main")
    store().put("github", "main", "one")
    assert store().secrets("github", "main") == (b"one",)
    store().rotate("github", "main", "two")
    store().rotate("github", "main", "three")
    assert store().secrets("github", "main") == (b"three", b"two")
    store().put("github", "main", "four")
    assert store().secrets("github", "main") == (b"four",)


def received(url: str) -> list[Any]:
    answer = clients.sqs().receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=10,
        MessageAttributeNames=["All"],
        MessageSystemAttributeNames=["All"],
    )
    return list(answer.get("Messages", []))


def test_characters_that_a_queue_refuses_travel_as_escapes(
    into: Intake, names: dict[str, str]
) -> None:
    sent = DeliveryMessage(delivery=delivery().model_copy(update={"raw_key": "raw/\ufffe\uffff"}))
    into.deliveries.send(sent)
    [message] = received(names["EARSHOT_DELIVERIES_QUEUE_URL"])
    assert not {"\ufffe", "\uffff"} & set(message["Body"])
    assert parse(DeliveryMessage, message["Body"]) == sent


def test_a_dead_letter_says_why(into: Intake, names: dict[str, str]) -> None:
    into.deliveries.dead_letter("not even JSON", "MalformedPayloadError")
    [message] = received(names["EARSHOT_DELIVERIES_QUEUE_URL"])
    assert message["Body"] == "not even JSON"
    assert message["MessageAttributes"]["reason"]["StringValue"] == "MalformedPayloadError"


def test_a_fifo_queue_takes_any_identity_and_each_only_once(aws: Aws) -> None:
    name = f"mentions-{uuid4().hex[:8]}.fifo"
    url = clients.sqs().create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"]
    queue = Queue(clients.sqs(), url)
    message = DeliveryMessage(delivery=delivery())
    for _ in range(3):
        queue.send(message, group="prospect:été 🌍" * 40, dedup="tag:a b#" * 60)
        queue.dead_letter("{}", "UnknownSchemaError", group="account:é")
    assert len(received(url)) == 2


def test_the_oldest_receipt_time_is_utc(into: Intake) -> None:
    moment = datetime.fromisoformat("2026-03-02T14:30:00+02:00")
    into.receipts.add(delivery(7, moment))
    [found] = into.receipts.since("rss", "blog", moment, until=moment)
    assert found.received_at == moment.astimezone(UTC)


class BusyS3:
    """Answers that somebody else is writing, as often as told."""

    def __init__(self, times: int) -> None:
        self.times = times

    def put_object(self, **_: Any) -> None:
        if self.times:
            self.times -= 1
            refusal: Any = {"Error": {"Code": "ConditionalRequestConflict"}}
            raise ClientError(refusal, "PutObject")


def test_two_writers_at_once_are_told_to_try_again_and_do() -> None:
    raw = RawObject({}, b"", DataClass.OWNED)
    assert RawArchive(BusyS3(2), "bucket").put("raw/a", raw)  # type: ignore[arg-type]
    with pytest.raises(ClientError, match="ConditionalRequestConflict"):
        RawArchive(BusyS3(3), "bucket").put("raw/a", raw)  # type: ignore[arg-type]
