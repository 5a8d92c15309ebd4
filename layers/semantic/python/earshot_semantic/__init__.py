"""The optional layer: meanings by MiniLM (all-MiniLM-L6-v2, Apache-2.0)."""

from functools import cache
from pathlib import Path

import numpy as np

from earshot.domain.wordpiece import WordPieces
from earshot_semantic.encoder import Encoder

WEIGHTS = Path(__file__).with_name("minilm.npz")
ROTATION = Path(__file__).with_name("rotation.npy")
START, END = 101, 102
_MOST_PIECES = 126


class Semantic:
    """Embeds texts as unit vectors whose leading dimensions hold the most."""

    def __init__(self, vocabulary: str, weights: Path = WEIGHTS) -> None:
        pieces = vocabulary.split("\n")
        self._pieces = WordPieces({piece: row for row, piece in enumerate(pieces)})
        with np.load(weights) as stored:
            self._encoder = Encoder({name: stored[name] for name in stored.files})
        self._rotation = np.load(ROTATION).astype(np.float32)

    def __call__(self, text: str) -> tuple[float, ...]:
        """What is past the first 126 pieces is not read."""
        return self.all([text])[0]

    def all(self, texts: list[str]) -> list[tuple[float, ...]]:
        sequences = [[START, *self._pieces.rows(text)[:_MOST_PIECES], END] for text in texts]
        return [tuple(row) for row in (self._encoder.encode(sequences) @ self._rotation).tolist()]


@cache
def semantic(vocabulary: str) -> Semantic:
    """Loaded once per container."""
    return Semantic(vocabulary)
