"""From a signed webhook to an accepted mail, on the embedded AWS: its times, not the product's."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

from earshot_ops import deployment
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.embedded_aws import EmbeddedAws
from tests.bench.figures import Figure
from tests.conftest import MAIL_FROM, Stack
from tests.e2e.furnishing import furnish
from tests.e2e.town import Town
from tests.e2e.waiting import until

POSTS = 22
WARM_UP = 2
"""Posts until every Lambda on the way has a worker."""


def measure() -> Iterator[Figure]:
    """One post after the other, each for another seller: no thread or budget is in the way."""
    with _town() as town:
        samples = sorted([_seconds(town) for _ in range(POSTS)][WARM_UP:])
    p95 = samples[min(len(samples) - 1, round(0.95 * len(samples)))]
    yield Figure("webhook to accepted mail, the emulator's", "s", tuple(samples))
    yield Figure("the same, 95th percentile", "s", (p95,))


def _seconds(town: Town) -> float:
    post = town.post("generic")
    started = time.perf_counter()
    town.say(town.envelope(post))
    until(lambda: town.mails_of(post), "the mail is accepted", pause=0.01)
    return time.perf_counter() - started


@contextmanager
def _town() -> Iterator[Town]:
    folder = ROOT / "build/bench"
    choices = deployment.Choices(mail_from=MAIL_FROM)
    try:
        with EmbeddedAws(folder, enforce_policies=True) as aws:
            made = deployment.deploy("local", aws.access, choices, say=lambda _: None)
            yield furnish(Stack(aws=aws, deployed=made, feed_port=0))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
