"""One boto3 client per service and container, built on first use.

A Lambda has a minute for some five hundred calls, and one call that hangs must not take the time of
the others: time-outs are a hundred times what a call takes, and no longer. Four tries in all, with
jitter (mode `standard`); `adaptive` would hold back all calls of a container for one hot partition.
What fails four times fails its record, which is retried from outside.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.service_resource import Table
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sqs import SQSClient

_CONFIG = Config(
    connect_timeout=1, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 4}
)
_TABLE_CONFIG = _CONFIG.merge(Config(read_timeout=2))
_MAIL_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 1})


@cache
def dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb", config=_TABLE_CONFIG)


@cache
def table(name: str) -> "Table":
    return boto3.resource("dynamodb", config=_TABLE_CONFIG).Table(name)


@cache
def s3() -> "S3Client":
    return boto3.client("s3", config=_CONFIG)


@cache
def sqs() -> "SQSClient":
    return boto3.client("sqs", config=_CONFIG)


@cache
def secrets_manager() -> "SecretsManagerClient":
    return boto3.client("secretsmanager", config=_CONFIG)


@cache
def ses() -> "SESV2Client":
    """No retries inside the client: only the outbox may decide to send a mail again."""
    return boto3.client("sesv2", config=_MAIL_CONFIG)
