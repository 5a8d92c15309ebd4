"""Hang a post on its strand and make the signals around it true."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from earshot.aws import clients
from earshot.aws.envelopes import parse
from earshot.aws.mention_message import MentionMessage
from earshot.aws.post_store import PostStore
from earshot.aws.queues import Queue
from earshot.aws.raw_archive import RawArchive
from earshot.errors import GoneError, PermanentError
from earshot.flows.counting import count
from earshot.flows.join_story import Joining
from earshot.flows.reconcile import reconciling
from earshot.flows.time_left import expect_time
from earshot.settings import settings

logger = Logger()
# Order is no matter of the queue (docs/decisions/0001), so one failure must not hold up the others
# of its strand, as a FIFO processor would.
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@cache
def dead_letters() -> Queue:
    return Queue(clients.sqs(), settings().EARSHOT_MENTIONS_DLQ_URL)


@cache
def joining() -> Joining:
    table = clients.table(settings().EARSHOT_TABLE)
    return Joining(
        archive=RawArchive(clients.s3(), settings().EARSHOT_BUCKET),
        posts=PostStore(table),
        reconciling=reconciling(),
    )


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return process_partial_response(  # type: ignore[return-value]
        event=event, record_handler=handle_record, processor=processor, context=context
    )


def handle_record(record: SQSRecord, lambda_context: Any) -> None:
    expect_time(lambda_context)
    try:
        message = parse(MentionMessage, record.body)
        logger.set_correlation_id(message.delivery.delivery_id)
        outcome = joining().decide(message, datetime.now(UTC))
        count(f"mention_{outcome}")
        logger.info("mention_decided", outcome=outcome)
    except GoneError:
        count("mention_expired")
        logger.info("mention_expired", message_id=record.message_id)
    except PermanentError as error:
        count("mention_rejected")
        logger.warning("mention_rejected", reason=type(error).__name__, id=record.message_id)
        group = str(record.attributes.message_group_id)
        dead_letters().dead_letter(
            record.body, type(error).__name__, group=group, message_id=record.message_id
        )
