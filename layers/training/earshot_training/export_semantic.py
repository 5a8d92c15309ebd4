"""Writes the semantic layer's weights in half precision.

python -m earshot_training.export_semantic TARGET.npz
"""

import sys
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from earshot_training import minilm

_EPOCH = (1980, 1, 1, 0, 0, 0)


def main(target: Path) -> None:
    write(target, {name: value.astype(np.float16) for name, value in minilm.weights().items()})


def write(target: Path, arrays: dict[str, NDArray[np.generic]]) -> None:
    """As numpy.savez does, but byte for byte the same every time."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, value in sorted(arrays.items()):
            content = BytesIO()
            np.save(content, value, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _EPOCH), content.getvalue())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
