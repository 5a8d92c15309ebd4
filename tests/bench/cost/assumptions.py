"""What cannot be measured here, in one place; `docs/cost.md` says the same.

Billed time is processor time on the share of a vCPU that the memory brings, and waiting for AWS.
"""

import math

GB = 1024**3
VCPU_MB = 1_769
"""A Lambda of this memory has one vCPU: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""

VCPU_SPEED = 0.7
"""Of a Lambda's vCPU on arm64, to one core of a machine that measures."""

SIGNING_SECONDS = 0.0005
"""Processor time of a call that the stand-in leaves out: the signature and TLS."""

OWN_LOG_BYTES = 400
LOG_EVENT_BYTES = 26

_WAITS_MS = {
    "dynamodb": 4.0,
    "dynamodb.TransactWriteItems": 12.0,
    "s3": 25.0,
    "secrets-manager": 15.0,
    "sesv2": 60.0,
    "sqs": 8.0,
}
FETCH_MS = 400.0
"""For a page of a feed."""


def wait_ms(service: str, operation: str) -> float:
    """For the answer, from within the region."""
    return _WAITS_MS.get(f"{service}.{operation}", _WAITS_MS[service]) + SIGNING_SECONDS * 1000


def billed_ms(memory_mb: int, seconds: float, waited_ms: float) -> int:
    share = min(memory_mb / VCPU_MB, 1.0) * VCPU_SPEED
    return math.ceil(seconds * 1000 / share + waited_ms)
