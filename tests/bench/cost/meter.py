"""Counts what each Lambda asks of AWS, and how long it would be billed."""

import io
import json
import logging
import math
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from typing import Any, TypeVar

from earshot_ops import chalice_configuration
from tests.bench.cost import assumptions
from tests.bench.cost.capacity import Touched, read_units, touched
from tests.standin import Call, StandIn
from tests.standin.queries import READ_BYTES
from tests.standin.wire import Reply

STAGES = {
    "receive_webhook": "receive",
    "poll_sources": "receive",
    "understand_posts": "understand",
    "decide_signals": "decide",
}
"""What other Lambdas do belongs to the alerts."""

T = TypeVar("T")


@dataclass
class Spent:
    """``usage`` is named as in the table of prices, ``calls`` by service and operation; ``sent``
    and ``received`` are bytes of bodies."""

    usage: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    received: int = 0


class Meter:
    """Whatever is asked of the stand-in while a Lambda is `invoked`; nothing beside that."""

    def __init__(self, standin: StandIn) -> None:
        self.spent: defaultdict[str, Spent] = defaultdict(Spent)
        self._standin = standin
        self._configured = chalice_configuration.read().lambdas()
        self._stage: str | None = None
        self._touched: list[Touched] = []
        self._log = _Lines()
        self._began = self._away = self._waited = 0.0
        standin.before.insert(0, self._before)
        standin.answered.append(self._answered)

    def invoked(self, name: str, work: Callable[[], T], *, waits_ms: float = 0) -> T:
        """What the work returns, as done by the Lambda of this name; ``waits_ms`` is what it waits
        for others than AWS."""
        self._stage = STAGES.get(name, "alerts")
        self._away, self._waited = 0.0, waits_ms
        self._log.reset()
        began = time.process_time()
        with redirect_stdout(self._log):
            answer = work()
        seconds = time.process_time() - began - self._away
        self._bill(self._configured[name].memory_mb, seconds)
        self._stage = None
        return answer

    def queue_batch(self, name: str, queue: str) -> None:
        """What Lambda asks the queue for one batch: to receive it, and to delete it."""
        self.spent[STAGES[name]].usage[queue] += 2

    def _bill(self, memory_mb: int, seconds: float) -> None:
        assert self._stage
        usage = self.spent[self._stage].usage
        milliseconds = assumptions.billed_ms(memory_mb, seconds, self._waited)
        usage["lambda_requests"] += 1
        usage["lambda_gb_seconds"] += memory_mb / 1024 * milliseconds / 1000
        usage["log_gb"] += self._log.bytes_taken / assumptions.GB

    def _before(self, call: Call) -> None:
        self._began = time.process_time()
        self._touched = []
        if self._stage and call.service == "dynamodb":
            self._touched = touched(self._standin.dynamodb, call.operation, call.json())

    def _answered(self, call: Call, reply: Reply) -> None:
        if self._stage:
            spent = self.spent[self._stage]
            spent.calls[f"{call.service}.{call.operation}"] += 1
            spent.sent += _size(call)
            spent.received += len(reply.body)
            for name, amount in self._used(call, reply).items():
                spent.usage[name] += amount
            self._waited += assumptions.wait_ms(call.service, call.operation)
        self._away += time.process_time() - self._began

    def _used(self, call: Call, reply: Reply) -> dict[str, float]:
        if call.service == "dynamodb":
            return self._units(call, reply)
        if call.service == "s3":
            return {"s3_gets" if call.operation in {"GetObject", "HeadObject"} else "s3_puts": 1}
        if call.service == "sqs":
            is_fifo = "MessageGroupId" in call.json()
            return {"sqs_fifo_requests" if is_fifo else "sqs_requests": _chunks(call)}
        return {"sesv2": {"ses_mails": 1.0}, "secrets-manager": {"secret_calls": 1.0}}[call.service]

    def _units(self, call: Call, reply: Reply) -> dict[str, float]:
        is_query = call.operation in {"Query", "Scan"}
        read_bytes = json.loads(reply.body).get(READ_BYTES, 0) if is_query else 0
        request = call.json()
        read = read_units(self._standin.dynamodb, call.operation, request, read_bytes=read_bytes)
        return {"dynamodb_reads": read, "dynamodb_writes": sum(one.units for one in self._touched)}


def _size(call: Call) -> int:
    """Of the body, which may be a stream that was read."""
    told = call.header("X-Amz-Decoded-Content-Length") or call.header("Content-Length")
    return int(told) if told else len(call.body())


def _chunks(call: Call) -> int:
    """SQS counts a request for every 64 KB."""
    return math.ceil(len(call.body()) / (64 * 1024))


class _Lines(io.TextIOBase):
    """As CloudWatch Logs counts: each event weighs 26 bytes more than its text, and Lambda writes
    lines of its own (START, END, REPORT)."""

    bytes_taken = 0

    def reset(self) -> None:
        self.bytes_taken = assumptions.OWN_LOG_BYTES

    def write(self, text: str) -> int:
        self.bytes_taken += len(text.encode()) + assumptions.LOG_EVENT_BYTES * text.count("\n")
        return len(text)


@contextmanager
def logging_to_output() -> Iterator[None]:
    """Loggers write to whatever the standard output is at that moment, as it is in Lambda."""
    handlers = [h for h in _handlers() if isinstance(h, logging.StreamHandler)]
    streams = [handler.setStream(_Now()) for handler in handlers]
    try:
        yield
    finally:
        for handler, stream in zip(handlers, streams, strict=True):
            if stream is not None:
                handler.setStream(stream)


def _handlers() -> Iterator[Any]:
    seen: set[int] = set()
    for logger in logging.root.manager.loggerDict.values():
        for handler in getattr(logger, "handlers", ()):
            if id(handler) not in seen:
                seen.add(id(handler))
                yield handler


class _Now(io.TextIOBase):
    def write(self, text: str) -> int:
        return sys.stdout.write(text)
