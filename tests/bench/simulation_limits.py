"""What AWS allows, and where it says so; read on 2026-11-28. docs/scale.md explains each."""

from dataclasses import dataclass

_AWS = "https://docs.aws.amazon.com/"
_SQS = _AWS + "AWSSimpleQueueService/latest/SQSDeveloperGuide/"

PARTITION_WRITES = 1_000
PARTITION_READS = 3_000


@dataclass(frozen=True, slots=True)
class Limit:
    """``is_quota``: AWS raises it when asked."""

    name: str
    value: int
    unit: str
    source: str
    is_quota: bool = False

    @property
    def told(self) -> str:
        return f"{self.value:,} {self.unit}{'*' if self.is_quota else ''}"


API_REQUESTS = Limit(
    "API Gateway, account and Region",
    10_000,
    "requests/s",
    _AWS + "apigateway/latest/developerguide/limits.html",
    is_quota=True,
)
CONCURRENCY = Limit(
    "Lambda, concurrent executions of the account",
    1_000,
    "executions",
    _AWS + "lambda/latest/dg/gettingstarted-limits.html",
    is_quota=True,
)
QUEUE_CONCURRENCY = Limit(
    "Lambda, MaximumConcurrency of a queue's event source",
    1_000,
    "executions",
    _AWS + "lambda/latest/dg/services-sqs-scaling.html",
)
FIFO_LOOKED_AT = Limit(
    "SQS FIFO, messages that are looked through for a free group",
    120_000,
    "messages",
    _SQS + "avoid-backlog-with-the-same-message-group-id.html",
)
TABLE_WRITES = Limit(
    "DynamoDB on demand, a table and its indexes, writes",
    40_000,
    "WRU/s",
    _AWS + "amazondynamodb/latest/developerguide/ServiceQuotas.html",
    is_quota=True,
)
TABLE_READS = Limit(
    "DynamoDB on demand, a table, reads",
    40_000,
    "RRU/s",
    _AWS + "amazondynamodb/latest/developerguide/ServiceQuotas.html",
    is_quota=True,
)
S3_PUTS = Limit(
    "S3, a partitioned prefix, PUT and DELETE",
    3_500,
    "requests/s",
    _AWS + "AmazonS3/latest/userguide/optimizing-performance.html",
)
