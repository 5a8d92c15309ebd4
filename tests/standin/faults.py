"""What goes wrong between a Lambda and AWS: refusals, silence, and answers that never come."""

import json
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import local
from typing import Any
from unittest import mock

from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from earshot.aws import clients
from earshot_ops import chalice_configuration
from tests.standin.event_sources import Context, Event, Handler
from tests.standin.stand_in import StandIn
from tests.standin.wire import Call, Reply, ServiceError
from tests.standin.workers import Killed

THROTTLED, TIMED_OUT, RESET, FAILED, LOST = KINDS = (
    "throttled", "timed out", "reset", "failed", "lost",
)  # fmt: skip

# As each service says it: the pages on common errors of DynamoDB, S3, SQS, SES and Secrets Manager.
_THROTTLES = {
    "dynamodb": ("ProvisionedThroughputExceededException", 400),
    "s3": ("SlowDown", 503),
    "sqs": ("RequestThrottled", 403),
    "sesv2": ("TooManyRequestsException", 429),
    "secrets-manager": ("ThrottlingException", 400),
}
_FAILURES = (("InternalServerError", 500), ("InternalFailure", 502), ("ServiceUnavailable", 503))
_TORN = Reply(b"{", headers={"content-length": "1000"})
"""Of a body, after which the connection is closed."""

_CLIENTS = {
    "dynamodb": clients.dynamodb,
    "s3": clients.s3,
    "sqs": clients.sqs,
    "sesv2": clients.ses,
    "secrets-manager": clients.secrets_manager,
}


class Faults:
    """Strikes ``rate`` of all calls while it is `installed`, with every kind as often: the first
    four instead of the call, the last in place of the answer, when all is done; of an object that
    was read, a part may come.

    Waiting takes time, of the invocation that waits and, as ``beside`` others wait meanwhile, a
    part of it of all. An invocation that takes longer than its Lambda may is killed. `calls`
    counts all of them, ``met`` what was struck and how.
    """

    def __init__(self, aws: StandIn, *, rate: float, seed: int, beside: int = 1) -> None:
        self.calls = 0
        self.met: Counter[tuple[str, str]] = Counter()
        self.killed: Counter[str] = Counter()
        self._aws = aws
        self._rate = rate
        self._chance = random.Random(seed)
        self._beside = beside
        self._at = local()
        self._limits = _limits()

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Nobody really sleeps meanwhile, and pauses before retries are the same for the same
        seed."""
        random.seed(self._chance.random())
        self._aws.before.append(self._before)
        self._aws.after.append(self._after)
        try:
            with (
                mock.patch("time.sleep", self._wait),
                mock.patch("random.SystemRandom.random", self._chance.random),
            ):
                yield
        finally:
            self._aws.before.remove(self._before)
            self._aws.after.remove(self._after)

    def watched(self, handle: Handler) -> Handler:
        """``handle`` with the time that its Lambda has."""
        flow = handle.__module__.rpartition(".")[2]

        def run(event: Event, _: Any) -> dict[str, Any]:
            with self.within(flow):
                return handle(event, _TimeLeft(lambda: self._at.left))

        return run

    @contextmanager
    def within(self, flow: str) -> Iterator[None]:
        """An invocation of the Lambda of that name."""
        self._at.flow, self._at.left = flow, float(self._limits[flow])
        try:
            yield
        finally:
            self._at.left = math.inf

    def _before(self, call: Call) -> None:
        self.calls += 1
        is_struck = self._chance.random() < self._rate
        self._at.kind = self._chance.choice(KINDS) if is_struck else ""
        if is_struck:
            self.met[f"{call.service}.{call.operation}", self._at.kind] += 1
            if self._at.kind != LOST:
                self._strike(call, self._at.kind)

    def _after(self, call: Call) -> Reply | None:
        if self._at.kind != LOST:
            return None
        if call.operation == "GetObject" and self._chance.random() < 0.5:
            return _TORN
        self._strike(call, self._chance.choice((TIMED_OUT, RESET, FAILED)), is_sent=True)
        return None

    def _strike(self, call: Call, kind: str, *, is_sent: bool = False) -> None:
        if kind == THROTTLED:
            raise _throttle(call, self._chance)
        if kind == FAILED:
            code, status = self._chance.choice(_FAILURES)
            raise ServiceError(code, status=status)
        url = call.request.url
        if kind == RESET:
            closed = ConnectionClosedError(endpoint_url=url)
            refused = EndpointConnectionError(endpoint_url=url)
            raise closed if is_sent else self._chance.choice((closed, refused))
        config: Any = _CLIENTS[call.service]().meta.config
        if is_sent or self._chance.random() < 0.5:
            self._wait(config.read_timeout)
            raise ReadTimeoutError(endpoint_url=url)
        self._wait(config.connect_timeout)
        raise ConnectTimeoutError(endpoint_url=url)

    def _wait(self, seconds: float) -> None:
        at = vars(self._at)
        self._aws.clock.advance(timedelta(seconds=seconds / self._beside))
        self._at.left = at.get("left", math.inf) - seconds
        if self._at.left <= 0:
            self.killed[at["flow"]] += 1
            raise Killed


class _TimeLeft(Context):
    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self._seconds() * 1000)


def _throttle(call: Call, chance: random.Random) -> ServiceError:
    """A transaction is also told of it in the way in which it is told of conditions."""
    if call.operation == "TransactWriteItems" and chance.random() < 0.5:
        reasons = [{"Code": "None"} for _ in call.json()["TransactItems"]]
        reasons[chance.randrange(len(reasons))] = {"Code": "ThrottlingError"}
        text = json.dumps([reason["Code"] for reason in reasons])
        return ServiceError("TransactionCanceledException", text, CancellationReasons=reasons)
    code, status = _THROTTLES[call.service]
    return ServiceError(code, status=status)


def _limits() -> dict[str, int]:
    return {name: one.timeout_s for name, one in chalice_configuration.read().lambdas().items()}
