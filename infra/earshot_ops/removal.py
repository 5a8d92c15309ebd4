"""Remove a stage, its data only when told."""

from earshot_ops import stacks
from earshot_ops.aws_access import AwsAccess
from earshot_ops.deployment import APPS, Say, stack_name


def destroy(stage: str, access: AwsAccess, *, with_data: bool, say: Say) -> None:
    """Remove the apps and the layer's stack; the data only ``with_data``, and then for good."""
    for part in (*reversed(APPS), "layer"):
        say(f"removing {part}")
        stacks.delete(access, stack_name(stage, part))
    if with_data:
        say("removing the data")
        _destroy_data(stage, access)


def _destroy_data(stage: str, access: AwsAccess) -> None:
    """The stacks keep table, buckets and secrets when they go, so these are removed by name."""
    data = stacks.outputs(access, stack_name(stage, "data"))
    artifacts = stacks.outputs(access, stack_name(stage, "artifacts"))
    for part in ("data", "artifacts"):
        stacks.delete(access, stack_name(stage, part))
    access.client("dynamodb").delete_table(TableName=data["TableName"])
    for secret in ("TombstoneSecretArn", "ActionSecretArn"):
        access.client("secretsmanager").delete_secret(
            SecretId=data[secret], ForceDeleteWithoutRecovery=True
        )
    for bucket in (data["BucketName"], artifacts["ArtifactsBucketName"]):
        _remove_bucket(access, bucket)


def _remove_bucket(access: AwsAccess, bucket: str) -> None:
    s3 = access.client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        if objects := [{"Key": one["Key"]} for one in page.get("Contents", ())]:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})
    s3.delete_bucket(Bucket=bucket)
