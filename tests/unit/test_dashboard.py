"""The dashboard shows what there is, along the way of the data, and nothing over anything else."""

import itertools
import json
import re
from typing import Any

from earshot_ops import chalice_configuration, dashboard, templates
from earshot_ops.chalice_configuration import ROOT

WIDGETS = dashboard.widgets()
METRICS: list[list[Any]] = [m for one in WIDGETS for m in one["properties"]["metrics"]]


def of(namespace: str) -> list[list[Any]]:
    return [metric for metric in METRICS if metric[0] == namespace]


def test_its_body_is_json_with_names_of_the_stage() -> None:
    sub = dashboard.resource()["Properties"]["DashboardBody"]["Fn::Sub"]
    assert json.loads(sub[0]) == {"widgets": WIDGETS}
    named = set(re.findall(r"\$\{([^}]+)\}", sub[0]))
    assert named == {"AWS::Region", "Stage", "Table"}


def test_nothing_lies_over_anything_else_and_all_fits_the_grid() -> None:
    places = [
        (x, y)
        for one in WIDGETS
        for x in range(one["x"], one["x"] + one["width"])
        for y in range(one["y"], one["y"] + one["height"])
    ]
    assert len(places) == len(set(places))
    assert max(x for x, _ in places) < 24


def test_the_steps_are_in_the_order_of_the_data() -> None:
    first_row = [one for one in WIDGETS if one["y"] == 0]
    titles = [one["properties"]["title"] for one in sorted(first_row, key=lambda one: one["x"])]
    assert titles == [step.title for step in dashboard.STEPS]
    for left, right in itertools.pairwise(first_row):
        assert left["x"] < right["x"]


def test_every_metric_of_ours_is_one_that_the_runbook_knows() -> None:
    known = (ROOT / "docs/runbook.md").read_text("utf-8")
    events = set(re.findall(r"`…(_[a-z]+)`", known))
    told = {name for _, name, *_ in of("Earshot/${Stage}")}
    unknown = {name for name in told if f"`{name}`" not in known}
    assert {name for name in unknown if f"_{name.rpartition('_')[2]}" not in events} == set()


def test_every_function_and_queue_is_there() -> None:
    lambdas = chalice_configuration.read().lambdas()
    assert {m[3].removeprefix("earshot-${Stage}-") for m in of("AWS/Lambda")} <= set(lambdas)
    resources = templates.load(ROOT / "infra/data.yaml")["Resources"].values()
    queues = [r["Properties"]["QueueName"] for r in resources if r["Type"] == "AWS::SQS::Queue"]
    assert {metric[3] for metric in of("AWS/SQS")} <= {name["Fn::Sub"] for name in queues}
