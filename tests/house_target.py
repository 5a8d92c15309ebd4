"""The operator's command line, meant for a house."""

from collections.abc import Callable
from typing import Any

from typer.testing import CliRunner, Result

from earshot.settings import settings
from earshot_ops.cli import app
from earshot_ops.deployment import Deployed
from earshot_ops.target import Target
from tests.house import House

Earshot = Callable[..., Result]


def commands_on(target: Target) -> Earshot:
    def run(*words: str, given: str | None = None) -> Result:
        return CliRunner().invoke(app, words, input=given, obj=target, catch_exceptions=False)

    return run


def target_of(house: House, access: Any) -> Target:
    """``access`` gives clients: that of an embedded AWS, or a session of the stand-in."""
    names = settings()
    outputs = {
        "TableName": house.table.name,
        "BucketName": house.bucket,
        "DeliveriesQueueUrl": names.EARSHOT_DELIVERIES_QUEUE_URL,
        "DeliveriesDlqUrl": names.EARSHOT_DELIVERIES_DLQ_URL,
        "MentionsQueueUrl": names.EARSHOT_MENTIONS_QUEUE_URL,
        "MentionsDlqUrl": names.EARSHOT_MENTIONS_DLQ_URL,
        "InboxQueueUrl": names.EARSHOT_INBOX_DLQ_URL,
        "InboxDlqUrl": names.EARSHOT_INBOX_DLQ_URL,
        "TombstoneSecretArn": names.EARSHOT_TOMBSTONE_SECRET,
    }
    known = Deployed("test", "https://api.example/test/", outputs, names.model_dump())
    return Target("test", access, known)
