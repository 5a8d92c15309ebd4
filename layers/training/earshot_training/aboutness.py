"""Fits the coefficients of domain/aboutness.py: a logistic regression over its features."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from earshot.domain.aboutness import Weights, alias_prior
from earshot.domain.aboutness_features import (
    Embed,
    Features,
    Subject,
    dot,
    features_of,
    subject_of,
)
from earshot.domain.learned_prior import NOTHING_KNOWN, AliasPrior, observed
from earshot_training.embeddings import embedder
from earshot_training.labelled_posts import Company, companies

STRENGTH = 20.0
UNSURE = (22, 78)
VERSIONS = {
    "surface": "aboutness-1-surface",
    "static": "aboutness-1-static",
    "semantic": "aboutness-2-semantic",
}


@dataclass(frozen=True)
class Seen:
    """A company with the features of its posts, in the order they were written."""

    company: Company
    subject: Subject
    features: tuple[Features, ...]

    @property
    def kinship(self) -> float:
        return sum(post.kinship for post in self.features) / len(self.features)

    @property
    def closeness(self) -> float:
        return self.subject.meaning.closeness if self.subject.meaning else 0.0

    @property
    def renaming(self) -> float:
        meaning = self.subject.meaning
        return meaning.renaming if meaning else float(self.subject.longer_name)

    def pasts(self, version: str, counted: Iterable[bool] = repeat(True)) -> list[AliasPrior]:
        """What was known before each post, of the posts that are counted."""
        priors = [NOTHING_KNOWN]
        for post, counts in zip(self.features[:-1], counted, strict=False):
            known = priors[-1]
            priors.append(observed(known, post.kinship, version=version) if counts else known)
        return priors


def seen(company: Company, embed: Embed | None) -> Seen:
    subject = subject_of(
        company.alias,
        name=company.name,
        description=company.description,
        website_text=company.website_text,
        embed=embed,
    )
    return Seen(
        company, subject, tuple(features_of(text, subject, embed) for text in company.texts)
    )


def all_seen(folder: Path, way: str) -> list[Seen]:
    found = companies(folder)
    if way == "surface":
        return [seen(company, None) for company in found]
    texts = (text for company in found for text in company.texts)
    embed = embedder(texts, with_semantic=way == "semantic")
    return [seen(company, embed) for company in found]


def fit(training: Sequence[Seen], way: str) -> Weights:
    """On every post of the training companies, each judged with the past that it had."""
    empty = _of_aliases(training, way)
    rows = [row for one in training for row in inputs(one, empty)]
    labels = [about for one in training for about in one.company.about]
    matrix = np.array(rows)
    mean, scale = matrix.mean(axis=0), matrix.std(axis=0) + 1e-9
    model = LogisticRegression(max_iter=500).fit((matrix - mean) / scale, labels)
    weights = model.coef_[0] / scale
    return empty.model_copy(
        update={
            "weights": tuple(round(float(weight), 5) for weight in weights),
            "intercept": round(float(model.intercept_[0] - mean @ weights), 5),
        }
    )


def inputs(
    one: Seen, weights: Weights, counted: Iterable[bool] = repeat(True)
) -> list[tuple[float, ...]]:
    return [
        (*post.values, alias_prior(weights, one.subject, past))
        for post, past in zip(one.features, one.pasts(weights.version, counted), strict=True)
    ]


def logits_of(one: Seen, weights: Weights, counted: Iterable[bool] = repeat(True)) -> list[float]:
    """Each post with the past that it had."""
    return [weights.intercept + dot(weights.weights, row) for row in inputs(one, weights, counted)]


def _of_aliases(training: Sequence[Seen], way: str) -> Weights:
    """What the training companies say of aliases; no weights yet."""
    kinship = np.array([one.kinship for one in training])
    closeness = np.array([one.closeness for one in training])
    renaming = np.array([one.renaming for one in training])
    slope = float(np.polyfit(closeness, kinship, 1)[0]) if closeness.any() else 0.0
    return Weights(
        version=VERSIONS[way],
        weights=(),
        intercept=0,
        kinship_at_zero=round(float(kinship.mean() - slope * closeness.mean()), 5),
        kinship_per_closeness=round(slope, 5),
        strength=STRENGTH,
        kinship_mean=round(float(kinship.mean()), 5),
        kinship_scale=round(float(kinship.std()), 5),
        renaming_mean=round(float(renaming.mean()), 5),
        renaming_scale=round(float(renaming.std()), 5),
        unsure_from=UNSURE[0],
        unsure_to=UNSURE[1],
    )
