"""One configuration of all apps and stages, and nothing else in it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from earshot_ops import chalice_configuration
from earshot_ops.errors import ConfigurationFileError

Change = Callable[[dict[str, Any]], object]


def _write(folder: Path, change: Change) -> Path:
    value = json.loads((chalice_configuration.ROOT / "chalice.json").read_text(encoding="utf-8"))
    change(value)
    path = folder / "chalice.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda value: value.update(region="eu-west-1"), "region"),
        (lambda value: value["stages"]["prod"].update(log_levl="INFO"), "stages.prod.log_levl"),
        (
            lambda value: value["apps"]["alerts"]["settle_mail"].update(memory=128),
            "apps.alerts.settle_mail.memory",
        ),
        (lambda value: value["apps"].update(reports={}), "apps.reports"),
        (
            lambda value: value["stages"]["prod"].update(log_retention_days=8),
            "stages.prod.log_retention_days",
        ),
        (
            lambda value: value["apps"]["ingest"]["poll_sources"].update(timeout_s=901),
            "apps.ingest.poll_sources.timeout_s",
        ),
    ],
)
def test_what_it_does_not_know_is_refused_by_name(
    tmp_path: Path, change: Change, place: str
) -> None:
    with pytest.raises(ConfigurationFileError, match=place):
        chalice_configuration.read(_write(tmp_path, change))


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "chalice.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ConfigurationFileError, match="Invalid JSON"):
        chalice_configuration.read(path)


def test_an_unknown_stage_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ConfigurationFileError, match=r"no stage 'staging' .*local, dev, prod"):
        chalice_configuration.read().stage("staging")


def test_each_app_is_rendered_with_its_own_lambdas() -> None:
    rendered = chalice_configuration.render(chalice_configuration.read(), "ingest", stage="prod")
    assert rendered["stages"]["prod"] == {
        "api_gateway_stage": "prod",
        "lambda_architecture": "arm64",
        "log_retention_in_days": 90,
        "lambda_functions": {
            "api_handler": {
                "iam_policy_file": "policy-receive_webhook.json",
                "lambda_memory_size": 512,
                "lambda_timeout": 20,
            },
            "poll_sources": {
                "iam_policy_file": "policy-poll_sources.json",
                "lambda_memory_size": 512,
                "lambda_timeout": 120,
            },
            "renew_leases": {
                "iam_policy_file": "policy-renew_leases.json",
                "lambda_memory_size": 512,
                "lambda_timeout": 120,
            },
            "send_heartbeat": {
                "iam_policy_file": "policy-send_heartbeat.json",
                "lambda_memory_size": 512,
                "lambda_timeout": 60,
            },
            "watch_connections": {
                "iam_policy_file": "policy-watch_connections.json",
                "lambda_memory_size": 256,
                "lambda_timeout": 60,
            },
        },
    }
    assert rendered["autogen_policy"] is False
    assert rendered["layers"] == [{"Ref": "CoreLayerArn"}]


@pytest.mark.parametrize(
    ("machine", "architecture"),
    [("aarch64", "arm64"), ("arm64", "arm64"), ("x86_64", "x86_64")],
)
def test_the_local_stage_runs_on_what_the_host_is(
    monkeypatch: pytest.MonkeyPatch, machine: str, architecture: str
) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    local = chalice_configuration.read().stage("local")
    assert chalice_configuration.architecture(local) == architecture


def test_only_the_local_stage_may_reach_loopback() -> None:
    stages = chalice_configuration.read().stages
    assert {name for name, stage in stages.items() if stage.embedded} == {"local"}
