"""Import a file that was dropped into the bucket, and say what became of it."""

from dataclasses import dataclass
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
from earshot.aws.account_store import AccountStore
from earshot.aws.import_manifests import ImportManifests
from earshot.aws.inbox import Inbox, dropped_keys
from earshot.aws.journal import Journal
from earshot.aws.queues import Queue
from earshot.aws.seller_store import SellerStore
from earshot.aws.watchlist_artifact import WatchlistArtifact
from earshot.errors import GoneError, PermanentError
from earshot.flows.compile_watchlist import compile_from
from earshot.flows.counting import count
from earshot.imports.columns import ImportKind
from earshot.imports.errors import ImportFileError
from earshot.imports.importing import import_file
from earshot.imports.report import Report
from earshot.imports.shelves import Stores
from earshot.settings import settings

logger = Logger()
processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)


@dataclass(frozen=True)
class Importing:
    inbox: Inbox
    stores: Stores
    artifact: WatchlistArtifact
    journal: Journal


@cache
def importing() -> Importing:
    table, s3 = clients.table(settings().EARSHOT_TABLE), clients.s3()
    bucket = settings().EARSHOT_BUCKET
    return Importing(
        inbox=Inbox(s3, bucket),
        stores=Stores(AccountStore(table), SellerStore(table), ImportManifests(s3, bucket)),
        artifact=WatchlistArtifact(s3, bucket),
        journal=Journal(s3, bucket),
    )


@cache
def dead_letters() -> Queue:
    return Queue(clients.sqs(), settings().EARSHOT_INBOX_DLQ_URL)


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return process_partial_response(  # type: ignore[return-value]
        event=event, record_handler=handle_record, processor=processor, context=context
    )


def handle_record(record: SQSRecord) -> None:
    try:
        for key in dropped_keys(record.body):
            import_dropped(key, importing(), datetime.now(UTC))
    except GoneError:
        count("dropped_file_gone")
        logger.info("dropped_file_gone", message_id=record.message_id)
    except PermanentError as error:
        count("dropped_file_refused")
        logger.warning("dropped_file_refused", reason=type(error).__name__, id=record.message_id)
        dead_letters().dead_letter(record.body, type(error).__name__)


def import_dropped(key: str, importing: Importing, now: datetime) -> Report:
    """Safe to repeat. A file that cannot be imported has a report, too, and raises
    ``PermanentError``."""
    try:
        kind = kind_of(key)
        report = _import(key, kind, importing, now=now)
    except GoneError:
        raise
    except PermanentError as error:
        importing.inbox.report(key, {"outcome": "refused", "reason": str(error)})
        raise
    if kind is not ImportKind.SELLERS:
        compile_from(importing.stores.accounts, importing.artifact)
    if report.written:
        payload = report.for_journal(key)
        importing.journal.append("import", now, f"{kind}-{keys.timestamp(now)}", payload=payload)
    importing.inbox.report(key, {"outcome": "imported", **report.as_json()})
    _count(report)
    return report


def _import(key: str, kind: ImportKind, importing: Importing, *, now: datetime) -> Report:
    with importing.inbox.open(key) as file:
        report = import_file(kind, file, importing.stores, now=now)
    if not report.accepted:
        first = next(iter(report.problems), "there is none")
        raise ImportFileError(f"no row can be read; {first}")
    return report


def _count(report: Report) -> None:
    count("dropped_file_imported")
    count("row_rejected", report.rejected)
    count("row_vanished", report.vanished.count)
    logger.info(
        "dropped_file_imported",
        kind=report.kind,
        written=report.written,
        unchanged=report.unchanged,
        rejected=report.rejected,
        vanished=report.vanished.count,
    )


def kind_of(key: str) -> ImportKind:
    """By the folder that the file was dropped into."""
    folder = key.removeprefix(keys.inbox()).partition("/")[0]
    try:
        return ImportKind(folder)
    except ValueError as error:
        known = ", ".join(ImportKind)
        said = f"there is no import of {folder!r}; the folders are {known}"
        raise ImportFileError(said) from error
