"""A same-story score for two short texts. It measures what meanings are worth; stories are never
merged by it.

    python -m earshot_training.paraphrase DATA_FOLDER TARGET.json
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from earshot.domain.aboutness_features import STOP_WORDS, Embed, dot
from earshot.domain.tokens import words
from earshot_training.embeddings import embedder

FILE = "paraphrase.jsonl"
_GRAM = 4


@dataclass(frozen=True)
class Pair:
    a: str
    b: str
    same: bool


@dataclass(frozen=True)
class Fitted:
    weights: tuple[float, ...]
    intercept: float


def pairs(folder: Path) -> list[Pair]:
    rows = map(json.loads, (folder / FILE).read_text("utf-8").splitlines())
    return [Pair(row["a"], row["b"], bool(row["same"])) for row in rows]


def inputs(found: Sequence[Pair], *, semantic: bool) -> list[tuple[float, ...]]:
    """Rare words are rare among all texts of the folder, which are not labelled."""
    texts = {text for pair in found for text in (pair.a, pair.b)}
    embed = embedder(texts, with_semantic=semantic)
    frequency = Counter(word for text in texts for word in set(words(text)))
    rarity = {word: log(len(texts) / count) for word, count in frequency.items()}
    return [_inputs(pair, rarity, embed) for pair in found]


def _inputs(pair: Pair, rarity: dict[str, float], embed: Embed) -> tuple[float, ...]:
    one, other = set(words(pair.a)) - STOP_WORDS, set(words(pair.b)) - STOP_WORDS
    shared = _weight(one & other, rarity)
    either = _weight(one, rarity) * _weight(other, rarity)
    least = min(_weight(one, rarity), _weight(other, rarity))
    cosine = dot(embed(pair.a), embed(pair.b))
    overlap = shared / sqrt(either) if either else 0.0
    return (
        cosine,
        cosine * cosine,
        overlap,
        cosine * overlap,
        shared / least if least else 0.0,
        _jaccard(_grams(pair.a), _grams(pair.b)),
        _jaccard({w[:_GRAM] for w in one}, {w[:_GRAM] for w in other}),
        max((rarity[word] for word in one & other), default=0.0),
        abs(log((len(pair.a) + 1) / (len(pair.b) + 1))),
    )


def fit(rows: Sequence[tuple[float, ...]], same: Sequence[bool]) -> Fitted:
    matrix = np.array(rows)
    mean, scale = matrix.mean(axis=0), matrix.std(axis=0) + 1e-9
    model = LogisticRegression(max_iter=500).fit((matrix - mean) / scale, same)
    weights = model.coef_[0] / scale
    return Fitted(tuple(map(float, weights)), float(model.intercept_[0] - mean @ weights))


def scores(rows: Sequence[tuple[float, ...]], fitted: Fitted) -> list[float]:
    return [fitted.intercept + dot(fitted.weights, row) for row in rows]


def max_f1(found: Sequence[float], same: Sequence[bool]) -> float:
    """Over every threshold."""
    best, true, positive = 0.0, 0, sum(same)
    ranked = sorted(zip(found, same, strict=True), key=lambda pair: -pair[0])
    for taken, (_, label) in enumerate(ranked, 1):
        true += label
        best = max(best, 2 * true / (taken + positive))
    return best


def _weight(found: set[str], rarity: dict[str, float]) -> float:
    return sum(rarity[word] for word in found)


def _grams(text: str) -> set[str]:
    joined = " ".join(words(text))
    return {joined[start : start + _GRAM] for start in range(len(joined) - _GRAM + 1)}


def _jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one or other else 0.0


def main(folder: Path, target: Path) -> None:
    found = pairs(folder)
    fitted = {
        way: vars(fit(inputs(found, semantic=way == "semantic"), [pair.same for pair in found]))
        for way in ("static", "semantic")
    }
    target.write_text(json.dumps(fitted, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
