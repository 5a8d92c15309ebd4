"""Enrich turns archived deliveries into decisions."""

from typing import Any

from chalice import Chalice, Rate
from chalice.app import CloudWatchEvent, SQSEvent

from earshot.flows import compile_watchlist, decide_signals, understand_posts

app = Chalice(app_name="enrich", configure_logs=False)


@app.on_sqs_message(queue_arn="merged", batch_size=10, name="understand_posts")
def understand(event: SQSEvent) -> dict[str, Any]:
    return understand_posts.handle(event.to_dict(), event.context)


@app.on_sqs_message(queue_arn="merged", batch_size=10, name="decide_signals")
def decide(event: SQSEvent) -> dict[str, Any]:
    return decide_signals.handle(event.to_dict(), event.context)


@app.schedule(Rate(15, unit=Rate.MINUTES), name="compile_watchlist")
def compile_entries(event: CloudWatchEvent) -> dict[str, Any]:
    return compile_watchlist.handle(event.to_dict(), event.context)


@app.on_sqs_message(queue_arn="merged", batch_size=1, name="import_dropped")
def import_file(event: SQSEvent) -> dict[str, Any]:
    from earshot.flows import import_dropped  # the others need not wait for it

    return import_dropped.handle(event.to_dict(), event.context)


@app.schedule(Rate(1, unit=Rate.HOURS), name="refresh_business_data")
def refresh(event: CloudWatchEvent) -> dict[str, Any]:
    from earshot.flows import refresh_business_data  # it alone needs what reads websites

    return refresh_business_data.handle(event.to_dict(), event.context)


@app.schedule(Rate(15, unit=Rate.MINUTES), name="expire_bodies")
def expire(event: CloudWatchEvent) -> dict[str, Any]:
    from earshot.flows import expire_bodies  # it alone needs what waits to be told

    return expire_bodies.handle(event.to_dict(), event.context)


@app.schedule(Rate(10, unit=Rate.MINUTES), name="scan_holdings")
def scan(event: CloudWatchEvent) -> dict[str, Any]:
    from earshot.flows import scan_holdings  # it alone needs the readers of every source

    return scan_holdings.handle(event.to_dict(), event.context)


@app.schedule(Rate(10, unit=Rate.MINUTES), name="learn")
def learn_clicks(event: CloudWatchEvent) -> dict[str, Any]:
    from earshot.flows import learn  # it alone needs what was clicked

    return learn.handle(event.to_dict(), event.context)
