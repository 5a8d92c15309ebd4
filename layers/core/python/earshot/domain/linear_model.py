"""Many linear models over one set of hashed features, summed in one pass.

The weights of a feature for all heads are one row of bytes, each weight plus 128. A row is read as
one whole number, and numbers are added: every other byte is masked out, so that a byte has sixteen
bits to grow in and 256 rows fit before one lane would spill into the next.
"""

from collections.abc import Iterable, Sequence
from operator import add
from struct import Struct
from typing import NamedTuple

ZERO = 128
ROWS_PER_LANE = 256


class Lanes:
    """Sums of rows whose weights are bytes; an even number of heads."""

    def __init__(self, heads: int, rows: bytes) -> None:
        if heads % 2 or len(rows) % heads:
            raise ValueError("rows must be an even number of bytes wide")
        self.heads = heads
        self.count = len(rows) // heads
        self._rows = rows
        self._mask = int.from_bytes(b"\xff\x00" * (heads // 2), "little")
        self._unpack = Struct(f"<{heads // 2}H").unpack

    def pack(self, indexes: Iterable[int]) -> tuple[int, int]:
        """The two sums of at most 256 rows: heads 0, 2, 4 … and heads 1, 3, 5 …"""
        even = odd = 0
        heads, rows, mask, read = self.heads, self._rows, self._mask, int.from_bytes
        for index in indexes:
            start = index * heads
            row = read(rows[start : start + heads], "little")
            even += row & mask
            odd += row >> 8 & mask
        return even, odd

    def weight(self, index: int, head: int) -> int:
        return self._rows[index * self.heads + head] - ZERO

    def unpack(self, even: int, odd: int, count: int) -> list[int]:
        """The weights per head of ``count`` rows that were packed together."""
        sums = [0] * self.heads
        base = ZERO * count
        sums[0::2] = [lane - base for lane in self._unpack(even.to_bytes(self.heads, "little"))]
        sums[1::2] = [lane - base for lane in self._unpack(odd.to_bytes(self.heads, "little"))]
        return sums

    def sums(self, indexes: Sequence[int]) -> list[int]:
        """The weights per head of any number of rows."""
        totals = [0] * self.heads
        for start in range(0, len(indexes), ROWS_PER_LANE):
            part = indexes[start : start + ROWS_PER_LANE]
            totals = list(map(add, totals, self.unpack(*self.pack(part), len(part))))
        return totals


class Head(NamedTuple):
    """One model: its score is the whole-number sums times the scales, plus the bias."""

    name: str
    ngram_scale: float
    mark_scale: float
    bias: float
