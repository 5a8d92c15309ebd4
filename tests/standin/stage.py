"""A stage without Lambdas, made as the data stack describes it, on any AWS that gives clients."""

import json
import sys
from typing import Any, Protocol

from earshot import settings as environment_settings
from earshot.aws import clients
from earshot_ops import templates
from earshot_ops.chalice_configuration import ROOT

_TABLE = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
VISIBILITY = "360"
"""Seconds; six times a minute: in the template it is a parameter."""

_FIFO = ("FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit")


class Aws(Protocol):
    def client(self, service: str) -> Any: ...


def _resources() -> dict[str, Any]:
    found: dict[str, Any] = templates.load(ROOT / "infra/data.yaml")["Resources"]
    return found


def make_table(aws: Aws, name: str) -> None:
    wanted = _resources()["Table"]["Properties"]
    aws.client("dynamodb").create_table(
        TableName=name,
        StreamSpecification={"StreamEnabled": True, **wanted["StreamSpecification"]},
        **{key: wanted[key] for key in _TABLE},
    )


def make_stage(aws: Aws, name: str) -> dict[str, str]:
    """The environment of its Lambdas."""
    make_table(aws, name)
    aws.client("s3").create_bucket(Bucket=name)
    secret, actions = (
        aws.client("secretsmanager").create_secret(
            Name=f"{name}/{kind}", SecretString="of this test"
        )["ARN"]
        for kind in ("tombstones", "actions")
    )
    queues = _Queues(aws.client("sqs"), name)
    return {
        "POWERTOOLS_METRICS_NAMESPACE": "Earshot",
        "POWERTOOLS_SERVICE_NAME": "test",
        "EARSHOT_STAGE": "test",
        "EARSHOT_TABLE": name,
        "EARSHOT_BUCKET": name,
        "EARSHOT_DELIVERIES_DLQ_URL": queues.make("DeliveriesDlq", "dd"),
        "EARSHOT_DELIVERIES_QUEUE_URL": queues.make("DeliveriesQueue", "d", dead="dd"),
        "EARSHOT_MENTIONS_DLQ_URL": queues.make("MentionsDlq", "md.fifo"),
        "EARSHOT_MENTIONS_QUEUE_URL": queues.make("MentionsQueue", "m.fifo", dead="md.fifo"),
        "EARSHOT_INBOX_DLQ_URL": queues.make("InboxDlq", "id"),
        "EARSHOT_SECRET_PREFIX": f"{name}/connections/",
        "EARSHOT_TOMBSTONE_SECRET": secret,
        "EARSHOT_ACTION_SECRET": actions,
        "EARSHOT_CONFIGURATION_SET": "earshot",
        "EARSHOT_MAIL_FROM": "alerts@earshot.example",
    }


class _Queues:
    def __init__(self, sqs: Any, stage: str) -> None:
        self._sqs = sqs
        self._stage = stage
        self._described = _resources()

    def make(self, resource: str, name: str, *, dead: str = "") -> str:
        """Its address."""
        wanted = self._described[resource]["Properties"]
        attributes = {key: _text(wanted[key]) for key in _FIFO if wanted.get(key)}
        if dead:
            attributes["VisibilityTimeout"] = VISIBILITY
            most = wanted["RedrivePolicy"]["maxReceiveCount"]
            target = f"arn:aws:sqs:us-east-1:000000000000:{self._stage}-{dead}"
            policy = {"deadLetterTargetArn": target, "maxReceiveCount": most}
            attributes["RedrivePolicy"] = json.dumps(policy)
        made = self._sqs.create_queue(QueueName=f"{self._stage}-{name}", Attributes=attributes)
        return str(made["QueueUrl"])


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def forget_container() -> None:
    """What a Lambda keeps for the life of its container: settings, clients, stores."""
    environment_settings.settings.cache_clear()
    _forget(clients)
    forget_flows()


def forget_flows() -> None:
    """Stores and what they read lately, but not clients, which take long to make."""
    for name, module in list(sys.modules.items()):
        if name.startswith("earshot.flows."):
            _forget(module)


def _forget(module: Any) -> None:
    for made in list(vars(module).values()):
        forget = getattr(made, "cache_clear", None)
        if forget and made.__module__ == module.__name__:
            forget()
