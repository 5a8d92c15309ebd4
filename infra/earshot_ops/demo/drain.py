"""Wait until nothing is on its way any more."""

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from earshot_ops.errors import OperationError
from earshot_ops.target import Target

_SCHEDULED = {
    "version": "0",
    "id": "00000000-0000-4000-8000-000000000000",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "time": "2026-01-01T00:00:00Z",
    "region": "us-east-1",
    "resources": [],
    "detail": {},
}
_COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]


@dataclass(frozen=True)
class Waiting:
    """How much lies in each queue, by its name, and how many alerts are due."""

    queued: dict[str, int]
    due: int

    @property
    def dead(self) -> int:
        return sum(count for name, count in self.queued.items() if "dlq" in name)

    @property
    def moving(self) -> int:
        return sum(self.queued.values()) - self.dead


def look(target: Target) -> Waiting:
    queued = {}
    for name, url in target.queues.items():
        answer: Any = target.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=_COUNTS)  # type: ignore[arg-type]
        queued[name] = sum(int(answer["Attributes"][count]) for count in _COUNTS)
    return Waiting(queued=queued, due=len(list(target.outbox.due(datetime.now(UTC)))))


def invoke(target: Target, function: str) -> Any:
    """What a scheduled Lambda returns that is run now; ``OperationError`` when it fails."""
    client = target.access.client("lambda")
    name = f"earshot-{target.stage}-{function}"
    answer = client.invoke(FunctionName=name, Payload=json.dumps(_SCHEDULED))
    said = json.loads(answer["Payload"].read() or b"{}")
    if "FunctionError" in answer:
        raise OperationError(f"{function} failed: {said.get('errorMessage', 'no reason given')}")
    return said


def drained(target: Target, *, within: float = 90.0) -> None:
    """Returns once the queues were empty and nothing was due at two looks in a row."""
    ends = time.monotonic() + within
    quiet = 0
    while quiet < 2:
        waiting = look(target)
        if waiting.dead:
            raise OperationError(f"{waiting.dead} messages ended in a dead-letter queue")
        if not waiting.moving and waiting.due:
            invoke(target, "sweep_outbox")
        quiet = quiet + 1 if not (waiting.moving or waiting.due) else 0
        if time.monotonic() > ends:
            raise OperationError(
                f"after {within:.0f} s there are still {waiting.moving} messages queued and "
                f"{waiting.due} alerts due"
            )
        time.sleep(0.5)
