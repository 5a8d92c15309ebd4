"""The forward pass of MiniLM (a BERT of six layers) in numpy, and mean pooling.

Post-norm transformer blocks as in Devlin et al. 2018; GELU by the error function's approximation of
Abramowitz and Stegun 7.1.26, whose error (1.5e-7) is far below that of half precision.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
HEADS = 12
_EPSILON = np.float32(1e-12)
_ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


class Encoder:
    """``weights`` by the names that BERT's authors gave them; computed in single precision."""

    def __init__(self, weights: Mapping[str, NDArray[np.generic]]) -> None:
        self._weights = {
            name: np.asarray(value, dtype=np.float32) for name, value in weights.items()
        }
        self._layers = 1 + max(
            int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer.")
        )

    def encode(self, batch: Sequence[Sequence[int]]) -> Array:
        """One unit vector per sequence of rows (markers of start and end included)."""
        width = max(map(len, batch))
        rows = np.zeros((len(batch), width), dtype=np.int64)
        mask = np.zeros((len(batch), width), dtype=np.float32)
        for place, sequence in enumerate(batch):
            rows[place, : len(sequence)] = sequence
            mask[place, : len(sequence)] = 1
        hidden = self._embedded(rows)
        away = ((1 - mask) * np.float32(-1e9))[:, None, None, :]
        for layer in range(self._layers):
            hidden = self._block(hidden, away, f"encoder.layer.{layer}")
        pooled = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1)[:, None]
        units: Array = pooled / np.linalg.norm(pooled, axis=1, keepdims=True)
        return units

    def _embedded(self, rows: NDArray[np.int64]) -> Array:
        weights = self._weights
        hidden = (
            weights["embeddings.word_embeddings.weight"][rows]
            + weights["embeddings.position_embeddings.weight"][: rows.shape[1]]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        return self._normed(hidden, "embeddings.LayerNorm")

    def _block(self, hidden: Array, away: Array, name: str) -> Array:
        attended = self._attended(hidden, away, f"{name}.attention")
        hidden = self._normed(
            hidden + self._dense(attended, f"{name}.attention.output.dense"),
            f"{name}.attention.output.LayerNorm",
        )
        inner = gelu(self._dense(hidden, f"{name}.intermediate.dense"))
        return self._normed(
            hidden + self._dense(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm"
        )

    def _attended(self, hidden: Array, away: Array, name: str) -> Array:
        texts, width, size = hidden.shape

        def heads(part: str) -> Array:
            projected = self._dense(hidden, f"{name}.self.{part}")
            return projected.reshape(texts, width, HEADS, size // HEADS).transpose(0, 2, 1, 3)

        scores = heads("query") @ heads("key").transpose(0, 1, 3, 2)
        scores = scores / np.float32((size // HEADS) ** 0.5) + away
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed: Array = (scores @ heads("value")).transpose(0, 2, 1, 3).reshape(texts, width, size)
        return mixed

    def _dense(self, hidden: Array, name: str) -> Array:
        product: Array = hidden @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return product

    def _normed(self, hidden: Array, name: str) -> Array:
        centred = hidden - hidden.mean(axis=-1, keepdims=True)
        variance = (centred * centred).mean(axis=-1, keepdims=True)
        normed: Array = centred / np.sqrt(variance + _EPSILON)
        return normed * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def gelu(value: Array) -> Array:
    scaled = np.abs(value) * np.float32(0.5**0.5)
    step = np.float32(1) / (np.float32(1) + np.float32(0.3275911) * scaled)
    series = np.zeros_like(step)
    for coefficient in reversed(_ERF):
        series = (series + np.float32(coefficient)) * step
    error = np.sign(value) * (np.float32(1) - series * np.exp(-scaled * scaled))
    result: Array = np.float32(0.5) * value * (np.float32(1) + error)
    return result
