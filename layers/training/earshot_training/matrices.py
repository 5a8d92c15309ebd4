"""Texts as rows of numbers, from the features that run time reads."""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.sparse import csr_matrix, hstack

from earshot.domain.marks import cues_of, marks_of
from earshot.domain.text_features import keys_of, split

BITS = 18
MARK_WEIGHT = 0.5


class Reader:
    """Reads texts; the marks that occur often enough in the texts it was made with are columns."""

    def __init__(self, mark_names: Sequence[str]) -> None:
        self.mark_names = tuple(mark_names)
        self._column = {name: place for place, name in enumerate(self.mark_names)}

    def matrix(self, texts: Iterable[str]) -> csr_matrix:
        """The n-grams, each group at length one, and beside them the marks."""
        grams, marks = _Rows(1 << BITS), _Rows(len(self.mark_names))
        for text in texts:
            words = split(text)
            keys = keys_of(words)
            letters = [gram for word in words for gram in word.grams]
            grams.add(_columns(keys), 1 / np.sqrt(len(keys)))
            grams.add(_columns(letters), 1 / np.sqrt(max(len(letters), 1)))
            grams.end()
            found = (self._column.get(name) for name in marks_of(words, cues_of(words), text))
            marks.add([place for place in found if place is not None], MARK_WEIGHT)
            marks.end()
        return hstack([grams.build(), marks.build()], format="csr")


def reader_of(texts: Iterable[str], *, at_least: int = 8) -> Reader:
    counts: dict[str, int] = {}
    for text in texts:
        words = split(text)
        for name in marks_of(words, cues_of(words), text):
            counts[name] = counts.get(name, 0) + 1
    return Reader(sorted(name for name, count in counts.items() if count >= at_least))


class _Rows:
    def __init__(self, width: int) -> None:
        self._width = width
        self._columns: list[int] = []
        self._values: list[float] = []
        self._ends = [0]

    def add(self, columns: Sequence[int], value: float) -> None:
        self._columns.extend(columns)
        self._values.extend([value] * len(columns))

    def end(self) -> None:
        self._ends.append(len(self._columns))

    def build(self) -> csr_matrix:
        shape = (len(self._ends) - 1, self._width)
        values = np.array(self._values, np.float32)
        matrix = csr_matrix((values, np.array(self._columns, np.int32), self._ends), shape=shape)
        matrix.sum_duplicates()
        return matrix


def _columns(keys: Sequence[int]) -> list[int]:
    return [key >> (32 - BITS) for key in keys]
