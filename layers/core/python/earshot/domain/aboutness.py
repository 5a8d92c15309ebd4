"""Is a post that contains an alias really about the account that bears it?

Three ways to know the meaning, each with weights of its own: none (``embed`` is missing: words
alone), static vectors, the semantic layer. What the alias's earlier posts were like and what
sellers said of them comes in as an ``AliasPrior``. docs/matching.md has the figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import Field

from earshot.domain.aboutness_features import (
    Embed,
    Features,
    Subject,
    dot,
    features_of,
    subject_of,
)
from earshot.domain.learned_prior import (
    NOTHING_KNOWN,
    AliasPrior,
    correction,
    observed,
    probability,
    taught,
)
from earshot.domain.values import Model

Percent = Annotated[int, Field(ge=0, le=100)]


class Weights(Model):
    """Of one way of knowing meanings. An alias's ``prior`` is the mean kinship of its past posts,
    which starts as ``strength`` posts of the kinship that its closeness predicts, less its
    renaming, each in standard deviations over the accounts of the training."""

    version: str
    weights: tuple[float, ...]
    intercept: float
    kinship_at_zero: float
    kinship_per_closeness: float
    strength: float
    kinship_mean: float
    kinship_scale: float
    renaming_mean: float
    renaming_scale: float
    unsure_from: Percent
    unsure_to: Percent


@dataclass(frozen=True)
class Verdict:
    """``decides`` is false where the probability is too near the middle to act on; the candidate is
    then kept with its ``percent``. ``kinships`` is what ``learned_prior.observed`` wants of the
    post, by the version of the model that saw it."""

    percent: int
    decides: bool
    kinships: Mapping[str, float] = field(default_factory=dict)

    @property
    def about(self) -> bool:
        return self.decides and self.percent >= 50


class Aboutness:
    """``version`` names the weights and the way of knowing meanings; it belongs in the model
    version that a decision stores."""

    def __init__(self, weights: Weights, embed: Embed | None = None) -> None:
        self.version = weights.version
        self._weights = weights
        self._embed = embed

    def subject(
        self, alias: str, *, name: str, description: str | None, website_text: str | None
    ) -> Subject:
        return subject_of(
            alias,
            name=name,
            description=description or "",
            website_text=website_text or "",
            embed=self._embed,
        )

    def judge(self, text: str, subject: Subject, prior: AliasPrior = NOTHING_KNOWN) -> Verdict:
        """The same text, subject and prior give the same verdict."""
        features = features_of(text, subject, self._embed)
        percent = round(100 * probability(self.logit(features, subject, prior)))
        sure = not self._weights.unsure_from < percent < self._weights.unsure_to
        decides = sure and (subject.described or prior.labels > 0)
        return Verdict(percent, decides, {self.version: features.kinship})

    def observe(self, text: str, subject: Subject, prior: AliasPrior) -> AliasPrior:
        """The prior after one more unlabelled post of the alias."""
        kinship = features_of(text, subject, self._embed).kinship
        return observed(prior, kinship, version=self.version)

    def teach(self, text: str, subject: Subject, prior: AliasPrior, *, about: bool) -> AliasPrior:
        """The prior after a seller said whether a post was about the account."""
        features = features_of(text, subject, self._embed)
        logit = self._unlabelled(features, subject, prior)
        return taught(prior, logit, features.vector, about=about, version=self.version)

    def logit(self, features: Features, subject: Subject, prior: AliasPrior) -> float:
        if prior.version != self.version:
            return self._unlabelled(features, subject, NOTHING_KNOWN)
        logit = self._unlabelled(features, subject, prior)
        return logit + correction(prior, logit, features.vector)

    def _unlabelled(self, features: Features, subject: Subject, prior: AliasPrior) -> float:
        prior = prior if prior.version == self.version else NOTHING_KNOWN
        inputs = (*features.values, alias_prior(self._weights, subject, prior))
        return self._weights.intercept + dot(self._weights.weights, inputs)


def alias_prior(weights: Weights, subject: Subject, prior: AliasPrior) -> float:
    """How much the alias itself speaks for the account, before the post is read."""
    meaning = subject.meaning
    closeness = meaning.closeness if meaning else 0.0
    renaming = meaning.renaming if meaning else float(subject.longer_name)
    expected = weights.kinship_at_zero + weights.kinship_per_closeness * closeness
    known = weights.strength * expected + prior.kinship
    kinship = known / (weights.strength + prior.posts) - weights.kinship_mean
    away = (renaming - weights.renaming_mean) / weights.renaming_scale
    return kinship / weights.kinship_scale - away
