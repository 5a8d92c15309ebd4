"""What a running stage took of AWS, by its own metrics."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from earshot_ops import chalice_configuration

GB = 1024**3
_HOUR = 3600
_OF_A_QUEUE = ("Sent", "Received", "Deleted")


class Asked(NamedTuple):
    """A metric, what it is in the table of prices (or ``posts``, ``deliveries``), and how many of
    that one of its own stands for."""

    usage: str
    namespace: str
    metric: str
    dimensions: Mapping[str, str]
    factor: float = 1


@dataclass(frozen=True)
class Took:
    """``usage`` is named as in the table of prices. ``guessed`` names what CloudWatch did not tell
    and deliveries stand for."""

    posts: float
    deliveries: float
    usage: dict[str, float]
    guessed: tuple[str, ...] = ()


def ask(cloudwatch: Any, asked: list[Asked], *, start: datetime, end: datetime) -> dict[str, float]:
    """Sums by usage; what no metric tells of is left out."""
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[_query(number, one) for number, one in enumerate(asked)],
        StartTime=start,
        EndTime=end,
    )
    sums: defaultdict[str, float] = defaultdict(float)
    for page in pages:
        for result in page["MetricDataResults"]:
            one = asked[int(result["Id"].removeprefix("m"))]
            if result["Values"]:
                sums[one.usage] += one.factor * sum(result["Values"])
    return dict(sums)


def _query(number: int, asked: Asked) -> dict[str, Any]:
    dimensions = [{"Name": name, "Value": value} for name, value in asked.dimensions.items()]
    metric = {
        "Namespace": asked.namespace,
        "MetricName": asked.metric,
        "Dimensions": dimensions,
    }
    stat = {"Metric": metric, "Period": _HOUR, "Stat": "Sum"}
    return {"Id": f"m{number}", "MetricStat": stat, "ReturnData": True}


def took(sums: Mapping[str, float]) -> Took:
    """CloudWatch counts the requests of a bucket only where that is switched on; else each delivery
    stands for one object that was written and read."""
    usage = {name: amount for name, amount in sums.items() if name not in {"posts", "deliveries"}}
    deliveries = sums.get("deliveries", 0.0)
    guessed = tuple(name for name in ("s3_puts", "s3_gets") if name not in usage and deliveries)
    usage |= dict.fromkeys(guessed, deliveries)
    return Took(sums.get("posts", 0.0), deliveries, usage, guessed)


def metrics_of(stage: str, *, table: str, bucket: str) -> list[Asked]:
    """Everything that this stage is charged for by use and that CloudWatch counts."""
    return [
        *_own(stage),
        *_lambdas(stage),
        *_gateway(stage),
        *_queues(stage),
        *_data(table, bucket),
    ]


def _own(stage: str) -> Iterator[Asked]:
    for usage, metric, app in (
        ("posts", "post_understood", "enrich"),
        ("deliveries", "delivery_accepted", "ingest"),
        ("ses_mails", "mail_sent", "alerts"),
    ):
        yield Asked(usage, f"Earshot/{stage}", metric, {"service": app})


def _lambdas(stage: str) -> Iterator[Asked]:
    for name, configured in chalice_configuration.read().lambdas().items():
        function = f"earshot-{stage}-{name}"
        of = {"FunctionName": function}
        gb = configured.memory_mb / 1024
        yield Asked("lambda_requests", "AWS/Lambda", "Invocations", of)
        yield Asked("lambda_gb_seconds", "AWS/Lambda", "Duration", of, gb / 1000)
        group = {"LogGroupName": f"/aws/lambda/{function}"}
        yield Asked("log_gb", "AWS/Logs", "IncomingBytes", group, 1 / GB)


def _gateway(stage: str) -> Iterator[Asked]:
    for app in ("ingest", "alerts"):
        yield Asked("api_requests", "AWS/ApiGateway", "Count", {"ApiName": app, "Stage": stage})


def _queues(stage: str) -> Iterator[Asked]:
    """A message stands for a request of each kind, though Lambda takes and deletes several with
    one: the upper bound."""
    for name, usage in (
        ("deliveries", "sqs_requests"),
        ("inbox", "sqs_requests"),
        ("mentions.fifo", "sqs_fifo_requests"),
    ):
        of = {"QueueName": f"earshot-{stage}-{name}"}
        for done in _OF_A_QUEUE:
            yield Asked(usage, "AWS/SQS", f"NumberOfMessages{done}", of)
        yield Asked(usage, "AWS/SQS", "NumberOfEmptyReceives", of)


def _data(table: str, bucket: str) -> Iterator[Asked]:
    for of in ({"TableName": table}, {"TableName": table, "GlobalSecondaryIndexName": "due"}):
        for usage, kind in (("dynamodb_reads", "Read"), ("dynamodb_writes", "Write")):
            yield Asked(usage, "AWS/DynamoDB", f"Consumed{kind}CapacityUnits", of)
    whole = {"BucketName": bucket, "FilterId": "EntireBucket"}
    for usage, metric in (("s3_puts", "PutRequests"), ("s3_gets", "GetRequests")):
        yield Asked(usage, "AWS/S3", metric, whole)
