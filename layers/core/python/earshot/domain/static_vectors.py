"""Meanings without a network: the mean of the static vectors of a text's pieces of words.

The table was distilled from MiniLM, one piece at a time, as model2vec does it, with the weights of
Arora et al. 2017 (frequent pieces count less). Rows of signed bytes are added as one large integer
of 16-bit lanes each, many times faster in Python than number by number.
"""

from array import array
from functools import lru_cache
from math import sqrt

from earshot.domain.wordpiece import WordPieces

DIMENSIONS = 128
_OFFSET = 128
_MOST_PIECES = 250
_MEMORY = 20_000


class StaticVectors:
    """``vocabulary`` is one piece per line, ``table`` a row of ``DIMENSIONS`` signed bytes each."""

    def __init__(self, vocabulary: str, table: bytes) -> None:
        pieces = vocabulary.split("\n")
        if len(pieces) * DIMENSIONS != len(table):
            raise ValueError("a row per piece")
        self._pieces = WordPieces({piece: row for row, piece in enumerate(pieces)})
        self._table = table.translate(bytes((value + _OFFSET) % 256 for value in range(256)))
        self._lanes = lru_cache(_MEMORY)(self._lanes_of)

    def __call__(self, text: str) -> tuple[float, ...]:
        """A vector of length one, or of zeros for a text without any known piece. What is past
        the first 250 pieces is not read."""
        rows = self._pieces.rows(text)[:_MOST_PIECES]
        lanes = sum(map(self._lanes, rows))
        summed = array("H", lanes.to_bytes(2 * DIMENSIONS, "little"))
        offset = _OFFSET * len(rows)
        values = [value - offset for value in summed]
        length = sqrt(sum(value * value for value in values))
        return tuple(value / length for value in values) if length else (0.0,) * DIMENSIONS

    def _lanes_of(self, row: int) -> int:
        spread = bytearray(2 * DIMENSIONS)
        spread[::2] = self._table[row * DIMENSIONS : (row + 1) * DIMENSIONS]
        return int.from_bytes(spread, "little")
