"""The words of a text, folded so that spellings of one word are equal.

Scripts that put no spaces between words (Han, kana, Hangul, Thai) give a token per character; what
may stand beside a match there is decided by ``is_whole``.
"""

import re
import unicodedata
from collections.abc import Iterable

_JOINED = "\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_MARKS = "\u0300-\u036f"
_LETTERS = rf"[^\W{_JOINED}]"
# "C++" and "C#" keep their signs; "&" is a token, because it is spelled "and" elsewhere.
_SIGNS = r"(?:\+\+|#(?!\w))?"
TOKEN = re.compile(
    rf"{_LETTERS}+(?:[{_MARKS}]+{_LETTERS}*)*{_SIGNS}|[{_JOINED}][{_MARKS}\u3099\u309a]*|&"
)
_ASCII_TOKEN = re.compile(rf"[a-z0-9_]+{_SIGNS}|&")
_UNFOLDED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "æ": "ae", "œ": "oe", "ð": "d"}
)
_KATAKANA = re.compile("[\u30a0-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7af]")
_IS_JOINED = re.compile(f"[{_JOINED}]")


def fold(word: str) -> str:
    """Without case and diacritics: ``Moët`` is ``moet``, ``Ørsted`` is ``orsted``."""
    if word.isascii():
        return word.lower()
    spread = unicodedata.normalize("NFKD", word.casefold().translate(_UNFOLDED))
    bare = "".join(filter(_is_no_accent, spread))
    return unicodedata.normalize("NFC", bare) or word


def _is_no_accent(character: str) -> bool:
    return not "\u0300" <= character <= "\u036f"


def words(text: str) -> list[str]:
    """The folded tokens."""
    if text.isascii():
        return _ASCII_TOKEN.findall(text.lower())
    return [word.lower() if word.isascii() else fold(word) for word in TOKEN.findall(text)]


def spans(text: str) -> list[tuple[int, int]]:
    """Where the words stand in the text, in the same order."""
    if text.isascii():
        return [found.span() for found in _ASCII_TOKEN.finditer(text.lower())]
    return [found.span() for found in TOKEN.finditer(text)]


def is_joined(words_of_name: Iterable[str]) -> bool:
    """Whether one of the words is of a script without spaces between words."""
    name = "".join(words_of_name)
    return not name.isascii() and _IS_JOINED.search(name) is not None


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether a match of whole tokens is no part of a longer word. A katakana word goes on for as
    long as there is katakana; in Hangul, particles may follow a name, nothing precedes it."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if _KATAKANA.match(text[start]) and _KATAKANA.match(before):
        return False
    if _KATAKANA.match(text[end - 1]) and _KATAKANA.match(after):
        return False
    return not (_HANGUL.match(text[start]) and _HANGUL.match(before))
