"""Ingest faces the internet: it archives and queues, and may do nothing else."""

from typing import Any

from chalice import Chalice, Rate, Response
from chalice.app import CloudWatchEvent

from earshot.flows import poll_sources, receive_webhook

app = Chalice(app_name="ingest", configure_logs=False)

CONTENT_TYPES = [
    "application/json",
    "application/x-www-form-urlencoded",
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "application/atom+xml",
    "application/xml",
    "text/xml",
    "multipart/form-data",
]


@app.route(
    "/hooks/{source}/{connection_id}", methods=["GET", "POST"], content_types=CONTENT_TYPES
)
def receive(source: str, connection_id: str) -> Response:
    return receive_webhook.handle(app.current_request, source, connection_id)


@app.schedule(Rate(5, unit=Rate.MINUTES), name="poll_sources")
def poll(event: CloudWatchEvent) -> dict[str, Any]:
    return poll_sources.handle(event.to_dict(), event.context)
