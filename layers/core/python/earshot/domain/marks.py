"""What a text looks like beside its words: its turns of phrase, its marks and its shape."""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from earshot.domain.cues import PHRASES
from earshot.domain.text_features import Word, split

_TITLE_WORDS = 14
# fmt: off
_ASKING = frozenset((
    "what", "which", "how", "why", "where", "who", "when", "anyone", "anybody", "does", "is", "are",
    "can", "could", "should", "would", "has", "any", "do",
))
_WORD_MARKS: Mapping[str, frozenset[str]] = {
    "first person": frozenset((
        "i", "i'm", "im", "i've", "ive", "i'd", "i'll", "my", "me", "mine", "we", "we're", "we've",
        "our", "us", "we'll", "ours",
    )),
    "singular": frozenset(("i", "i'm", "im", "i've", "my", "me", "i'd", "i'll")),
    "plural": frozenset(("we", "our", "us", "we're", "we've")),
    "second person": frozenset(("you", "your", "you're", "u", "yours")),
    "url": frozenset(("<url>",)),
    "money": frozenset(("$", "€", "£")),
    "shouted": frozenset(("!", "!!")),
    "code": frozenset(("{", "}", "`", ";", "\\")),
    "quoted": frozenset((">",)),
    "user": frozenset(("<user>",)),
}
# fmt: on


class Cue(NamedTuple):
    """Where a phrase stands: the index of its first word and the one after its last."""

    name: str
    start: int
    end: int


@cache
def _phrases_by_first_word() -> dict[str, tuple[tuple[str, list[str]], ...]]:
    found: dict[str, list[tuple[str, list[str]]]] = {}
    for name, phrases in PHRASES.items():
        for phrase in phrases.split(";"):
            first, *rest = (word.text for word in split(phrase))
            found.setdefault(first, []).append((name, rest))
    return {first: tuple(phrases) for first, phrases in found.items()}


def cues_of(words: list[Word]) -> list[Cue]:
    """The phrases that stand in the words."""
    known = _phrases_by_first_word()
    texts = [word.text for word in words]
    return [
        Cue(name, start, start + 1 + len(rest))
        for start, text in enumerate(texts)
        if text in known
        for name, rest in known[text]
        if not rest or texts[start + 1 : start + 1 + len(rest)] == rest
    ]


def marks_of(words: list[Word], cues: list[Cue], plain: str) -> set[str]:
    """Names of all that holds; a cue also by its place: ``^`` in the title, ``?`` in a question."""
    texts = [word.text for word in words]
    marks = _shape(texts, plain)
    asked = _in_question(texts)
    title = texts.index("\n") if "\n" in texts else _TITLE_WORDS
    for name, start, _ in cues:
        marks.add(name)
        if start < title:
            marks.add(f"^{name}")
        if asked[start]:
            marks.add(f"?{name}")
    return marks


def _in_question(texts: list[str]) -> list[bool]:
    """For each word, whether the sentence it stands in ends with a question mark."""
    asked = [False] * len(texts)
    asking = False
    for place in range(len(texts) - 1, -1, -1):
        if texts[place][0] in "?!.\n":
            asking = "?" in texts[place]
        asked[place] = asking
    return asked


def _shape(texts: list[str], plain: str) -> set[str]:
    here = set(texts)
    marks = {f"length {min(7, len(texts).bit_length())}"}
    marks.update(name for name, members in _WORD_MARKS.items() if not here.isdisjoint(members))
    title, line, _ = plain.partition("\n")
    marks.add("has body" if line else "one line")
    _ends(texts, plain.rstrip(), marks)
    asks = "?" in plain
    if asks:
        marks.add("asks")
        marks.add("asks of self" if "first person" in marks else "asks of others")
    if "?" in title:
        marks.add("title asks")
    if "#" in plain:
        marks.add("#")
    _capitals(title, marks, is_statement=not asks and "first person" not in marks)
    return marks


def _ends(texts: list[str], trimmed: str, marks: set[str]) -> None:
    if trimmed.endswith("?"):
        marks.add("ends asking")
    if trimmed.endswith("!"):
        marks.add("ends shouting")
    if texts and texts[0] == "<user>":
        marks.add("starts with a handle")
    if texts and texts[0] in _ASKING:
        marks.update(("starts asking", f"starts {texts[0]}"))
    if "<url>" in texts[-2:]:
        marks.add("ends in a link")


def _capitals(title: str, marks: set[str], *, is_statement: bool) -> None:
    words = [word for word in title.split()[:40] if word[0].isalpha()]
    if not words:
        return
    share = sum(word[0].isupper() for word in words) / len(words)
    marks.add(f"capitals {int(share * 4)}")
    if sum(word.isupper() and len(word) > 2 for word in words) > 1:
        marks.add("capital words")
    if len(words) > 3 and share > 0.6:
        marks.add("headline")
        if is_statement:
            marks.add("bare headline")
