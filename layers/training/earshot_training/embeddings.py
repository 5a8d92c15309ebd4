"""The ways of knowing meanings, for training and measuring. What the semantic layer said is kept
in a file, because it takes minutes."""

import sys
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from earshot.domain.aboutness_features import Embed, Vector
from earshot.meanings import semantic, static_vectors

if TYPE_CHECKING:
    from earshot_semantic import Semantic

KEPT = Path(".cache/embeddings")
_BATCH = 32


class Remembered:
    """The semantic layer, asked once per text."""

    def __init__(self, embed: "Semantic", folder: Path = KEPT) -> None:
        self._embed = embed
        self._folder = folder
        self._known: dict[bytes, Vector] = {}
        for file in sorted(folder.glob("*.npz")):
            with np.load(file) as stored:
                keys = (key.tobytes() for key in stored["keys"])
                self._known.update(zip(keys, map(tuple, stored["vectors"].tolist()), strict=True))

    def __call__(self, text: str) -> Vector:
        found = self._known.get(_key(text))
        if found is None:
            found = self._known[_key(text)] = self._embed(text)
        return found

    def learn(self, texts: Iterable[str]) -> None:
        """Texts of like length go together."""
        missing = sorted({text for text in texts if _key(text) not in self._known}, key=len)
        new: dict[bytes, Vector] = {}
        for low in range(0, len(missing), _BATCH):
            batch = missing[low : low + _BATCH]
            new.update(zip(map(_key, batch), self._embed.all(batch), strict=True))
        if new:
            self._keep(new)

    def _keep(self, new: dict[bytes, Vector]) -> None:
        self._known.update(new)
        self._folder.mkdir(parents=True, exist_ok=True)
        keys = np.frombuffer(b"".join(new), dtype=np.uint8).reshape(len(new), -1)
        vectors = np.array(list(new.values()), dtype=np.float32)
        name = blake2b(b"".join(new), digest_size=8).hexdigest()
        np.savez(self._folder / f"{name}.npz", keys=keys, vectors=vectors)


@cache
def remembered() -> Remembered:
    found = cast("Semantic | None", semantic())
    if found is None:
        sys.exit("the semantic layer is not built: python -m earshot_ops.semantic_layer")
    return Remembered(found)


def embedder(texts: Iterable[str], *, with_semantic: bool) -> Embed:
    if not with_semantic:
        return static_vectors()
    remembered().learn(texts)
    return remembered()


def _key(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()
