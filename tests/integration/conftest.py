"""A table, a bucket and queues of its own for each test, on the embedded AWS."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from earshot.aws import clients
from earshot.flows import decide_signals, erase, reconcile, understand_posts
from earshot.settings import settings
from earshot_ops import templates
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.embedded_aws import EmbeddedAws
from tests.house import House

_TABLE = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")


def make_table(aws: EmbeddedAws, name: str) -> None:
    """As the data stack describes it."""
    wanted = templates.load(ROOT / "infra/data.yaml")["Resources"]["Table"]["Properties"]
    aws.client("dynamodb").create_table(TableName=name, **{key: wanted[key] for key in _TABLE})


@pytest.fixture
def make_house(
    aws_environment: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], House]]:
    """Makes an empty stage without Lambdas, and moves the flows' settings into it."""

    def make() -> House:
        name = f"earshot-{uuid.uuid4().hex[:12]}"
        make_table(aws_environment, name)
        aws_environment.client("s3").create_bucket(Bucket=name)
        secret = aws_environment.client("secretsmanager").create_secret(
            Name=f"{name}/tombstones", SecretString="of this test"
        )
        for variable, value in _settings(aws_environment, name, secret["ARN"]).items():
            monkeypatch.setenv(variable, value)
        settings.cache_clear()
        _forget()
        return House(clients.table(name), clients.s3(), name)

    yield make
    _forget()


@pytest.fixture
def house(make_house: Callable[[], House]) -> House:
    """One empty stage; tests call the flows themselves."""
    return make_house()


def _settings(aws: EmbeddedAws, name: str, secret: str) -> dict[str, str]:
    sqs = aws.client("sqs")
    fifo = {"FifoQueue": "true"}
    return {
        "POWERTOOLS_METRICS_NAMESPACE": "Earshot",
        "POWERTOOLS_SERVICE_NAME": "test",
        "EARSHOT_STAGE": "test",
        "EARSHOT_TABLE": name,
        "EARSHOT_BUCKET": name,
        "EARSHOT_DELIVERIES_QUEUE_URL": _queue(sqs, f"{name}-d"),
        "EARSHOT_DELIVERIES_DLQ_URL": _queue(sqs, f"{name}-dd"),
        "EARSHOT_MENTIONS_QUEUE_URL": _queue(sqs, f"{name}-m.fifo", fifo),
        "EARSHOT_MENTIONS_DLQ_URL": _queue(sqs, f"{name}-md.fifo", fifo),
        "EARSHOT_SECRET_PREFIX": f"{name}/connections/",
        "EARSHOT_TOMBSTONE_SECRET": secret,
        "EARSHOT_CONFIGURATION_SET": "earshot",
        "EARSHOT_MAIL_FROM": "alerts@earshot.example",
    }


def _queue(sqs: Any, name: str, attributes: dict[str, str] | None = None) -> str:
    return str(sqs.create_queue(QueueName=name, Attributes=attributes or {})["QueueUrl"])


def _forget() -> None:
    """What the flows keep for the life of a container."""
    for made in (
        understand_posts.artifact,
        understand_posts.mentions_queue,
        understand_posts.dead_letters,
        decide_signals.dead_letters,
        decide_signals.joining,
        reconcile.reconciling,
        erase.eraser,
    ):
        made.cache_clear()
