"""Writes the vocabulary, the static vectors and the rotation out of MiniLM.

python -m earshot_training.distil_static_vectors MODELS_FOLDER ROTATION.npy
"""

import sys
from pathlib import Path

import numpy as np
from earshot_semantic.encoder import Encoder
from numpy.typing import NDArray

from earshot.domain.static_vectors import DIMENSIONS
from earshot_training import minilm


def main(models: Path, rotated_by: Path) -> None:
    weights = minilm.weights()
    vocabulary = minilm.vocabulary()
    pieces = minilm.pieces_alone(Encoder(weights).encode, vocabulary.count("\n") + 1)
    rotation = minilm.rotation(pieces)
    (models / "vocabulary.txt").write_text(vocabulary, "utf-8")
    (models / "static_vectors.bin").write_bytes(table(pieces @ rotation).tobytes())
    np.save(rotated_by, rotation.astype(np.float16))


def table(rotated: NDArray[np.float32]) -> NDArray[np.int8]:
    """Weighted, cut to the leading dimensions, and in signed bytes."""
    kept = rotated[:, :DIMENSIONS] * minilm.frequency_weights(len(rotated))[:, None]
    scale = np.abs(kept).max() / 127
    rounded: NDArray[np.int8] = np.clip(np.round(kept / scale), -127, 127).astype(np.int8)
    return rounded


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
