"""Heads over embeddings of the semantic layer, which join those over words where it is there."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from earshot_training.embeddings import embedder
from earshot_training.heads import Fitted, Floats

_LARGEST = 127
_DIGITS = 9


def vectors(texts: Iterable[str]) -> NDArray[np.float32]:
    """A row for each text; takes minutes where they were never asked for."""
    found = list(texts)
    embed = embedder(found, with_semantic=True)
    return np.array([embed(text) for text in found], np.float32)


def mixed(words: Floats, meaning: Floats, share: float) -> Floats:
    return (1 - share) * words + share * meaning


def described(head: Fitted) -> dict[str, Any]:
    """As the package keeps it: whole numbers and what they are multiplied by."""
    scale = float(np.abs(head.weights).max()) / _LARGEST
    return {
        "scale": round(scale, _DIGITS),
        "bias": round(head.bias, _DIGITS),
        "weights": np.rint(head.weights / scale).astype(int).tolist(),
    }
