"""Mail what the outbox has just been given: for speed; the sweeper is the guarantee."""

from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord

from earshot.aws import outbox
from earshot.flows.deliver_alert import courier

processor = BatchProcessor(event_type=EventType.DynamoDBStreams)


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return process_partial_response(  # type: ignore[return-value]
        event=event, record_handler=handle_record, processor=processor, context=context
    )


def handle_record(record: DynamoDBRecord) -> None:
    """The stream holds keys only. Rows that are not due yet are left to the sweeper."""
    keys = record.dynamodb.keys if record.dynamodb else None
    alert_id = outbox.alert_id_of(keys or {})
    if alert_id:
        courier().deliver(alert_id)
