"""Alerts alone may send mail."""

from typing import Any

from chalice import Chalice, Rate
from chalice.app import CloudWatchEvent, DynamoDBEvent

from earshot.flows import send_alerts, send_digests, settle_mail, sweep_outbox

app = Chalice(app_name="alerts", configure_logs=False)


@app.on_dynamodb_record(stream_arn="merged", batch_size=10, name="send_alerts")
def send(event: DynamoDBEvent) -> dict[str, Any]:
    return send_alerts.handle(event.to_dict(), event.context)


@app.schedule(Rate(1, unit=Rate.MINUTES), name="sweep_outbox")
def sweep(event: CloudWatchEvent) -> dict[str, Any]:
    return sweep_outbox.handle(event.to_dict(), event.context)


@app.schedule(Rate(5, unit=Rate.MINUTES), name="send_digests")
def begin_digests(event: CloudWatchEvent) -> dict[str, Any]:
    return send_digests.handle(event.to_dict(), event.context)


@app.lambda_function(name="settle_mail")
def settle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Subscribed to the SNS topic in the merge template: Chalice's own SNS event cannot read
    messages without attributes, and those of SES have none."""
    return settle_mail.handle(event, context)
