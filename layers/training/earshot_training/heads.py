"""The linear heads: what each is trained on, and their weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.svm import LinearSVC

from earshot.domain.models import Degree, Event, Intent, Sentiment, Urgency
from earshot_training.corpus import Labelled

PURCHASE_SCORES = 0.3
_SENTIMENT_C = 0.15
_FEW_C = 0.2
_PURCHASE_C = 0.05
# Macro recall and macro F1 count rare classes as much as common ones; "balanced" alone goes half
# the way for hinge losses. Chosen on a fifth of ``sentiment``.
SENTIMENT_BIAS = {"negative": 0.4, "neutral": 0.0, "positive": 0.2}

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Fitted:
    """A head's weights for every column, and its bias."""

    weights: Floats
    bias: float

    def scores(self, matrix: csr_matrix) -> Floats:
        return np.asarray(matrix @ self.weights + self.bias, np.float32)


def fit_examples(matrix: csr_matrix, known: Sequence[Labelled]) -> dict[str, Fitted]:
    """What examples teach: intent, complaint or not, urgency, degree, and the event of news."""
    heads = _classes("intent", matrix, [item.intent for item in known], classes=[*Intent])
    heads |= _one("complaint", matrix, [Intent.COMPLAINT in item.intents for item in known])
    for urgency in (Urgency.NOW, Urgency.SOON):
        heads |= _one(f"urgency:{urgency}", matrix, [item.urgency == urgency for item in known])
    heads |= _where("degree", matrix, [item.degree for item in known], classes=[*Degree])
    heads |= _where("event", matrix, [item.event for item in known], classes=[*Event])
    return heads


def fit_sentiment(matrix: csr_matrix, labels: Sequence[str]) -> dict[str, Fitted]:
    found = _classes("sentiment", matrix, labels, classes=[*Sentiment], strength=_SENTIMENT_C)
    return {
        name: Fitted(head.weights, head.bias + SENTIMENT_BIAS[name.partition(":")[2]])
        for name, head in found.items()
    }


def fit_purchase(
    matrix: csr_matrix, others: Mapping[str, Floats], labels: Sequence[bool]
) -> tuple[Fitted, dict[str, float]]:
    """Weights of the text, and of what the other heads say of it."""
    names = sorted(others)
    beside = csr_matrix(np.stack([others[name] for name in names], axis=1) * PURCHASE_SCORES)
    both = hstack([matrix, beside], format="csr")
    head = _one("purchase", both, labels, strength=_PURCHASE_C)["purchase"]
    width = matrix.shape[1]
    beyond = (float(weight) * PURCHASE_SCORES for weight in head.weights[width:])
    return Fitted(head.weights[:width], head.bias), dict(zip(names, beyond, strict=True))


def scores_of(heads: Mapping[str, Fitted], matrix: csr_matrix) -> dict[str, Floats]:
    return {name: head.scores(matrix) for name, head in heads.items()}


def _where(
    task: str, matrix: csr_matrix, labels: Sequence[str | None], *, classes: Sequence[str]
) -> dict[str, Fitted]:
    """On the texts that bear a label."""
    kept = [place for place, label in enumerate(labels) if label is not None]
    known = [str(labels[place]) for place in kept]
    return _classes(task, matrix[kept], known, classes=classes)


def _classes(
    task: str,
    matrix: csr_matrix,
    labels: Sequence[str],
    *,
    classes: Sequence[str],
    strength: float = _FEW_C,
) -> dict[str, Fitted]:
    """One head for each class against the rest."""
    heads: dict[str, Fitted] = {}
    for name in classes:
        is_class = [label == name for label in labels]
        heads |= _one(f"{task}:{name}", matrix, is_class, strength=strength)
    return heads


def _one(
    name: str, matrix: csr_matrix, labels: Sequence[bool], *, strength: float = _FEW_C
) -> dict[str, Fitted]:
    model = LinearSVC(C=strength, class_weight="balanced", max_iter=2000, tol=1e-3, random_state=0)
    model.fit(matrix, np.array(labels, bool))
    return {name: Fitted(model.coef_[0].astype(np.float32), float(model.intercept_[0]))}
