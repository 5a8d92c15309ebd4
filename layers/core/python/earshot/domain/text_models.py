"""The trained text models as one value, and what they say of a text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, sqrt
from operator import add, mul

from earshot.domain.language import LanguageModel
from earshot.domain.linear_model import ROWS_PER_LANE, Head, Lanes
from earshot.domain.text_features import Word, keys_of

# Of a score, where the semantic layer is there; chosen on sales_intent.
MEANING_SHARE = 0.4


@dataclass(frozen=True)
class Blend:
    """A few coefficients on top of the heads: a score as a weighted sum of other scores."""

    bias: float
    weights: Mapping[str, float]

    def of(self, scores: Mapping[str, float]) -> float:
        total = sum(weight * scores[name] for name, weight in self.weights.items())
        return self.bias + total


@dataclass(frozen=True)
class MeaningHead:
    """A linear model over an embedding of the semantic layer, in whole numbers."""

    scale: float
    bias: float
    weights: tuple[int, ...]

    def of(self, vector: Sequence[float]) -> float:
        total: float = sum(map(mul, self.weights, vector))
        return self.bias + self.scale * total


class TextModels:
    """Heads by name over hashed n-grams and marks, and blends of their scores."""

    def __init__(
        self,
        version: str,
        language: LanguageModel,
        *,
        heads: Sequence[Head],
        ngrams: Lanes,
        marks: Lanes,
        mark_names: Sequence[str],
        blends: Mapping[str, Blend],
        meanings: Mapping[str, MeaningHead],
    ) -> None:
        self.version = version
        self.language = language
        self.heads = tuple(heads)
        self._ngrams = ngrams
        self._marks = marks
        self.mark_names = tuple(mark_names)
        self._mark_index = {name: place for place, name in enumerate(mark_names)}
        self._blends = blends
        self._meanings = meanings
        self._places = {head.name: place for place, head in enumerate(self.heads)}
        self._shift = 33 - ngrams.count.bit_length()
        self._packed = lru_cache(maxsize=1 << 15)(self._pack)

    def scores(self, words: list[Word], marks: set[str]) -> dict[str, float]:
        """Every head's score by name."""
        keys = keys_of(words)
        by_word = self._ngrams.sums([key >> self._shift for key in keys])
        letters, count = self._letter_sums(words)
        over, under = 1 / sqrt(len(keys)), 1 / sqrt(max(count, 1))
        index = self._mark_index
        by_mark = self._marks.sums([index[mark] for mark in marks if mark in index])
        return {
            name: bias + ngram_scale * (word * over + letter * under) + mark_scale * mark
            for (name, ngram_scale, mark_scale, bias), word, letter, mark in zip(
                self.heads, by_word, letters, by_mark, strict=True
            )
        }

    def with_meaning(
        self, scores: Mapping[str, float], vector: Sequence[float]
    ) -> dict[str, float]:
        """The scores, mixed with what the semantic layer's embedding of the same text says."""
        mixed = {
            name: (1 - MEANING_SHARE) * scores[name] + MEANING_SHARE * head.of(vector)
            for name, head in self._meanings.items()
        }
        return {**scores, **mixed}

    def with_blends(self, scores: Mapping[str, float]) -> dict[str, float]:
        """The scores, and those that are made of them."""
        return {**scores, **{name: blend.of(scores) for name, blend in self._blends.items()}}

    def word_weights(self, words: Sequence[Word], head: str) -> list[float]:
        """How much each word by itself speaks for a head."""
        place = self._places[head]
        scale = self.heads[place].ngram_scale
        return [scale * self._ngrams.weight(word.key >> self._shift, place) for word in words]

    def mark_weight(self, mark: str, head: str) -> float:
        """How much a mark speaks for a head; nothing where it is not among the marks."""
        index = self._mark_index.get(mark)
        place = self._places[head]
        if index is None:
            return 0.0
        return self._marks.weight(index, place) * self.heads[place].mark_scale

    def _letter_sums(self, words: list[Word]) -> tuple[list[int], int]:
        """The weights of the letters within all words, and how many there are. Words repeat, so
        their sums are kept."""
        totals, count = [0] * self._ngrams.heads, 0
        even = odd = here = 0
        for word in words:
            if here + len(word.grams) > ROWS_PER_LANE:
                totals = list(map(add, totals, self._ngrams.unpack(even, odd, here)))
                count += here
                even = odd = here = 0
            word_even, word_odd = self._packed(word.grams)
            even += word_even
            odd += word_odd
            here += len(word.grams)
        return list(map(add, totals, self._ngrams.unpack(even, odd, here))), count + here

    def _pack(self, grams: tuple[int, ...]) -> tuple[int, int]:
        return self._ngrams.pack(gram >> self._shift for gram in grams)


def probabilities(scores: Sequence[float]) -> list[float]:
    """The softmax of the scores."""
    highest = max(scores)
    raised = [exp(score - highest) for score in scores]
    total = sum(raised)
    return [value / total for value in raised]
