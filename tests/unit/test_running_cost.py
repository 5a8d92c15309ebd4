"""What `earshot cost` makes of the metrics of a running stage."""

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from earshot_ops import chalice_configuration, prices, running_cost
from earshot_ops.aws_access import AwsAccess
from earshot_ops.cli import app
from earshot_ops.commands import cost
from earshot_ops.commands.exits import ExitCode
from earshot_ops.deployment import Deployed
from earshot_ops.target import Target

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)


class CloudWatch:
    """``values`` by namespace and metric; whatever else is asked has no data."""

    meta = SimpleNamespace(region_name="eu-central-1")

    def __init__(self, **values: list[float]) -> None:
        self.values = values

    def get_paginator(self, _: str) -> Any:
        return SimpleNamespace(paginate=self._paginate)

    def _paginate(self, MetricDataQueries: list[Any], **_: Any) -> Iterator[dict[str, Any]]:  # noqa: N803
        for half in (MetricDataQueries[:9], MetricDataQueries[9:]):
            yield {"MetricDataResults": [self._result(query) for query in half]}

    def _result(self, query: Any) -> dict[str, Any]:
        metric = query["MetricStat"]["Metric"]
        is_index = any(one["Value"] == "due" for one in metric["Dimensions"])
        name = metric["MetricName"] + "_of_index" * is_index
        return {"Id": query["Id"], "Values": self.values.get(name, [])}


class Access(AwsAccess):
    def client(self, service: str) -> Any:
        assert service == "cloudwatch"
        return CloudWatch(
            post_understood=[600.0, 400.0], delivery_accepted=[1_000.0], Count=[500.0]
        )

    def resource(self, _: str) -> Any:
        return SimpleNamespace(Table=lambda name: SimpleNamespace(name=name))


def target(access: AwsAccess) -> Target:
    outputs = {"TableName": "t", "BucketName": "b"}
    return Target("prod", access, Deployed("prod", "https://api.example/", outputs, {}))


def asked() -> list[running_cost.Asked]:
    return running_cost.metrics_of("prod", table="t", bucket="b")


def sums(**values: list[float]) -> dict[str, float]:
    return running_cost.ask(CloudWatch(**values), asked(), start=NOON, end=NOON)


def test_every_metric_has_a_price_and_one_call_may_ask_for_all() -> None:
    assert {one.usage for one in asked()} - {"posts", "deliveries"} <= prices.read().prices.keys()
    assert len(asked()) <= 500


def test_hours_and_functions_are_added_up_each_by_its_memory() -> None:
    found = sums(Duration=[1_000.0, 500.0], ConsumedWriteCapacityUnits=[7.0])
    gb = sum(one.memory_mb for one in chalice_configuration.read().lambdas().values()) / 1024
    assert found == {"lambda_gb_seconds": pytest.approx(1.5 * gb), "dynamodb_writes": 7.0}


def test_the_index_is_written_for_itself() -> None:
    found = sums(ConsumedWriteCapacityUnits=[7.0], ConsumedWriteCapacityUnits_of_index=[2.0])
    assert found == {"dynamodb_writes": 9.0}


def test_deliveries_stand_for_objects_only_where_nobody_counted_those() -> None:
    guessed = running_cost.took({"posts": 10.0, "deliveries": 4.0})
    assert guessed.guessed == ("s3_puts", "s3_gets")
    assert guessed.usage == {"s3_puts": 4.0, "s3_gets": 4.0}
    counted = running_cost.took({"deliveries": 4.0, "s3_puts": 9.0, "s3_gets": 2.0})
    assert (counted.guessed, counted.usage) == ((), {"s3_puts": 9.0, "s3_gets": 2.0})


def test_a_stage_is_told_what_a_thousand_posts_cost() -> None:
    result = CliRunner().invoke(app, ["cost"], obj=target(Access()))
    assert result.exit_code == ExitCode.OK
    assert "request of a REST API" in result.stdout
    assert "1,000 posts in 1,000 deliveries, 1 day" in result.stdout
    assert "prices of eu-central-1" in result.stdout
    assert "S3 is a guess" in result.stderr


def test_where_there_is_no_metric_there_is_no_table() -> None:
    told = cost.answer(running_cost.took({}), 1, "us-east-1")
    assert told["usage"] == {}
    assert told["usd_per_1000_posts"] is None
    assert "no metrics" in told["remarks"][0]
    foreign = cost.answer(running_cost.took({"ses_mails": 1_000.0}), 1, "ap-south-2")
    assert foreign["usd"] == pytest.approx(0.1)
    assert "ap-south-2" in foreign["remarks"][0]


def test_the_embedded_aws_has_none() -> None:
    embedded = AwsAccess(environment={"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    result = CliRunner().invoke(app, ["cost"], obj=target(embedded))
    assert result.exit_code == ExitCode.PROBLEMS
    assert "embedded AWS has no metrics" in result.stderr
