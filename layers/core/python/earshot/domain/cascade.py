"""Two judges of meaning in a row: a quick one reads every post, a slow one those that leave it
unsure, and all posts of an alias that sellers spoke about: what they said is worth more to it.

Each has a prior of its own per alias; the second one's past is of the posts that left the first
unsure, so that feedback does not change what it means."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from earshot.domain.aboutness import Aboutness, Verdict
from earshot.domain.aboutness_features import Subject
from earshot.domain.learned_prior import NOTHING_KNOWN, AliasPrior

UNSURE = (7, 93)
"""Chosen with companies left out; docs/matching.md has what other bands gave."""

Priors = Mapping[str, AliasPrior]
"""By the version of the judge that they belong to."""

NO_PRIORS: Priors = MappingProxyType({})


@dataclass(frozen=True)
class Subjects:
    """The same alias of the same account, as each judge knows it."""

    first: Subject
    second: Subject | None


class Cascade:
    """Without a second judge the first one has the last word."""

    def __init__(self, first: Aboutness, second: Aboutness | None = None) -> None:
        self._first = first
        self._second = second
        self.versions = (first.version, *((second.version,) if second else ()))

    def subjects(
        self, alias: str, *, name: str, description: str | None, website_text: str | None
    ) -> Subjects:
        def known(judge: Aboutness) -> Subject:
            return judge.subject(
                alias, name=name, description=description, website_text=website_text
            )

        return Subjects(known(self._first), known(self._second) if self._second else None)

    def judge(self, text: str, subjects: Subjects, priors: Priors = NO_PRIORS) -> Verdict:
        """The last judge's verdict, with the kinships that count for the alias's past."""
        first = self._first.judge(text, subjects.first, _prior(priors, self._first))
        if self._second is None or subjects.second is None:
            return first
        prior, unsure = _prior(priors, self._second), is_unsure(first.percent)
        if not unsure and not prior.labels:
            return first
        second = self._second.judge(text, subjects.second, prior)
        counted = second.kinships if unsure else {}
        return replace(second, kinships={**first.kinships, **counted})

    def teach(self, text: str, subjects: Subjects, priors: Priors, *, about: bool) -> Priors:
        """After a seller said whether a post was about the account: each judge learns of it."""
        pairs = ((self._first, subjects.first), (self._second, subjects.second))
        return {
            judge.version: judge.teach(text, subject, _prior(priors, judge), about=about)
            for judge, subject in pairs
            if judge is not None and subject is not None
        }


def is_unsure(percent: int) -> bool:
    """Whether the second judge is asked of an alias that no seller spoke about."""
    return UNSURE[0] < percent < UNSURE[1]


def _prior(priors: Priors, judge: Aboutness) -> AliasPrior:
    return priors.get(judge.version, NOTHING_KNOWN)
