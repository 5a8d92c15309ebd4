"""CloudFormation stacks by awscli's `package` and `deploy`, the same way on AWS and embedded."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from earshot_ops.aws_access import AwsAccess
from earshot_ops.errors import StackError

_AWS = str(Path(sys.executable).parent / "aws")
_BROKEN = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS", "DELETE_FAILED"}


def deploy(
    access: AwsAccess,
    stack: str,
    template: Path,
    *,
    parameters: Mapping[str, str],
    bucket: str = "",
) -> dict[str, str]:
    """Create or update one stack and return its outputs. With a ``bucket``, what the template
    points to on this disk is uploaded there first. Parameters not given keep their values."""
    _remove_stillborn(access, stack)
    if bucket:
        packaged = template.with_name(f"{template.stem}.packaged.json")
        files = ["--template-file", str(template), "--output-template-file", str(packaged)]
        _run(access, "package", *files, "--use-json", "--s3-bucket", bucket)
        template = packaged
    words = [
        "--stack-name",
        stack,
        "--template-file",
        str(template),
        "--no-fail-on-empty-changeset",
    ]
    words += ["--capabilities", "CAPABILITY_IAM"]
    if bucket:
        words += ["--s3-bucket", bucket]  # or else a template may have 51,200 bytes only
    if parameters:
        words += ["--parameter-overrides", *(f"{key}={value}" for key, value in parameters.items())]
    try:
        _run(access, "deploy", *words)
    except StackError as error:
        raise StackError(f"{stack}: {_first_reason(access, stack) or error}") from error
    return outputs(access, stack)


def exists(access: AwsAccess, stack: str) -> bool:
    """``StackError`` when AWS cannot be asked."""
    try:
        access.client("cloudformation").describe_stacks(StackName=stack)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationError":
            return False
        raise StackError(str(error)) from error
    except BotoCoreError as error:
        raise StackError(str(error)) from error
    return True


def outputs(access: AwsAccess, stack: str) -> dict[str, str]:
    """``StackError`` when there is no such stack."""
    try:
        found = access.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except (ClientError, BotoCoreError) as error:
        raise StackError(f"{stack}: {error}") from error
    return {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", ())}


def delete(access: AwsAccess, stack: str) -> None:
    """Remove one stack, and wait; nothing happens when there is none."""
    cloudformation = access.client("cloudformation")
    try:
        cloudformation.delete_stack(StackName=stack)
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=stack, WaiterConfig={"Delay": 2, "MaxAttempts": 450}
        )
    except (ClientError, BotoCoreError) as error:
        raise StackError(f"{stack}: {_first_reason(access, stack) or error}") from error


def _remove_stillborn(access: AwsAccess, stack: str) -> None:
    """A stack whose creation failed cannot be updated: it has to go first."""
    try:
        found = access.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except (ClientError, BotoCoreError):
        return  # there is none, or `deploy` will say better what is wrong
    if found["StackStatus"] in _BROKEN:
        delete(access, stack)


def _run(access: AwsAccess, action: str, *words: str) -> None:
    done = subprocess.run(
        [_AWS, "cloudformation", action, *words],
        env=access.process_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise StackError(said[-1].strip() if said else f"aws cloudformation {action} failed")


def _first_reason(access: AwsAccess, stack: str) -> str | None:
    """What failed first, in CloudFormation's own words."""
    try:
        events = access.client("cloudformation").describe_stack_events(StackName=stack)
    except (ClientError, BotoCoreError):
        return None
    for event in reversed(events["StackEvents"]):
        if event["ResourceStatus"].endswith("_FAILED"):
            return f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'failed')}"
    return None
