"""Pieces of words, as BERT's uncased vocabulary cuts them (Devlin et al. 2018, appendix A.2;
the greedy longest match of Wu et al. 2016)."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache

UNKNOWN = "[UNK]"
_LONGEST_WORD = 100
_MEMORY = 20_000
_PLAIN = re.compile(r"[a-z0-9]+|[!-/:-@\[-`{-~]")
_IDEOGRAPHS = (
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x2CEAF),
    (0x2F800, 0x2FA1F),
)


class WordPieces:
    """Cuts texts with one vocabulary, and remembers words that it has cut."""

    def __init__(self, row_by_piece: Mapping[str, int]) -> None:
        self._row_by_piece = row_by_piece
        self._unknown = (row_by_piece[UNKNOWN],)
        self.rows_of_word = lru_cache(_MEMORY)(self._cut)

    def rows(self, text: str) -> list[int]:
        """Vocabulary rows of the text's pieces, in order; no markers of start and end."""
        return [row for word in split(text) for row in self.rows_of_word(word)]

    def _cut(self, word: str) -> tuple[int, ...]:
        if len(word) > _LONGEST_WORD:
            return self._unknown
        found: list[int] = []
        start = 0
        while start < len(word):
            prefix = "##" if start else ""
            for end in range(len(word), start, -1):
                row = self._row_by_piece.get(prefix + word[start:end])
                if row is not None:
                    found.append(row)
                    start = end
                    break
            else:
                return self._unknown
        return tuple(found)


def split(text: str) -> list[str]:
    """Words and single punctuation marks, in lower case and without accents."""
    lowered = text.lower()
    if lowered.isascii():
        return _PLAIN.findall(lowered)
    return list(_split_any(lowered))


def _split_any(text: str) -> Iterator[str]:
    word: list[str] = []
    for character in unicodedata.normalize("NFD", text):
        category = unicodedata.category(character)
        if category == "Mn" or (category[0] == "C" and not character.isspace()):
            continue
        alone = _stands_alone(character, category)
        if alone or character.isspace():
            if word:
                yield "".join(word)
                word.clear()
            if alone:
                yield character
        else:
            word.append(character)
    if word:
        yield "".join(word)


def _stands_alone(character: str, category: str) -> bool:
    code = ord(character)
    if code < 128:
        return not (character.isalnum() or character.isspace())
    return category[0] == "P" or any(low <= code <= high for low, high in _IDEOGRAPHS)
