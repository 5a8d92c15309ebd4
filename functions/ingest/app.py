"""Ingest faces the internet: it archives and queues, and may do nothing else."""

from collections.abc import Callable
from typing import Any, cast

from aws_lambda_powertools import Logger
from chalice.app import (
    Chalice,
    CloudWatchEvent,
    ConvertToMiddleware,
    Cron,
    Rate,
    Request,
    Response,
)

from earshot import problems
from earshot.flows import receive_webhook

app = Chalice(app_name="ingest", configure_logs=False)
app.register_middleware(ConvertToMiddleware(Logger().inject_lambda_context(clear_state=True)))

CONTENT_TYPES = [
    "application/json",
    "application/x-www-form-urlencoded",
    "application/cloudevents+json",
    "application/cloudevents-batch+json",
    "application/atom+xml",
    "application/rss+xml",
    "application/rdf+xml",
    "application/xml",
    "text/xml",
    "text/plain",
    "multipart/form-data",
]
# Files in a form are no text, nor is a feed in another encoding than UTF-8: the gateway hands these
# bodies on as bytes, which are what is signed.
app.api.binary_types += ["multipart/form-data", *(kind for kind in CONTENT_TYPES if "xml" in kind)]


@app.middleware("http")
def answer_in_problems(request: Request, respond: Callable[[Request], Response]) -> Response:
    return problems.of_chalice(respond(request), problems.instance_of(request))


@app.route(
    "/hooks/{source}/{connection_id}",
    methods=["GET", "HEAD", "OPTIONS", "POST"],
    content_types=CONTENT_TYPES,
)
def receive(source: str, connection_id: str) -> Response:
    return receive_webhook.handle(cast("Request", app.current_request), source, connection_id)


@app.schedule(Rate(5, unit=Rate.MINUTES), name="poll_sources")
def poll(event: CloudWatchEvent) -> dict[str, Any]:
    from earshot.flows import poll_sources  # the webhook's Lambda need not start with it

    return poll_sources.handle(event.to_dict(), event.context)


@app.schedule(Rate(15, unit=Rate.MINUTES), name="watch_connections")
def watch(event: CloudWatchEvent) -> dict[str, Any]:
    from earshot.flows import watch_connections

    return watch_connections.handle(event.to_dict(), event.context)


@app.schedule(Rate(1, unit=Rate.HOURS), name="renew_leases")
def renew(event: CloudWatchEvent) -> dict[str, Any]:
    from earshot.flows import renew_leases

    return renew_leases.handle(event.to_dict(), event.context)


@app.schedule(Cron("0/5", "*", "*", "*", "?", "*"), name="send_heartbeat")
def beat(event: CloudWatchEvent) -> dict[str, Any]:
    from earshot.flows import send_heartbeat

    return send_heartbeat.handle(event.to_dict(), event.context)
