"""How long a mail takes, from what it is made of to the bytes that go to SES."""

import time
from collections.abc import Callable, Iterator

from earshot.aws.mailer import raw_message
from earshot.domain.mail import Mail, compose, compose_digest
from tests.bench.figures import Figure
from tests.bench.measured import Measured
from tests.unit.domain import mail_examples

MAILS, ROUNDS = 200, 5
SENDER = "alerts@earshot.example"


def measure() -> Iterator[Measured | Figure]:
    yield _figure("an alert rendered", lambda: compose(mail_examples.ALERT))
    yield _figure("a digest rendered", lambda: compose_digest(mail_examples.FULL))
    yield _figure(
        "an alert rendered, as the bytes for SES",
        lambda: raw_message(compose(mail_examples.ALERT), SENDER),
    )


def _figure(name: str, render: Callable[[], Mail | bytes]) -> Figure:
    render()  # compiles the templates
    return Figure(name, "ms", tuple(_milliseconds(render) for _ in range(ROUNDS)))


def _milliseconds(render: Callable[[], Mail | bytes]) -> float:
    begun = time.process_time()
    for _ in range(MAILS):
        render()
    return (time.process_time() - begun) / MAILS * 1_000
