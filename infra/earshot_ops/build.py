"""Assemble `build/<stage>/`: the data template, the layer, and every app packaged by Chalice."""

import argparse
import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from earshot_ops import alarms, chalice_configuration, dashboard, layer, semantic_layer, templates
from earshot_ops.chalice_configuration import ROOT, AppName, ChaliceConfiguration
from earshot_ops.errors import BuildError, OperationError

INFRA = ROOT / "infra"


@contextmanager
def alone(stage: str) -> Iterator[None]:
    """Nobody else builds or deploys the stage from this clone meanwhile."""
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build" / f"{stage}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def build(stage: str, folder: Path | None = None) -> Path:
    """Everything that is deployed to one stage; the folder it lies in."""
    configuration = chalice_configuration.read()
    target = folder or ROOT / "build" / stage
    chosen = chalice_configuration.architecture(configuration.stage(stage))
    target.mkdir(parents=True, exist_ok=True)
    _write_json(target / "artifacts.json", templates.load(INFRA / "artifacts.yaml"))
    data = templates.load(INFRA / "data.yaml")
    data["Resources"]["Dashboard"] = dashboard.resource()
    _write_json(target / "data.json", data)
    _write_json(target / "layer.json", _layers(semantic=configuration.stage(stage).semantic))
    with ThreadPoolExecutor() as pool:
        made = [
            pool.submit(_package, configuration, app, stage=stage, target=target / app)
            for app in configuration.apps
        ]
        layer.build(target / "layer.zip", chosen)
        if configuration.stage(stage).semantic:
            semantic_layer.build(target / "semantic.zip", chosen)
        for one in made:
            one.result()
    return target


def _layers(*, semantic: bool) -> dict[str, Any]:
    template = templates.load(INFRA / "layer.yaml")
    if not semantic:
        return template
    return templates.deep_merge(template, templates.load(INFRA / "semantic_layer.merge.yaml"))


def _for_embedded_aws(policy: dict[str, Any]) -> dict[str, Any]:
    """ministack 1.5.33 asks whether ``SendEmail`` is allowed on ``*``, whoever sends, where AWS
    asks for the identity and the configuration set."""
    statements = [
        {**one, "Resource": "*"} if one["Sid"] == "SendMail" else one for one in policy["Statement"]
    ]
    return {**policy, "Statement": statements}


def visibilities(configuration: ChaliceConfiguration) -> dict[str, str]:
    """Parameters of the data stack. AWS wants the visibility time-out of a queue to be at least six
    times the function's: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"""
    lambdas = configuration.lambdas()
    return {
        "DeliveriesVisibility": str(6 * lambdas["understand_posts"].timeout_s),
        "MentionsVisibility": str(6 * lambdas["decide_signals"].timeout_s),
        "InboxVisibility": str(6 * lambdas["import_dropped"].timeout_s),
    }


def _package(
    configuration: ChaliceConfiguration, app: AppName, *, stage: str, target: Path
) -> None:
    shutil.rmtree(target, ignore_errors=True)
    project = target / "project"
    (project / ".chalice").mkdir(parents=True)
    shutil.copy(ROOT / "functions" / app / "app.py", project / "app.py")
    (project / "requirements.txt").touch()
    rendered = chalice_configuration.render(configuration, app, stage=stage)
    _write_json(project / ".chalice/config.json", rendered)
    for name in configuration.apps[app]:
        policy = templates.fill(templates.load(INFRA / "policies" / app / f"{name}.json"))
        if configuration.stage(stage).embedded:
            policy = _for_embedded_aws(policy)
        _write_json(project / ".chalice" / chalice_configuration.policy_file(name), policy)
    merge = target / "merge.json"
    _write_json(merge, _merge_template(configuration, app, stage=stage))
    _run_chalice(project, stage=stage, merge=merge, target=target)


def _merge_template(
    configuration: ChaliceConfiguration, app: AppName, *, stage: str
) -> dict[str, Any]:
    """What Chalice cannot say: shared parts, the app's own, then each function's."""
    lambdas = configuration.apps[app]
    ids = {name: chalice_configuration.logical_id(name, one) for name, one in lambdas.items()}
    merged: dict[str, Any] = {"Resources": alarms.of_functions(ids)}
    parts = ["every_app", app]
    if app == "enrich" and configuration.stage(stage).semantic:
        parts.append("semantic_enrich")
    if configuration.stage(stage).embedded and (INFRA / f"embedded_{app}.merge.yaml").exists():
        parts.append(f"embedded_{app}")
    for name in parts:
        merged = templates.deep_merge(merged, templates.load(INFRA / f"{name}.merge.yaml"))
    for name, logical_id in ids.items():
        function = {"Properties": {"FunctionName": f"earshot-${{Stage}}-{name}"}}
        merged = templates.deep_merge(merged, {"Resources": {logical_id: function}})
    variables = merged["Globals"]["Function"]["Environment"]["Variables"]
    variables["POWERTOOLS_SERVICE_NAME"] = app
    if configuration.stage(stage).embedded:
        merged["Parameters"]["LoopbackHosts"] = {"Type": "String", "Default": ""}
        variables["EARSHOT_LOOPBACK_HOSTS"] = {"Ref": "LoopbackHosts"}
    if most := configuration.stage(stage).consumers_at_most:
        _limit_consumers(merged, most)
    filled: dict[str, Any] = templates.fill(merged)
    return filled


def _limit_consumers(merged: dict[str, Any], most: int) -> None:
    """How many copies of a queue's consumer may start at once, where all share a few cores."""
    for resource in merged["Resources"].values():
        for event in resource.get("Properties", {}).get("Events", {}).values():
            if scaling := event["Properties"].get("ScalingConfig"):
                scaling["MaximumConcurrency"] = min(most, scaling["MaximumConcurrency"])


def _run_chalice(project: Path, *, stage: str, merge: Path, target: Path) -> None:
    """`chalice package` takes relative paths from the project, so all given here are absolute."""
    chalice = str(Path(sys.executable).parent / "chalice")
    command = [chalice, "package", "--stage", stage, "--merge-template", str(merge), str(target)]
    environment = {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
    }
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):  # packaging asks nothing of an account
        environment.pop(name, None)
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no output"]
        raise BuildError(f"chalice package of {target.name} failed: {last[0]}")


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")


def _report(stage: str, folder: Path, *, seconds: float) -> None:
    sizes = ", ".join(
        f"{archive.relative_to(folder)} {archive.stat().st_size / 1e6:.2f} MB"
        for archive in sorted([*folder.glob("*.zip"), *folder.glob("*/deployment.zip")])
    )
    print(f"build: {stage} in {seconds:.1f} s: {sizes}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="earshot_ops.build", description=__doc__)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--stage", help="one stage of chalice.json")
    choice.add_argument("--all", action="store_true", help="every stage of chalice.json")
    arguments = parser.parse_args()
    try:
        stages = chalice_configuration.read().stages if arguments.all else [arguments.stage]
        for stage in stages:
            started = time.monotonic()
            with alone(stage):
                folder = build(stage)
            _report(stage, folder, seconds=time.monotonic() - started)
    except OperationError as error:
        print(f"build: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
