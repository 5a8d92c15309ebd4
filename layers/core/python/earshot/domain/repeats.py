"""Whether two posts are the same words: reposts, cross-posts, cut and quoted copies.

Words only: that two posts mean the same never makes them one story.
"""

import re
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import blake2b

from earshot.domain.models import Model, Post

# Fewer words than these are not compared at all; fewer than ``OWN_WORDS`` only with what the same
# author said or is credited with: two strangers may both ask "Any alternatives to Rival, please?".
LEAST_WORDS = 5
OWN_WORDS = 8
CUT_WORDS = 6
NEAR_WORDS = 10
PREFIX_WORDS = 14

# The beginning tells one story from another, and the tail one template's use from the next.
SKETCHED_WORDS = 64
ANCHORED_WORDS = 32
_TAIL_WORDS = 16
_ANCHOR_WIDTH = 4
_ANCHOR_WINDOW = 6
_SHINGLE_WIDTH = 3
_LEAST_CONTAINED = 0.8
_LEAST_SHARED = 0.5
_LEAST_QUOTED = 0.6

# Scripts without spaces count a character as a word.
_UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_SPACE = re.compile(r"\s+")
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s\u201d\u00bb\"]+|\b(?:t\.co|bit\.ly|goo\.gl|ow\.ly|tinyurl\.com)/\w+",
    re.IGNORECASE,
)
_REPOST = re.compile(r"(?:^| )(?:RT|MT|QT) ?:? ?@(\w[\w.@-]*) ?:? ?", re.IGNORECASE)
_CREDIT = re.compile(r"\(?\b(?:via|h/t) @(\w[\w.@-]*)\)?", re.IGNORECASE)
_CUT = re.compile(r"(?:\u2026|\.{3,}|\[\u2026\]|\[\.\.\.\]) ?(?:\(?more\)?)?$", re.IGNORECASE)
_LONGEST_CUT = 16
_HANDLE = re.compile(r"@\w+")
_MARKS = '\u201c\u201d\u00ab\u00bb\u201e"'
_QUOTED = re.compile(f"[{_MARKS}](.+)[{_MARKS}]")
# fmt: off
_NEGATIONS = frozenset((
    "no", "not", "never", "none", "nobody", "without", "cannot", "cant", "dont", "doesnt", "didnt",
    "isnt", "arent", "wasnt", "wont", "wouldnt", "havent", "hasnt",
))
# fmt: on


class Sketch(Model):
    """What is kept of a text to know its repeats: no words, only hashes.

    ``key`` is equal for equal words. ``shingles`` are 32-bit hashes, in text order, of three
    neighbouring words of the first ``SKETCHED_WORDS``, and ``tail`` of the last ``_TAIL_WORDS`` of
    a longer text; ``figures`` are those of words with a digit and of negations, ``names`` of words
    with a capital and of handles. ``cut`` says that the text ends in an ellipsis.
    """

    key: str
    words: int
    cut: bool
    shingles: tuple[int, ...]
    tail: tuple[int, ...]
    figures: frozenset[int]
    names: frozenset[int]
    anchors: tuple[str, ...]


def packed(hashes: Iterable[int]) -> str:
    """Short text for a store."""
    return b64encode(b"".join(one.to_bytes(4, "big") for one in hashes)).decode()


def unpacked(text: str) -> tuple[int, ...]:
    data = b64decode(text)
    return tuple(int.from_bytes(data[at : at + 4], "big") for at in range(0, len(data), 4))


def sketch(post: Post) -> Sketch | None:
    """``None`` when the post has too few words to be known by them."""
    text, cut, credited = _own_or_repeated(post)
    spelled = _words(text)
    if cut and spelled:
        spelled = spelled[:-1]  # it may have been cut in the middle of the last word
    words = [word.casefold() for word in spelled]
    if len(words) < LEAST_WORDS:
        return None
    told_by = (
        "" if len(words) >= OWN_WORDS else f"@{credited or post.author.handle or ''}".casefold()
    )
    start = words[:SKETCHED_WORDS]
    return Sketch(
        key=blake2b(" ".join([*words, told_by]).encode(), digest_size=16).hexdigest(),
        words=len(words),
        cut=cut,
        shingles=_shingles(start, _SHINGLE_WIDTH),
        tail=_shingles(words[-_TAIL_WORDS:], _SHINGLE_WIDTH) if len(words) > SKETCHED_WORDS else (),
        figures=frozenset(_hash(word) for word in start if _tells(word)),
        names=_names(spelled[1:SKETCHED_WORDS]) | _handles(text),
        anchors=_anchors(words[:ANCHORED_WORDS]),
    )


def repeats(one: Sketch, other: Sketch) -> bool:
    """Whether the two are the same words, symmetric: equal, one the beginning of the other, or
    equal but for a few words, none of them a figure, a negation or another name."""
    if one.key == other.key:
        return True
    short, long = sorted((one, other), key=lambda s: (s.words, s.shingles, s.key))
    return _begins(short, long) or _is_near(short, long)


def _begins(short: Sketch, long: Sketch) -> bool:
    least = CUT_WORDS if short.cut else PREFIX_WORDS
    begins = long.shingles[: len(short.shingles)] == short.shingles
    return begins and least <= short.words <= SKETCHED_WORDS


def _is_near(short: Sketch, long: Sketch) -> bool:
    if short.words < NEAR_WORDS or short.figures != long.figures:
        return False
    if not (short.names <= long.names or long.names <= short.names):
        return False
    ends_alike = _share(short.tail, long.tail) >= _LEAST_CONTAINED if long.tail else True
    return (
        ends_alike
        and _share(short.shingles, long.shingles) >= _LEAST_CONTAINED
        and _share(long.shingles, short.shingles) >= _LEAST_SHARED
    )


def _share(some: tuple[int, ...], others: tuple[int, ...]) -> float:
    """How much of the one is in the other."""
    own = set(some)
    return len(own.intersection(others)) / len(own) if own else 0.0


def _own_or_repeated(post: Post) -> tuple[str, bool, str | None]:
    """The words that the post repeats, or its own; whether they end in an ellipsis; who is credited
    with them."""
    text = _SPACE.sub(" ", post.repeats or post.plain).strip()
    credited, start = None, 0
    for repost in _REPOST.finditer(text):
        credited, start = repost.group(1), repost.end()
    text = text[start:]
    if not credited and (via := _CREDIT.search(text)):
        credited = via.group(1)
    text = _without_edge_tags(_LINK.sub(" ", _CREDIT.sub(" ", text)))
    inside = found.group(1) if (found := _QUOTED.search(text)) else ""
    if len(_words(inside)) >= max(LEAST_WORDS, _LEAST_QUOTED * len(_words(text))):
        text = inside.strip()
    return text, _CUT.search(text[-_LONGEST_CUT:]) is not None, credited


def _without_edge_tags(text: str) -> str:
    parts = text.split()
    while parts and parts[0].startswith("#"):
        parts.pop(0)
    while parts and parts[-1].startswith("#"):
        parts.pop()
    return " ".join(parts)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text)
    return _WORD.findall(plain.replace("'", "").replace("\u2019", ""))


def _tells(word: str) -> bool:
    return word in _NEGATIONS or any(map(str.isdigit, word))


def _names(spelled: list[str]) -> frozenset[int]:
    return frozenset(_hash(word.casefold()) for word in spelled if word[0].isupper())


def _handles(text: str) -> frozenset[int]:
    return frozenset(_hash(handle.casefold()) for handle in _HANDLE.findall(text))


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
