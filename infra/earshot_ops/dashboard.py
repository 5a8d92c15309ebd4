"""One CloudWatch dashboard of a stage: the way of the data from left to right, a column for each
step, and below it how long that takes and what goes wrong.

The body is CloudWatch's (docs.aws.amazon.com, "Dashboard body structure and syntax"): a grid of 24
columns, metrics as ``[namespace, name, dimension, value, …]``.
"""

import json
from typing import Any, NamedTuple

_GRID = 24
_HEIGHT = 6
_PERIOD = 300

Metric = list[Any]


class Step(NamedTuple):
    """A column: what passed, how long it took or waits, what went wrong."""

    title: str
    passed: tuple[Metric, ...]
    time: tuple[Metric, ...]
    trouble: tuple[Metric, ...]


def _ours(app: str, *names: str) -> tuple[Metric, ...]:
    return tuple(["Earshot/${Stage}", name, "service", app] for name in names)


def _function(name: str, *metrics: str, stat: str = "Sum") -> tuple[Metric, ...]:
    of = ["FunctionName", f"earshot-${{Stage}}-{name}"]
    return tuple(["AWS/Lambda", metric, *of, {"stat": stat, "label": f"{name} {metric}"}]
                 for metric in metrics)  # fmt: skip


def _queue(name: str, metric: str) -> Metric:
    of = ["QueueName", f"earshot-${{Stage}}-{name}"]
    return ["AWS/SQS", metric, *of, {"stat": "Maximum", "label": f"{name} {metric}"}]


def _api(app: str, metric: str, stat: str = "Sum") -> Metric:
    return ["AWS/ApiGateway", metric, "ApiName", app, "Stage", "${Stage}", {"stat": stat}]


def _table(metric: str) -> Metric:
    return ["AWS/DynamoDB", metric, "TableName", "${Table}"]


STEPS = (
    Step(
        "Platforms and feeds",
        (
            *_ours("ingest", "delivery_accepted", "delivery_refused", "handshake_answered"),
            *_function("poll_sources", "Invocations"),
        ),
        (_api("ingest", "Latency", "p95"), *_function("poll_sources", "Duration", stat="p95")),
        (
            _api("ingest", "5XXError"),
            *_ours("ingest", "secret_missing", "poll_failed", "poll_left", "lease_renewal_failed"),
            *_ours("ingest", "heartbeat_refused"),
        ),
    ),
    Step(
        "Deliveries",
        (_queue("deliveries", "NumberOfMessagesSent"),),
        (_queue("deliveries", "ApproximateAgeOfOldestMessage"),),
        (_queue("deliveries-dlq", "ApproximateNumberOfMessagesVisible"),),
    ),
    Step(
        "Understanding",
        _ours("enrich", "post_understood", "part_ignored", "author_deleted", "bodies_expired")
        + _ours("enrich", "scan_finished"),
        _function("understand_posts", "Duration", stat="p95"),
        (
            *_function("understand_posts", "Errors", "Throttles"),
            *_ours("enrich", "delivery_rejected", "watchlist_refused"),
            *_ours("enrich", "retention_violation"),
        ),
    ),
    Step(
        "Deciding",
        _ours("enrich", "mention_decided", "mention_unchanged", "mention_superseded"),
        (
            _queue("mentions.fifo", "ApproximateAgeOfOldestMessage"),
            *_function("decide_signals", "Duration", stat="p95"),
        ),
        (
            _queue("mentions-dlq.fifo", "ApproximateNumberOfMessagesVisible"),
            *_function("decide_signals", "Errors", "Throttles"),
            *_ours("enrich", "mention_rejected", "fan_out_left"),
        ),
    ),
    Step(
        "The table",
        (_table("ConsumedWriteCapacityUnits"), _table("ConsumedReadCapacityUnits")),
        (),
        (_table("WriteThrottleEvents"), _table("ReadThrottleEvents"), _table("SystemErrors")),
    ),
    Step(
        "Mails and sellers",
        _ours("alerts", "mail_sent", "digest_begun", "action_done", "heartbeat_arrived"),
        (
            *_function("send_alerts", "Duration", stat="p95"),
            ["Earshot/${Stage}", "heartbeat_seconds", "service", "alerts", {"stat": "Maximum"}],
        ),
        (
            *_ours("alerts", "mail_postponed", "mail_failed", "mail_resent", "mail_paused"),
            *_ours("alerts", "mail_event_bounce", "mail_event_complaint", "page_refused"),
            *_function("sweep_outbox", "Errors"),
        ),
    ),
)


def resource() -> dict[str, Any]:
    """The dashboard for the data stack, named after the stage."""
    body = json.dumps({"widgets": widgets()})
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": {"Fn::Sub": "earshot-${Stage}"},
            "DashboardBody": {"Fn::Sub": [body, {"Table": {"Ref": "Table"}}]},
        },
    }


def widgets() -> list[dict[str, Any]]:
    """Three to a step, one above the other; the steps beside each other."""
    width = _GRID // len(STEPS)
    return [
        _widget(f"{step.title}{what}", metrics, x=place * width, y=row * _HEIGHT, width=width)
        for place, step in enumerate(STEPS)
        for row, (what, metrics) in enumerate(
            (("", step.passed), (": time", step.time), (": trouble", step.trouble))
        )
        if metrics
    ]


def _widget(
    title: str, metrics: tuple[Metric, ...], *, x: int, y: int, width: int
) -> dict[str, Any]:
    return {
        "type": "metric",
        "x": x,
        "y": y,
        "width": width,
        "height": _HEIGHT,
        "properties": {
            "title": title,
            "metrics": list(metrics),
            "region": "${AWS::Region}",
            "stat": "Sum",
            "period": _PERIOD,
            "view": "timeSeries",
            "stacked": False,
        },
    }
