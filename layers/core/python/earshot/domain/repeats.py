"""Whether two posts are the same words: reposts, cross-posts, cut and quoted copies.

Words only: that two posts mean the same never makes them one story.
"""

import re
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import blake2b

from earshot.domain.models import Model, Post

# Fewer words than these say the same by chance: two strangers may both write "Rival is down again".
SAME_TEXT_WORDS = 5
CUT_WORDS = 6
NEAR_WORDS = 10
PREFIX_WORDS = 14

# The beginning tells one story from another; the end of an article is often boilerplate.
SKETCHED_WORDS = 64
ANCHORED_WORDS = 32
_ANCHOR_WIDTH = 4
_ANCHOR_WINDOW = 6
_SHINGLE_WIDTH = 3
_LEAST_CONTAINED = 0.8
_LEAST_SHARED = 0.5

_WORD = re.compile(r"\w+")
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s\u201d\u00bb\"]+|\b(?:t\.co|bit\.ly|goo\.gl|ow\.ly|tinyurl\.com)/\w+",
    re.IGNORECASE,
)
_REPOST = re.compile(r"(?:^|\s)(?:RT|MT|QT)\s*:?\s*@\w[\w.@-]*\s*:?\s*", re.IGNORECASE)
_CREDIT = re.compile(r"(?:\b(?:via|h/t|by)\s+)?@\w[\w.@-]*", re.IGNORECASE)
_EDGE_TAGS = re.compile(r"^(?:\s*#\w+)+|(?:#\w+\s*)+$")
_CUT = re.compile(r"(?:\u2026|\.{3,}|\[\u2026\]|\[\.\.\.\])\s*(?:\(?more\)?)?\s*$", re.IGNORECASE)
_MARKS = '\u201c\u201d\u00ab\u00bb\u201e"'
_QUOTED = re.compile(f"[{_MARKS}](.+)[{_MARKS}]", re.DOTALL)
_LEAST_QUOTED = 0.6


class Sketch(Model):
    """What is kept of a text to know its repeats: no words, only 32-bit hashes in text order.

    ``key`` is equal for equal words; ``shingles`` are those of three neighbouring words of the
    first ``SKETCHED_WORDS``, ``numbers`` those of words with a digit. ``cut`` says that the text
    ends in an ellipsis.
    """

    key: str
    words: int
    cut: bool
    shingles: tuple[int, ...]
    numbers: frozenset[int]
    anchors: tuple[str, ...]


def packed(hashes: Iterable[int]) -> str:
    """Short text for a store."""
    return b64encode(b"".join(one.to_bytes(4, "big") for one in hashes)).decode()


def unpacked(text: str) -> tuple[int, ...]:
    data = b64decode(text)
    return tuple(int.from_bytes(data[at : at + 4], "big") for at in range(0, len(data), 4))


def sketch(post: Post) -> Sketch | None:
    """``None`` when the post has too few words to be known by them."""
    text, cut = _own_or_repeated(post)
    words = _words(text)
    if cut and words:
        words = words[:-1]  # it may have been cut in the middle of the last word
    if len(words) < SAME_TEXT_WORDS:
        return None
    return Sketch(
        key=blake2b(" ".join(words).encode(), digest_size=16).hexdigest(),
        words=len(words),
        cut=cut,
        shingles=_shingles(words[:SKETCHED_WORDS], _SHINGLE_WIDTH),
        numbers=frozenset(_hash(w) for w in words[:SKETCHED_WORDS] if any(map(str.isdigit, w))),
        anchors=_anchors(words[:ANCHORED_WORDS]),
    )


def repeats(one: Sketch, other: Sketch) -> bool:
    """Whether the two are the same words, symmetric: equal, one the beginning of the other, or
    equal but for a few words, none of them a number."""
    if one.key == other.key:
        return True
    short, long = sorted((one, other), key=lambda s: (len(s.shingles), s.words, s.key))
    if _begins(short, long):
        return True
    same_numbers = short.numbers <= long.numbers or long.numbers <= short.numbers
    if short.words < NEAR_WORDS or not same_numbers:
        return False
    shared = len(set(short.shingles) & set(long.shingles))
    return shared >= _LEAST_CONTAINED * len(set(short.shingles)) and shared >= _LEAST_SHARED * len(
        set(long.shingles)
    )


def _begins(short: Sketch, long: Sketch) -> bool:
    least = CUT_WORDS if short.cut else PREFIX_WORDS
    return short.words >= least and long.shingles[: len(short.shingles)] == short.shingles


def _own_or_repeated(post: Post) -> tuple[str, bool]:
    """The words that the post repeats, or its own; and whether they end in an ellipsis."""
    text = post.repeats or _REPOST.split(post.plain)[-1]
    text = _EDGE_TAGS.sub(" ", _LINK.sub(" ", text).strip()).strip()
    cut = _CUT.search(text) is not None
    inside = found.group(1) if (found := _QUOTED.search(text)) else ""
    if len(_words(inside)) >= max(SAME_TEXT_WORDS, _LEAST_QUOTED * len(_words(text))):
        text, cut = inside, _CUT.search(inside) is not None
    return text, cut


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", _CREDIT.sub(" ", text)).casefold()
    return _WORD.findall(plain.replace("'", "").replace("\u2019", ""))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest(), "big")


def _shingles(words: list[str], width: int) -> tuple[int, ...]:
    last = max(1, len(words) - width + 1)
    return tuple(_hash(" ".join(words[at : at + width])) for at in range(last))


def _anchors(words: list[str]) -> tuple[str, ...]:
    """Winnowing (Schleimer, Wilkerson, Aiken 2003): texts that share ``_ANCHOR_WIDTH +
    _ANCHOR_WINDOW - 1`` neighbouring words share an anchor; the first words always are one."""
    if len(words) < CUT_WORDS:
        return ()
    hashes = _shingles(words, _ANCHOR_WIDTH)
    windows = range(max(1, len(hashes) - _ANCHOR_WINDOW + 1))
    chosen = {hashes[0], *(min(hashes[at : at + _ANCHOR_WINDOW]) for at in windows)}
    return tuple(sorted(f"{one:08x}" for one in chosen))
