"""A text as the models read it: words, pairs of words, and letters within words, all hashed.

Training and run time share this module, so that both see the same features.
"""

import re
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

# What lies beyond is not read: it costs time and says little of why somebody writes.
READ_CHARACTERS = 4000
MOST_GRAMS = 48
TOKEN = re.compile(
    r"https?://\S+|www\.\S+|[@#]?\w+(?:['\u2019\-]\w+)*|[$€£]|[:;=8][-'^]?[)(DPpOo/\\|\]\[]"
    r"|<3|[!?]+|\.{2,}|\n|[^\w\s]"
)
_LONGEST_TOKEN = 40
_GRAM_LETTERS = 16
_GRAM_SIZES = (3, 4, 5)
_DIGITS = re.compile(r"\d+")
_STRETCHED = re.compile(r"(.)\1{2,}")
_FIRST = 0x1234567
_LAST = 0x55555
_NEGATED = 777
_NEGATION_REACH = 4
# fmt: off
_NEGATIONS = frozenset((
    "no", "not", "never", "don't", "dont", "can't", "cant", "won't", "wont", "isn't", "didn't",
    "didnt", "doesn't", "doesnt", "ain't", "aint", "without", "wasn't", "couldn't", "shouldn't",
    "nothing", "nobody", "hardly",
))
# fmt: on


class Word(NamedTuple):
    """A token folded, the key of the whole, and the keys of the letters within."""

    text: str
    key: int
    grams: tuple[int, ...]


def split(plain: str) -> list[Word]:
    """The tokens of the text in order, links, handles and figures each as one word."""
    return [word(token[:_LONGEST_TOKEN]) for token in TOKEN.findall(plain[:READ_CHARACTERS])]


@lru_cache(maxsize=1 << 16)
def word(token: str) -> Word:
    text = folded(token)
    if not text[0].isalnum():
        return Word(text, _key(text), ())
    framed = f"^{text[:_GRAM_LETTERS]}$"
    grams = tuple(
        _key("c" + framed[start : start + size])
        for size in _GRAM_SIZES
        for start in range(len(framed) - size + 1)
    )
    return Word(text, _key(text), grams[:MOST_GRAMS])


def folded(token: str) -> str:
    """Lower case; what is told apart by its kind only is named by it (``<url>``, ``<num>``)."""
    if token.startswith(("http://", "https://", "www.")):
        return "<url>"
    if token[0] == "@" and len(token) > 1:
        return "<user>"
    text = token.lower().replace("\u2019", "'")
    if text[0] == "#" and len(text) > 1:
        text = text[1:]
    if text.isdigit():
        return "<num>"
    return _STRETCHED.sub(r"\1\1", _DIGITS.sub("0", text))


def keys_of(words: list[Word]) -> list[int]:
    """Each word, each pair of neighbours with the two ends of the text, and each word that is
    negated a few words before."""
    keys: list[int] = []
    before, reach = _FIRST, 0
    for text, key, _ in words:
        if text in _NEGATIONS:
            reach = _NEGATION_REACH
        elif not text[0].isalnum():
            reach = 0
        elif reach:
            reach -= 1
            keys.append(pair(_NEGATED, key))
        keys.append(key)
        keys.append(pair(before, key))
        before = key
    keys.append(pair(before, _LAST))
    return keys


def pair(first: int, second: int) -> int:
    return ((first * 0x9E3779B1) ^ (second * 0x85EBCA77 + 0x165667B1)) & 0xFFFFFFFF


def _key(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))
