"""Lambdas at work on a stand-in: any number of containers, on threads that take turns."""

import json
import logging
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from datetime import timedelta
from io import TextIOBase
from threading import local
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor

from tests.standin.event_sources import EventSource
from tests.standin.stand_in import StandIn
from tests.standin.turns import Turns

MOST_BETWEEN = timedelta(seconds=5)


class Killed(BaseException):
    """Raised by a hook: the container is gone, and nothing of it runs on."""


class Workers:
    """Each takes batches from whatever source has some, until nothing is left or hidden.

    Time passes from one invocation to the next, and to the end of a lease when all wait for one.
    ``metrics`` adds up what was counted. The one that is ``pushed``, as by SNS,
    waits for no other.
    """

    def __init__(
        self,
        standin: StandIn,
        sources: Sequence[EventSource],
        *,
        seed: int,
        stays: float = 0.0,
        pushed: EventSource | None = None,
    ) -> None:
        self.outcomes: Counter[str] = Counter()
        self.metrics: Counter[str] = Counter()
        self._standin = standin
        self._sources = sources
        self._pushed = pushed
        self._chance = random.Random(seed)
        self._turns = Turns(self._chance, stays=stays)
        self._busy = 0

    def run(self, count: int) -> None:
        self._standin.before.append(self._turns.pass_on)
        try:
            with separate_containers(self.metrics):
                self._turns.run([self._work] * count)
        finally:
            self._standin.before.remove(self._turns.pass_on)

    def _work(self) -> None:
        while True:
            if invocation := self._take():
                self._invoke(invocation)
            elif self._busy:
                self._turns.rest()
            elif not self._wait():
                return

    def _take(self) -> Callable[[], None] | None:
        first = [self._pushed] if self._pushed else []
        order = self._chance.sample(self._sources, len(self._sources))
        taken = (source.take() for source in (*first, *order))
        return next(filter(None, taken), None)

    def _invoke(self, invocation: Callable[[], None]) -> None:
        self._busy += 1
        self._standin.clock.advance(self._chance.random() * MOST_BETWEEN)
        try:
            invocation()
            self.outcomes["done"] += 1
        except Killed:
            self.outcomes["killed"] += 1
        except Exception as error:  # noqa: BLE001 (a Lambda that raises has its batch again later)
            self.outcomes[type(error).__name__] += 1
        finally:
            self._busy -= 1

    def _wait(self) -> bool:
        """False when nothing will come back."""
        returns = [moment for source in self._sources if (moment := source.next_return())]
        if not returns:
            return False
        clock = self._standin.clock
        clock.advance(max(min(returns) - clock.now(), timedelta(0)))
        return True


class _OwnOfThread(BatchProcessor, local):
    """A container runs one batch at a time, and Powertools' processor holds that batch."""


class _Metrics(TextIOBase):
    """Takes the lines of the embedded metric format in place of the output."""

    def __init__(self, metrics: Counter[str]) -> None:
        self._metrics = metrics

    def write(self, text: str) -> int:
        if text.startswith("{"):
            line = json.loads(text)
            for one in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
                self._metrics[one["Name"]] += int(sum(line[one["Name"]]))
        return len(text)


@contextmanager
def separate_containers(metrics: Counter[str]) -> Iterator[None]:
    """Every thread has its own state of the batch processors of all flows, nobody logs, and
    metrics are added up."""
    flows = [module for name, module in sys.modules.items() if name.startswith("earshot.flows.")]
    shared = [
        (m, m.processor) for m in flows if isinstance(vars(m).get("processor"), BatchProcessor)
    ]
    for module, processor in shared:
        vars(module)["processor"] = _own(processor)
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with redirect_stdout(_Metrics(metrics)):
            yield
    finally:
        logging.disable(level)
        for module, processor in shared:
            vars(module)["processor"] = processor


def _own(processor: Any) -> BatchProcessor:
    return _OwnOfThread(
        event_type=processor.event_type,
        raise_on_entire_batch_failure=processor.raise_on_entire_batch_failure,
    )
