"""Kill Lambdas while they work. The embedded AWS runs each in a worker process of its own."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.conftest import Stack
from tests.e2e.waiting import until


def kill(stack: Stack, function: str) -> int:
    """SIGKILL for every worker of the function; how many there were."""
    pids = [pid for pid, line in stack.aws.workers().items() if _is_of(line, function)]
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return len(pids)


def _is_of(command_line: str, function: str) -> bool:
    return f"earshot-local-{function}" in command_line


def died_at_work(stack: Stack, function: str, *, since: int, within: float = 1.0) -> bool:
    """Whether an invocation ended with the death of its worker, by the log from there on; the
    embedded AWS notices a moment later."""
    of_function = f"Lambda earshot-local-{function} failed processing".encode()
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        lines = stack.aws.log.read_bytes()[since:].splitlines()
        if any(of_function in line and b"Worker process died" in line for line in lines):
            return True
        time.sleep(0.05)
    return False


@contextmanager
def held_back(stack: Stack, function: str) -> Iterator[None]:
    """Its event source waits, so that work heaps up: the function then has all of it at once."""
    client = stack.client("lambda")
    source = _event_source(client, function)
    client.update_event_source_mapping(UUID=source, Enabled=False)
    try:
        yield
    finally:
        client.update_event_source_mapping(UUID=source, Enabled=True)


def _event_source(client: Any, function: str) -> str:
    found = client.list_event_source_mappings(FunctionName=f"earshot-local-{function}")
    (mapping,) = found["EventSourceMappings"]
    return str(mapping["UUID"])


def kill_after(
    stack: Stack, function: str, *, progress: Callable[[], int], steps: int, delay: float
) -> None:
    """Kill it ``delay`` seconds after it has done that many steps of its work."""
    until(lambda: progress() >= steps, f"{function} has done {steps} steps", pause=0.001)
    time.sleep(delay)
    kill(stack, function)


@contextmanager
def visibility(stack: Stack, seconds: int) -> Iterator[None]:
    """What a dead consumer had taken is offered again after so long, not after six minutes."""
    sqs = stack.client("sqs")
    urls = [stack.deployed.outputs[f"{name}QueueUrl"] for name in ("Deliveries", "Mentions")]
    name = "VisibilityTimeout"
    before = {
        url: sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"]
        for url in urls
    }
    try:
        for url in urls:
            sqs.set_queue_attributes(QueueUrl=url, Attributes={name: str(seconds)})
        yield
    finally:
        for url in urls:
            sqs.set_queue_attributes(QueueUrl=url, Attributes=before[url])
