"""Normalise, dedupe, match and understand posts; the few that concern somebody go on."""

from collections.abc import Iterable, Iterator
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

from earshot.aws import clients, keys
from earshot.aws.envelopes import DeliveryMessage, parse
from earshot.aws.mention_message import MentionMessage
from earshot.aws.queues import Queue
from earshot.aws.watchlist_artifact import WatchlistArtifact
from earshot.domain.matching import match
from earshot.domain.models import Deletion, Delivery, Ignored, Mention, Post, PostHead
from earshot.domain.models import Understanding as Meaning
from earshot.domain.subjects import account_id_of, find_subjects, objects_of
from earshot.domain.understanding import understand
from earshot.domain.watchlist import WatchlistIndex
from earshot.errors import GoneError, PermanentError
from earshot.flows import posts_of_delivery
from earshot.flows.counting import count
from earshot.flows.erase import Eraser, eraser
from earshot.settings import settings
from earshot.sources.surface import Held

logger = Logger()
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@cache
def artifact() -> WatchlistArtifact:
    return WatchlistArtifact(clients.s3(), settings().EARSHOT_BUCKET)


@cache
def mentions_queue() -> Queue:
    return Queue(clients.sqs(), settings().EARSHOT_MENTIONS_QUEUE_URL)


@cache
def dead_letters() -> Queue:
    return Queue(clients.sqs(), settings().EARSHOT_DELIVERIES_DLQ_URL)


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return process_partial_response(  # type: ignore[return-value]
        event=event, record_handler=handle_record, processor=processor, context=context
    )


def handle_record(record: SQSRecord) -> None:
    try:
        delivery = parse(DeliveryMessage, record.body).delivery
        logger.set_correlation_id(delivery.delivery_id)
        understand_delivery(delivery, artifact().current(), eraser())
    except GoneError:
        count("delivery_expired")
        logger.info("delivery_expired", message_id=record.message_id)
    except PermanentError as error:
        count("delivery_rejected")
        logger.warning("delivery_rejected", reason=type(error).__name__, id=record.message_id)
        dead_letters().dead_letter(record.body, type(error).__name__)


def understand_delivery(delivery: Delivery, index: WatchlistIndex, erasing: Eraser) -> None:
    """Every post of the delivery reaches the mentions queue or an outcome that `why` can tell."""
    found = posts_of_delivery.read(delivery, erasing.archive)
    erasing.posts.index([item for item in found.items if isinstance(item, Post)])
    look_after(found.beside, delivery, erasing)
    for item in found.items:
        if isinstance(item, Ignored):
            count("part_ignored")
            logger.info("part_ignored", reason=item.reason)
        elif isinstance(item, Deletion):
            outcome = erasing.erase_post(item.source, item.native_id, raw_key=delivery.raw_key)
            logger.info("post_deleted", outcome=outcome)
        else:
            outcome = understand_post(item, delivery, index=index, erasing=erasing)
            count("post_understood")
            logger.info("post_understood", outcome=outcome)


def look_after(beside: Iterable[Held], delivery: Delivery, erasing: Eraser) -> None:
    """Posts that the raw object only repeats: an erasure will find them, or was there before."""
    erasing.posts.index_beside(beside, delivery)
    for post in beside:
        if erasing.tombstones.refuses(delivery.source, post.native_id, post.author_id):
            erasing.erase_post(delivery.source, post.native_id, raw_key=delivery.raw_key)


def understand_post(
    post: Post, delivery: Delivery, *, index: WatchlistIndex, erasing: Eraser
) -> str:
    """The outcome: where the post went, or why nowhere.

    Tombstones are looked for once all rows are written: an erasure beside this one either finds the
    rows, or is found.
    """
    meaning = understand(post.plain)
    mentions = match(post, index)
    head = head_of(post, mentions, meaning, watchlist_version=index.version)
    recorded = erasing.posts.record(head, datetime.now(UTC))
    if erasing.tombstones.refuses(post.source, post.native_id, post.author.author_id):
        erasing.erase_post(post.source, post.native_id, raw_key=delivery.raw_key)
        return "erased"
    if recorded is None:
        return "superseded"
    if recorded.subject_ids and not recorded.current_ids:
        erasing.posts.keep(post.source, post.native_id)
    for message in messages_of(recorded, delivery, mentions=mentions, meaning=meaning):
        identity = (message.source, message.native_id, message.version, message.subject_id)
        mentions_queue().send(message, group=message.subject_id, dedup=keys.digest(*identity))
    return head.outcome


def head_of(
    post: Post, mentions: tuple[Mention, ...], meaning: Meaning, *, watchlist_version: str
) -> PostHead:
    """What this version says of the post, and where it goes."""
    outcome = find_subjects(post, mentions, meaning.intent)
    return PostHead(
        source=post.source,
        native_id=post.native_id,
        version=post.version,
        author_id=post.author.author_id,
        permalink=post.permalink,
        posted_at=post.posted_at,
        outcome=outcome.reason,
        intent=meaning.intent,
        current_ids=outcome.subject_ids,
        nearest=mentions[0].entry_id if mentions else None,
        watchlist_version=watchlist_version,
        model_version=meaning.model_version,
        raw_key=post.raw_key,
    )


def messages_of(
    head: PostHead, delivery: Delivery, *, mentions: tuple[Mention, ...], meaning: Meaning
) -> Iterator[MentionMessage]:
    """One for each subject of this version, and one for each subject of earlier versions that
    has to let go of the post."""
    for subject_id in sorted(head.subject_ids):
        concerned = subject_id in head.current_ids
        yield MentionMessage(
            source=head.source,
            native_id=head.native_id,
            version=head.version,
            subject_id=subject_id,
            account_id=account_id_of(subject_id),
            objects=objects_of(mentions) if concerned else (),
            mentions=of_subject(mentions, subject_id) if concerned else (),
            understanding=meaning if concerned else None,
            watchlist_version=head.watchlist_version,
            delivery=delivery,
        )


def of_subject(mentions: tuple[Mention, ...], subject_id: str) -> tuple[Mention, ...]:
    """What concerns this subject: its own mention and the objects, not other accounts'."""
    return tuple(
        mention
        for mention in mentions
        if mention.entry_id == subject_id or not mention.entry_id.startswith("account:")
    )
