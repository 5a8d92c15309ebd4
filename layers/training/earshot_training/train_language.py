"""The letters that tell languages: a naive Bayes model over hashed letters within words."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from earshot.domain.language import buckets_of, words_of

BITS = 16
# In steps of the quantised weights: below it, the two likeliest languages are as good as equal.
LEAST_LEAD = 6
_SMOOTHING = 0.2
_STEP = 14


@dataclass(frozen=True)
class Letters:
    languages: tuple[str, ...]
    rows: bytes


def fit(known: Sequence[dict[str, Any]]) -> Letters:
    """Logarithms of how often a language has the letters, against the average of all."""
    languages = tuple(sorted({row["lang"] for row in known}))
    counts = [[0.0] * (1 << BITS) for _ in languages]
    for row in known:
        table = counts[languages.index(row["lang"])]
        for word in words_of(row["text"]):
            for bucket in buckets_of(word, 1 << BITS):
                table[bucket] += 1
    totals = [sum(table) + _SMOOTHING * (1 << BITS) for table in counts]
    packed = bytearray()
    for bucket in range(1 << BITS):
        shares = [
            log((table[bucket] + _SMOOTHING) / total)
            for table, total in zip(counts, totals, strict=True)
        ]
        middle = sum(shares) / len(shares)
        packed.extend(_byte(share - middle) for share in shares)
    return Letters(languages, bytes(packed))


def _byte(value: float) -> int:
    return min(255, max(0, 128 + round(value * _STEP)))
