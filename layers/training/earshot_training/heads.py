"""The linear heads: what each is trained on, and their weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from earshot.domain.models import Degree, Event, Intent, Sentiment, Urgency
from earshot_training.corpus import Labelled

PURCHASE_SCORES = 0.3
_SENTIMENT_C = 0.3
_FEW_C = 0.1
_PURCHASE_C = 0.05
_COMPLAINT_C = 0.03
COMPLAINT_SEES = ("intent:", "sentiment:", "complaint words")
# Macro recall and macro F1 count rare classes as much as common ones; "balanced" alone goes half
# the way for hinge losses. Chosen on a fifth of ``sentiment``.
SENTIMENT_BIAS = {"negative": 0.4, "neutral": 0.0, "positive": 0.2}

Floats = NDArray[np.float32]
Weights = dict[str, float]


@dataclass(frozen=True)
class Fitted:
    """A head's weights for every column, and its bias."""

    weights: Floats
    bias: float

    def scores(self, matrix: csr_matrix | Floats) -> Floats:
        return np.asarray(matrix @ self.weights + self.bias, np.float32)


def fit_examples(matrix: csr_matrix | Floats, known: Sequence[Labelled]) -> dict[str, Fitted]:
    """What examples teach: intent, complaint or not, urgency, degree, and the event of news."""
    heads = class_heads("intent", matrix, [item.intent for item in known], classes=[*Intent])
    heads |= one_head(
        "complaint words", matrix, [Intent.COMPLAINT in item.intents for item in known]
    )
    for urgency in (Urgency.NOW, Urgency.SOON):
        heads |= one_head(f"urgency:{urgency}", matrix, [item.urgency == urgency for item in known])
    heads |= _where("degree", matrix, [item.degree for item in known], classes=[*Degree])
    heads |= _where("event", matrix, [item.event for item in known], classes=[*Event])
    return heads


def fit_sentiment(
    matrix: csr_matrix | Floats, labels: Sequence[str], *, strength: float = _SENTIMENT_C
) -> dict[str, Fitted]:
    found = class_heads("sentiment", matrix, labels, classes=[*Sentiment], strength=strength)
    return {
        name: Fitted(head.weights, head.bias + SENTIMENT_BIAS[name.partition(":")[2]])
        for name, head in found.items()
    }


def fit_purchase(
    matrix: csr_matrix | Floats, others: Mapping[str, Floats], labels: Sequence[bool]
) -> tuple[Fitted, Weights]:
    """Weights of the text, and of what the other heads say of it."""
    names = sorted(others)
    beside = csr_matrix(np.stack([others[name] for name in names], axis=1) * PURCHASE_SCORES)
    both = hstack([matrix, beside], format="csr")
    head = one_head("purchase", both, labels, strength=_PURCHASE_C)["purchase"]
    width = matrix.shape[1]
    beyond = (float(weight) * PURCHASE_SCORES for weight in head.weights[width:])
    return Fitted(head.weights[:width], head.bias), dict(zip(names, beyond, strict=True))


def fit_complaint(scores: Mapping[str, Floats], labels: Sequence[bool]) -> tuple[float, Weights]:
    """A handful of coefficients on what the heads say; no word of the texts is a feature."""
    names = [name for name in sorted(scores) if name.startswith(COMPLAINT_SEES)]
    seen = np.stack([scores[name] for name in names], axis=1)
    model = LogisticRegression(C=_COMPLAINT_C, class_weight="balanced").fit(seen, labels)
    weights = dict(zip(names, (float(weight) for weight in model.coef_[0]), strict=True))
    return float(model.intercept_[0]), weights


def scores_of(heads: Mapping[str, Fitted], matrix: csr_matrix) -> dict[str, Floats]:
    return {name: head.scores(matrix) for name, head in heads.items()}


def _where(
    task: str, matrix: csr_matrix | Floats, labels: Sequence[str | None], *, classes: Sequence[str]
) -> dict[str, Fitted]:
    """On the texts that bear a label."""
    kept = [place for place, label in enumerate(labels) if label is not None]
    known = [str(labels[place]) for place in kept]
    return class_heads(task, matrix[kept], known, classes=classes)


def class_heads(
    task: str,
    matrix: csr_matrix | Floats,
    labels: Sequence[str],
    *,
    classes: Sequence[str],
    strength: float = _FEW_C,
) -> dict[str, Fitted]:
    """One head for each class against the rest."""
    heads: dict[str, Fitted] = {}
    for name in classes:
        is_class = [label == name for label in labels]
        heads |= one_head(f"{task}:{name}", matrix, is_class, strength=strength)
    return heads


def one_head(
    name: str, matrix: csr_matrix | Floats, labels: Sequence[bool], *, strength: float = _FEW_C
) -> dict[str, Fitted]:
    """Whether a text is one."""
    model = LinearSVC(C=strength, class_weight="balanced", max_iter=2000, tol=1e-3, random_state=0)
    model.fit(matrix, np.array(labels, bool))
    return {name: Fitted(model.coef_[0].astype(np.float32), float(model.intercept_[0]))}
