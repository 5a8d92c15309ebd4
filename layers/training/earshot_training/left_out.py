"""Text models fitted without the posts that they are then asked about."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from earshot.domain.text_models import MEANING_SHARE
from earshot.models.text import text_models
from earshot_training.corpus import rows
from earshot_training.heads import (
    SENTIMENT_BIAS,
    Floats,
    fit_purchase,
    fit_sentiment,
    one_head,
    scores_of,
)
from earshot_training.matrices import Reader
from earshot_training.meaning import mixed, vectors
from earshot_training.told import scores_of as shipped_scores

# With the semantic layer every tenth is enough: it takes minutes for more.
SEMANTIC_STEP = 10
_STRENGTH = 1.0


def sentiment(folder: Path, folds: int, *, semantic: bool) -> tuple[list[str], list[str]]:
    """What was given and what was told."""
    found = rows(folder, "sentiment")
    given = np.array([row["sentiment"] for row in found])
    matrix = Reader(text_models().mark_names).matrix(row["text"] for row in found)
    asked = np.arange(0, len(found), SEMANTIC_STEP if semantic else 1)
    known = vectors(found[place]["text"] for place in asked) if semantic else None
    part = np.arange(len(found)) // SEMANTIC_STEP % folds
    told = np.empty(len(asked), given.dtype)
    for fold in range(folds):
        heads = fit_sentiment(matrix[part != fold], given[part != fold].tolist())
        here = part[asked] == fold
        scores = scores_of(heads, matrix[asked[here]])
        if known is not None:
            meant = fit_sentiment(known[~here], given[asked[~here]].tolist(), strength=_STRENGTH)
            scores = {
                n: mixed(s, meant[n].scores(known[here]), MEANING_SHARE) for n, s in scores.items()
            }
        told[here] = _likeliest(scores)
    return given[asked].tolist(), told.tolist()


def purchase(folder: Path, folds: int, *, semantic: bool) -> tuple[list[bool], list[bool]]:
    """What was given and what was told."""
    found = rows(folder, "purchase")
    texts, given = [row["text"] for row in found], np.array([row["purchase"] > 0 for row in found])
    matrix = Reader(text_models().mark_names).matrix(texts)
    others = dict(_others(texts, semantic=semantic))
    known = vectors(texts) if semantic else None
    told = np.zeros(len(found), bool)
    for fold in range(folds):
        here = np.arange(len(found)) % folds == fold
        seen = {name: column[~here] for name, column in others.items()}
        words, beside = fit_purchase(matrix[~here], seen, given[~here].tolist())
        scores = words.scores(matrix[here])
        if known is not None:
            meant = one_head("words", known[~here], given[~here].tolist(), strength=_STRENGTH)
            scores = mixed(scores, meant["words"].scores(known[here]), MEANING_SHARE)
        for name, weight in beside.items():
            scores = scores + weight * others[name][here]
        told[here] = scores > 0
    return given.tolist(), told.tolist()


def _likeliest(scores: dict[str, Floats]) -> list[str]:
    names = [f"sentiment:{label}" for label in SENTIMENT_BIAS]
    best = np.stack([scores[name] for name in names]).argmax(axis=0)
    return [[*SENTIMENT_BIAS][place] for place in best]


def _others(texts: list[str], *, semantic: bool) -> Iterator[tuple[str, Floats]]:
    """What the heads that know nothing of these texts say of them."""
    scores = shipped_scores(texts, semantic=semantic)
    for name in scores[0]:
        if not name.startswith(("purchase", "spare")) and name != "complaint":
            yield name, np.array([one[name] for one in scores], np.float32)
