"""A delivery that its source has to accept, and all that it has to refuse because of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from earshot.errors import SignatureError
from earshot.sources import catalog
from earshot_ops.payloads.signing import MULTIPART, Scheme, Signed, signed
from earshot_ops.payloads.tampering import tampered
from earshot_ops.payloads.wrapping import Sent

ACCEPTED = "accepted"

_STALE = timedelta(days=30)


class Verdicts(Counter[tuple[str, str]]):
    """By scheme and what was changed: how often it was refused; and how often it was accepted."""


class FailedError(Exception):
    """What a source did that it must not do, in words that repeat nothing of the payload."""


def proven(sent: Sent, scheme: Scheme, *, now: datetime, verdicts: Verdicts) -> Signed:
    """The delivery as signed. ``FailedError`` unless it is accepted while another secret is live
    too, and refused with any bit changed, by another secret alone, and a month later."""
    verify = catalog.webhook(sent.source).verify
    (ours, typed), (_, another) = scheme.new_secrets(), scheme.new_secrets()
    delivery = _signed(sent, scheme, ours, now=now)
    with failing("verify"):
        verify(delivery.headers, delivery.body, secrets=(another, typed), now=now)
    verdicts[scheme.name, ACCEPTED] += 1

    for what, (changed, secret, at) in _forgeries(delivery, scheme, (typed, another), now=now):
        check = partial(verify, changed.headers, changed.body, secrets=(secret,), now=at)
        if not refused(check):
            raise FailedError(f"verify: accepted with another {what}")
        verdicts[scheme.name, what] += 1
    return delivery


def _forgeries(
    delivery: Signed, scheme: Scheme, secrets: tuple[bytes, bytes], *, now: datetime
) -> Iterator[tuple[str, tuple[Signed, bytes, datetime]]]:
    """What is another than it was; the delivery, the one live secret and the clock then."""
    typed, another = secrets
    for what, changed in tampered(delivery, with_body=scheme.covers_body):
        yield what, (changed, typed, now)
    yield "secret", (delivery, another, now)
    if "timestamp" in delivery.proofs:
        yield "month", (delivery, typed, now + _STALE)


def refused(check: Callable[[], object]) -> bool:
    """Whether it raised as a refusal may; ``FailedError`` when it raised something else."""
    with failing("verify"):
        try:
            check()
        except (SignatureError, ValueError, KeyError):
            return True
    return False


@contextmanager
def failing(step: str) -> Iterator[None]:
    """Whatever is raised is a ``FailedError`` that names the step and the type."""
    try:
        yield
    except FailedError:
        raise
    except Exception as error:
        raise FailedError(f"{step}: {type(error).__name__}") from error


def _signed(sent: Sent, scheme: Scheme, secret: bytes, *, now: datetime) -> Signed:
    with failing("signing"):
        if sent.headers.get("content-type") == MULTIPART:
            made = signed(sent.source, sent.body, secret, now=now, content_type=MULTIPART)
        else:
            made = scheme.sign(sent.body, secret, now)
    return Signed({**sent.headers, **made.headers}, made.body, made.proofs)
