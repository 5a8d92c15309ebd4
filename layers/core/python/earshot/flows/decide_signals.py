"""Group a post into its signal and decide for each candidate."""

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
from earshot.aws.account_store import AccountStore
from earshot.aws.envelopes import parse
from earshot.aws.mention_message import MentionMessage
from earshot.aws.outbox import Outbox
from earshot.aws.queues import Queue
from earshot.aws.raw_archive import RawArchive
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.tombstone_store import TombstoneStore, read_secret
from earshot.domain import grouping, subjects
from earshot.domain.models import Post, Subject
from earshot.domain.relevance import Weights
from earshot.errors import GoneError, PermanentError
from earshot.flows import posts_of_delivery
from earshot.flows.counting import count
from earshot.flows.regroup import Change, Regrouping
from earshot.settings import settings

logger = Logger()
# Order is no matter of the queue (docs/decisions/0001), so one failure must not hold up the others
# of its subject, as a FIFO processor would.
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@cache
def archive() -> RawArchive:
    return RawArchive(clients.s3(), settings().EARSHOT_BUCKET)


@cache
def dead_letters() -> Queue:
    return Queue(clients.sqs(), settings().EARSHOT_MENTIONS_DLQ_URL)


@cache
def regrouping() -> Regrouping:
    table = clients.table(settings().EARSHOT_TABLE)
    secret = read_secret(clients.secrets_manager(), settings().EARSHOT_TOMBSTONE_SECRET)
    return Regrouping(
        signals=SignalStore(table),
        sellers=SellerStore(table),
        accounts=AccountStore(table),
        outbox=Outbox(table),
        tombstones=TombstoneStore(table, secret),
        weights=Weights(),
    )


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return process_partial_response(  # type: ignore[return-value]
        event=event, record_handler=handle_record, processor=processor, context=context
    )


def handle_record(record: SQSRecord) -> None:
    try:
        message = parse(MentionMessage, record.body)
        logger.set_correlation_id(message.delivery.delivery_id)
        outcome = decide_message(message, regrouping(), archive())
        count(f"mention_{outcome}")
        logger.info("mention_decided", outcome=outcome)
    except GoneError:
        count("mention_expired")
        logger.info("mention_expired", message_id=record.message_id)
    except PermanentError as error:
        count("mention_rejected")
        logger.warning("mention_rejected", reason=type(error).__name__, id=record.message_id)
        group = str(record.attributes.message_group_id)
        dead_letters().dead_letter(record.body, type(error).__name__, group=group)


def decide_message(message: MentionMessage, regroup: Regrouping, raw: RawArchive) -> str:
    """What became of it; safe to run again and in any order."""
    post = posts_of_delivery.find(
        message.delivery, raw, native_id=message.native_id, version=message.version
    )
    return regroup.apply(change_of(message, post, regroup.accounts), datetime.now(UTC))


def change_of(message: MentionMessage, post: Post, accounts: AccountStore) -> Change:
    subject = subject_of(message, post, accounts)
    meaning = message.understanding
    return Change(
        subject=subject,
        signal_id=grouping.signal_id(subject.subject_id, post.source, post.thread_id),
        source=post.source,
        native_id=post.native_id,
        version=post.version,
        author_id=post.author.author_id,
        post=grouping.signal_post(post, meaning, message.mentions) if meaning else None,
        territory=post.author.location,
        delivery_id=message.delivery.delivery_id,
        versions={
            "watchlist": message.watchlist_version,
            "model": meaning.model_version if meaning else "",
        },
    )


def subject_of(message: MentionMessage, post: Post, accounts: AccountStore) -> Subject:
    """The account by its present name, or the author."""
    if message.account_id is None:
        return subjects.prospect(message.subject_id, post)
    account = accounts.get(message.account_id)
    name = account.name if account else message.account_id
    return Subject(subject_id=message.subject_id, account_id=message.account_id, name=name)
