"""One boto3 client per service and container, built on first use.

Time-outs are short because every caller is retried from outside; botocore's own retries stay on
for throttles.
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
    connect_timeout=3, read_timeout=10, retries={"mode": "standard", "max_attempts": 4}
)
_MAIL_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"max_attempts": 0})


@cache
def dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb", config=_CONFIG)


@cache
def table(name: str) -> "Table":
    return boto3.resource("dynamodb", config=_CONFIG).Table(name)


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
