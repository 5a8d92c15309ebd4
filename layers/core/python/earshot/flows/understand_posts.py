"""Normalise, dedupe, match and understand posts; the few that concern somebody go on."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from earshot.aws import clients, keys
from earshot.aws.connection_store import ConnectionStore
from earshot.aws.envelopes import DeliveryMessage, parse
from earshot.aws.expiry_store import ExpiryStore
from earshot.aws.mention_message import MentionMessage
from earshot.aws.queues import Queue
from earshot.aws.watchlist_artifact import WatchlistArtifact
from earshot.domain.kept_words import pointing
from earshot.domain.models import AuthorDeletion, Deletion, Delivery, Ignored, Post, PostHead
from earshot.domain.repeats import sketch
from earshot.domain.stories import strand_of
from earshot.domain.subjects import find_subjects
from earshot.domain.watchlist_index import WatchlistIndex
from earshot.errors import GoneError, PermanentError
from earshot.flows import posts_of_delivery
from earshot.flows.counting import count
from earshot.flows.disambiguate import disambiguation
from earshot.flows.erase import Eraser, eraser
from earshot.flows.read_post import Reading, read
from earshot.flows.time_left import expect_time
from earshot.settings import settings
from earshot.sources.surface import Held

logger = Logger()
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@cache
def artifact() -> WatchlistArtifact:
    refused = partial(count, "watchlist_refused")
    return WatchlistArtifact(clients.s3(), settings().EARSHOT_BUCKET, refused)


@cache
def mentions_queue() -> Queue:
    return Queue(clients.sqs(), settings().EARSHOT_MENTIONS_QUEUE_URL)


@cache
def connections() -> ConnectionStore:
    return ConnectionStore(clients.table(settings().EARSHOT_TABLE))


@cache
def expiries() -> ExpiryStore:
    return ExpiryStore(clients.table(settings().EARSHOT_TABLE))


@cache
def dead_letters() -> Queue:
    return Queue(clients.sqs(), settings().EARSHOT_DELIVERIES_DLQ_URL)


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return process_partial_response(  # type: ignore[return-value]
        event=event, record_handler=handle_record, processor=processor, context=context
    )


def handle_record(record: SQSRecord, lambda_context: Any) -> None:
    expect_time(lambda_context)
    try:
        message = parse(DeliveryMessage, record.body)
        logger.set_correlation_id(message.delivery.delivery_id)
        if not message.replayed:
            connections().note_delivery(message.delivery)
        understand_delivery(message, artifact().current(), eraser())
    except GoneError:
        count("delivery_expired")
        logger.info("delivery_expired", message_id=record.message_id)
    except PermanentError as error:
        count("delivery_rejected")
        logger.warning("delivery_rejected", reason=type(error).__name__, id=record.message_id)
        dead_letters().dead_letter(record.body, type(error).__name__)


def understand_delivery(message: DeliveryMessage, index: WatchlistIndex, erasing: Eraser) -> None:
    """Every post of the delivery reaches the mentions queue or an outcome that `why` can tell. They
    are counted and logged together, by outcome: logs are paid by the byte. What holds no post may
    go once what it tells of was done, and not before."""
    delivery = message.delivery
    found = posts_of_delivery.read(delivery, erasing.archive)
    if found.expiry and found.posts:
        expiries().add(found.expiry)
    erasing.posts.index(found.posts)
    look_after(found.beside, delivery, erasing)
    outcomes: Counter[str] = Counter()
    for item in found.items:
        if isinstance(item, Post):
            outcomes[understand_post(item, message, index=index, erasing=erasing)] += 1
        else:
            take_note(item, delivery, erasing)
    for outcome, posts in outcomes.items():
        count("post_understood", posts)
        logger.info("post_understood", outcome=outcome, posts=posts)
    if found.expiry and not found.posts:
        expiries().add(found.expiry)


def take_note(
    item: Deletion | AuthorDeletion | Ignored, delivery: Delivery, erasing: Eraser
) -> None:
    """Of what is no post: deletions erase, all else is counted by its kind."""
    if isinstance(item, Ignored):
        count("part_ignored")
        logger.info("part_ignored", reason=item.reason)
    elif isinstance(item, Deletion):
        outcome = erasing.erase_deleted(item.source, item.native_id, raw_key=delivery.raw_key)
        logger.info("post_deleted", outcome=outcome)
    else:
        posts = erasing.erase_person(item.source, item.author_id, welcome_back=item.comes_back)
        count("author_deleted")
        logger.info("author_deleted", posts=posts)


def look_after(beside: Iterable[Held], delivery: Delivery, erasing: Eraser) -> None:
    """Posts that the raw object only repeats: an erasure will find them, or was there before."""
    erasing.posts.index_beside(beside, delivery)
    for post in beside:
        if post.parts and erasing.tombstones.has_post(delivery.source, post.native_id):
            erasing.erase_deleted(delivery.source, post.native_id, raw_key=delivery.raw_key)
        elif erasing.tombstones.refuses(delivery.source, post.native_id, post.author_id):
            erasing.erase_post(delivery.source, post.native_id, raw_key=delivery.raw_key)


def understand_post(
    post: Post, message: DeliveryMessage, *, index: WatchlistIndex, erasing: Eraser
) -> str:
    """The outcome: where the post went, or why nowhere. A replayed one is counted no second time
    for what its names mean.

    Tombstones are looked for once all rows are written: an erasure beside this one either finds the
    rows, or is found.
    """
    reading = read(post, index, disambiguation())
    head = head_of(post, reading, watchlist_version=index.version)
    recorded = erasing.posts.record(head, datetime.now(UTC))
    if erasing.tombstones.refuses(post.source, post.native_id, post.author.author_id):
        erasing.erase_refused(post)
        return "erased"
    if recorded is None:
        return "superseded"
    if not message.replayed:
        disambiguation().remember(reading.settled)
    if recorded.strand_ids:
        if recorded.strand_id is None:
            erasing.posts.keep(post.source, post.native_id)
        send(message_of(recorded, message, reading))
    return head.outcome


def head_of(post: Post, reading: Reading, *, watchlist_version: str) -> PostHead:
    """What this version says of the post, and where it goes."""
    meaning, nearest = reading.understanding, reading.nearest
    outcome = find_subjects(post, reading.mentions, meaning.intent)
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
        strand_id=strand_of(post, sketch(post)) if outcome.subject_ids else None,
        nearest=nearest.entry_id if nearest else None,
        nearest_percent=nearest.percent if nearest else None,
        watchlist_version=watchlist_version,
        model_version=meaning.model_version,
        raw_key=post.raw_key,
    )


def message_of(head: PostHead, cause: DeliveryMessage, reading: Reading) -> MentionMessage:
    """Places in the text and labels, none of its words."""
    mentions, meaning = pointing(reading.mentions, reading.understanding)
    return MentionMessage(
        source=head.source,
        native_id=head.native_id,
        version=head.version,
        author_id=head.author_id,
        subject_ids=head.current_ids,
        mentions=mentions if head.current_ids else (),
        understanding=meaning,
        strand_id=head.strand_id,
        strand_ids=tuple(sorted(head.strand_ids)),
        watchlist_version=head.watchlist_version,
        delivery=cause.delivery,
        replayed=cause.replayed,
        rebuilt=cause.rebuilt,
    )


def send(message: MentionMessage) -> None:
    """The queue may take a replay for a repetition of a replay, but not of what is to be told."""
    identity = [message.source, message.native_id, message.version]
    identity += ["replayed"] if message.replayed else []
    group = message.strand_id or message.strand_ids[0]
    mentions_queue().send(message, group=group, dedup=keys.digest(*identity))
