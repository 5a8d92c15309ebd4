"""What speaks for and against an account in a post that contains one of its aliases."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import log1p
from operator import mul

from earshot.domain.legal_forms import without_form
from earshot.domain.tokens import words

Vector = tuple[float, ...]
Embed = Callable[[str], Vector]

# fmt: off
STOP_WORDS = frozenset((
    "a", "all", "an", "and", "are", "as", "at", "be", "by", "for", "from", "in", "is", "it", "its",
    "my", "new", "of", "on", "or", "our", "that", "the", "their", "this", "to", "was", "with",
    "your",
))
# fmt: on
OTHER_SENSES = (
    "someone or something else called {}: a person, a place, a song, a film, a game",
    "the everyday meaning of the word {}",
)
_MOST_SENTENCES = 12
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_LINK = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Meaning:
    """The vectors of a subject. ``plain`` is of its texts without the alias: what is left is the
    business. ``closeness`` says how near the bare word is to that business, compared with anything
    else that may be called so; ``renaming`` how much nearer the full name brings it."""

    whole: Vector
    sentences: tuple[Vector, ...]
    description: Vector
    alias: Vector
    others: Vector
    plain: Vector
    closeness: float
    renaming: float


@dataclass(frozen=True)
class Subject:
    """One alias of one account, with all that does not change from post to post. Made once per
    container and kept. Without a description and a website text ``described`` is false, and no
    verdict on it decides."""

    alias: str
    described: bool
    bag: frozenset[str]
    longer_name: bool
    meaning: Meaning | None


@dataclass(frozen=True)
class Features:
    """``kinship`` is the one that is averaged over the alias's past; ``vector`` is the post's."""

    values: tuple[float, ...]
    kinship: float
    vector: Vector = ()


def subject_of(
    alias: str, *, name: str, description: str, website_text: str, embed: Embed | None
) -> Subject:
    described = bool(description or website_text)
    name = name.replace("_", " ")
    texts = (description or website_text or name, website_text or description or name)
    own = set(words(alias))
    return Subject(
        alias=alias,
        described=described,
        bag=frozenset(map(_stem, words(" ".join(texts)))) - STOP_WORDS - own - {*map(_stem, own)},
        longer_name=bool(set(without_form(tuple(words(name)))) - own),
        meaning=_meaning(alias, name, texts=texts, embed=embed) if embed else None,
    )


def _meaning(alias: str, name: str, *, texts: tuple[str, str], embed: Embed) -> Meaning:
    sentences = tuple(map(embed, _SENTENCE_END.split(texts[1])[:_MOST_SENTENCES]))
    description, word = embed(texts[0]), embed(alias)
    plain = _sum(*(embed(without(alias, text)) for text in texts))
    anything = _mean(*(embed(sense.format("it")) for sense in OTHER_SENSES))
    near = dot(word, plain)
    return Meaning(
        whole=_sum(description, *sentences),
        sentences=sentences,
        description=description,
        alias=word,
        others=_mean(*(embed(sense.format(alias)) for sense in OTHER_SENSES)),
        plain=plain,
        closeness=near - dot(word, anything),
        renaming=dot(embed(f"the company {name}"), plain) - near,
    )


def features_of(text: str, subject: Subject, embed: Embed | None) -> Features:
    overlap = _overlap(text, subject)
    meaning = subject.meaning
    if meaning is None or embed is None:
        return Features((overlap, *_surface(text, subject.alias)), overlap)
    vector = embed(text)
    plain = dot(vector, meaning.plain)
    values = (
        dot(vector, meaning.whole),
        max(dot(vector, sentence) for sentence in meaning.sentences),
        dot(vector, meaning.description),
        dot(vector, meaning.alias),
        dot(vector, meaning.others),
        plain,
        overlap,
    )
    return Features(values, plain, vector)


def _overlap(text: str, subject: Subject) -> float:
    return log1p(len(subject.bag.intersection(map(_stem, words(_LINK.sub(" ", text))))))


def _surface(text: str, alias: str) -> tuple[float, ...]:
    """Written with a capital; next to another capitalised word; in a link; the post's length."""
    found = [(m.start(), m.end()) for m in re.finditer(re.escape(alias), text, re.IGNORECASE)]
    capital = any(text[start].isupper() for start, _ in found)
    before = any(
        re.search(r"\b[A-Z]\w*\s+$", text[max(0, start - 40) : start]) for start, _ in found
    )
    after = any(re.match(r"\s+[A-Z]", text[end : end + 4]) for _, end in found)
    linked = any(alias.casefold() in link.casefold() for link in _LINK.findall(text))
    return float(capital), float(before), float(after), float(linked), log1p(len(text))


def without(alias: str, text: str) -> str:
    return re.sub(rf"{re.escape(alias)}\w*", " ", text, flags=re.IGNORECASE)


def dot(one: Iterable[float], other: Iterable[float]) -> float:
    product: float = sum(map(mul, one, other))
    return product


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") else word


def _mean(*vectors: Vector) -> Vector:
    return tuple(sum(column) / len(vectors) for column in zip(*vectors, strict=True))


def _sum(*vectors: Vector) -> Vector:
    """Their sum, brought to length one."""
    summed = [sum(column) for column in zip(*vectors, strict=True)]
    length = sum(value * value for value in summed) ** 0.5 or 1.0
    return tuple(value / length for value in summed)
