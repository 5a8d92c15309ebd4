"""The forward pass of MiniLM (a BERT of six layers) in numpy, and mean pooling.

Post-norm transformer blocks as in Devlin et al. 2018; GELU by the error function's approximation of
Abramowitz and Stegun 7.1.26, whose error (1.5e-7) is far below that of half precision.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
HEADS = 12
_PRODUCTS = ("attention.self", "attention.output.dense", "intermediate.dense", "output.dense")
_EPSILON = np.float32(1e-12)
_ERF = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)


class Encoder:
    """``weights`` by the names that BERT's authors gave them; computed in single precision."""

    def __init__(self, weights: Mapping[str, NDArray[np.generic]]) -> None:
        self._weights = {name: np.asarray(value, np.float32) for name, value in weights.items()}
        self._layers = 1 + max(
            int(name.split(".")[2]) for name in weights if name.startswith("encoder.layer.")
        )
        for layer in range(self._layers):
            self._arrange(f"encoder.layer.{layer}")

    def _arrange(self, block: str) -> None:
        """As the products want it, almost twice as quick: weights turned around, and query, key
        and value in one, the query already divided by the root of a head's size."""
        weights, attention = self._weights, f"{block}.attention.self"
        size = weights[f"{attention}.query.weight"].shape[0]
        scale = np.float32((size // HEADS) ** -0.5)
        for kind in ("weight", "bias"):
            query, key, value = (
                weights.pop(f"{attention}.{part}.{kind}") for part in ("query", "key", "value")
            )
            weights[f"{attention}.{kind}"] = np.concatenate((query * scale, key, value))
        for part in _PRODUCTS:
            name = f"{block}.{part}.weight"
            weights[name] = np.ascontiguousarray(weights[name].T)

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

        parts = self._dense(hidden, f"{name}.self").reshape(texts, width, 3, HEADS, size // HEADS)
        query, key, value = parts.transpose(2, 0, 3, 1, 4)
        scores = query @ key.transpose(0, 1, 3, 2) + away
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed: Array = (scores @ value).transpose(0, 2, 1, 3).reshape(texts, width, size)
        return mixed

    def _dense(self, hidden: Array, name: str) -> Array:
        product: Array = hidden @ self._weights[f"{name}.weight"]
        product += self._weights[f"{name}.bias"]
        return product

    def _normed(self, hidden: Array, name: str) -> Array:
        centred = hidden - hidden.mean(axis=-1, keepdims=True)
        variance = (centred * centred).mean(axis=-1, keepdims=True)
        normed: Array = centred / np.sqrt(variance + _EPSILON)
        return normed * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def gelu(value: Array) -> Array:
    scaled = np.abs(value) * np.float32(0.5**0.5)
    step = np.float32(1) / (np.float32(1) + np.float32(0.3275911) * scaled)
    series = np.float32(_ERF[-1]) * step
    for coefficient in reversed(_ERF[:-1]):
        series += np.float32(coefficient)
        series *= step
    scaled *= scaled
    series *= np.exp(-scaled)
    error = np.copysign(np.float32(1) - series, value)
    error += np.float32(1)
    error *= value
    error *= np.float32(0.5)
    return error
