"""Alerts alone may send mail."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from chalice import Chalice, Rate
from chalice.app import CloudWatchEvent, DynamoDBEvent, Request, Response

from earshot.flows import send_alerts, send_digests, settle_mail, sweep_outbox

if TYPE_CHECKING:
    from earshot.flows.serve_pages import Pages

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


# What browsers and mail programs post; a GET has no type, which Chalice takes for JSON.
FORMS = ["application/x-www-form-urlencoded", "multipart/form-data", "application/json"]


@app.middleware("http")
def answer_in_pages(request: Request, respond: Callable[[Request], Response]) -> Response:
    from earshot.flows import page_http

    return page_http.of_chalice(respond(request), request)


def serve(answer: "Callable[[Pages, Request], Response]") -> Response:
    from earshot.flows import serve_pages  # senders of mail need not start with it

    request = cast("Request", app.current_request)
    return serve_pages.handle(request, lambda pages: answer(pages, request))


@app.route("/link/{token}", methods=["GET"], content_types=FORMS)
def follow(token: str) -> Response:
    return serve(lambda pages, request: pages.follow(request, token))


@app.route("/link/{token}", methods=["POST"], content_types=FORMS)
def one_click(token: str) -> Response:
    return serve(lambda pages, request: pages.one_click(request, token))


@app.route("/open", methods=["GET"], content_types=FORMS)
def show_open() -> Response:
    return serve(lambda pages, request: pages.open(request))


@app.route("/signals/{signal_id}", methods=["GET"], content_types=FORMS)
def show_signal(signal_id: str) -> Response:
    return serve(lambda pages, request: pages.signal(request, signal_id))


@app.route("/signals/{signal_id}/{action}", methods=["GET", "POST"], content_types=FORMS)
def ask(signal_id: str, action: str) -> Response:
    return serve(lambda pages, request: pages.ask(request, signal_id, action))


@app.route("/preferences", methods=["GET", "POST"], content_types=FORMS)
def prefer() -> Response:
    return serve(lambda pages, request: pages.preferences(request))


@app.route("/unsubscribe", methods=["GET", "POST"], content_types=FORMS)
def unsubscribe() -> Response:
    return serve(lambda pages, request: pages.unsubscribe(request))
