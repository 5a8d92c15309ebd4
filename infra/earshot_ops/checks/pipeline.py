"""Is everything deployed, and does it flow?"""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from earshot_ops.checks.finding import Finding, fail, ok, warn
from earshot_ops.deployment import stack_name
from earshot_ops.target import Target

PARTS = ("data", "layer", "ingest", "enrich", "alerts")
BACKLOG = 1_000


def check_stacks(target: Target) -> Iterator[Finding]:
    cloudformation = target.access.client("cloudformation")
    deploy = f"make deploy STAGE={target.stage}"
    for part in PARTS:
        name = stack_name(target.stage, part)
        status = _status(cloudformation, name)
        if status is None:
            yield fail(f"stack {name}", "is not there", f"deploy it: {deploy}")
        elif status.endswith("_IN_PROGRESS"):
            yield warn(f"stack {name}", status, "wait until the deployment ends")
        elif status in {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}:
            yield ok(f"stack {name}", status)
        else:
            yield fail(f"stack {name}", status, f"see its events, then: {deploy}")


def _status(cloudformation: Any, name: str) -> str | None:
    try:
        stacks = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return None
        raise
    return str(stacks[0]["StackStatus"])


def check_queues(target: Target) -> Iterator[Finding]:
    for name, url in target.queues.items():
        answer = target.sqs.get_queue_attributes(
            QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        waiting = int(answer["Attributes"]["ApproximateNumberOfMessages"])
        what, detail = f"queue {name}", f"{waiting} messages"
        if "-dlq" in name and waiting:
            yield fail(what, detail, "earshot letters; see the runbook, dead letters")
        elif waiting > BACKLOG:
            yield warn(what, detail, "look for throttles and errors of the function that reads it")
        else:
            yield ok(what, detail)


def check_alarms(target: Target) -> Iterator[Finding]:
    pages = target.access.client("cloudwatch").get_paginator("describe_alarms")
    prefix = f"earshot-{target.stage}-"
    alarms = [
        alarm for page in pages.paginate(AlarmNamePrefix=prefix) for alarm in page["MetricAlarms"]
    ]
    ringing = [alarm for alarm in alarms if alarm["StateValue"] == "ALARM"]
    for alarm in ringing:
        told = alarm.get("AlarmDescription", "")
        yield fail(f"alarm {alarm['AlarmName']}", told, "see the runbook, alarms")
    if not alarms:
        yield warn("alarms", "there are none", f"make deploy STAGE={target.stage}")
    elif not ringing:
        yield ok("alarms", f"none of {len(alarms)} rings")
