"""Is a post that contains an alias really about the account that bears it?

Three ways to know the meaning, each with weights of its own: none (``embed`` is missing: words
alone), static vectors, the semantic layer. What the alias's earlier posts were like and what
sellers said of them comes in as an ``AliasPrior``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from earshot.domain.learned_prior import NOTHING_KNOWN, AliasPrior

Vector = tuple[float, ...]
Embed = Callable[[str], Vector]


@dataclass(frozen=True)
class Verdict:
    """``decides`` is false where the probability is too near the middle to act on; the candidate is
    then kept with its ``percent``."""

    percent: int
    decides: bool

    @property
    def about(self) -> bool:
        return self.decides and self.percent >= 50


@dataclass(frozen=True)
class Subject:
    """One alias of one account, with all that does not change from post to post. Made once per
    container and kept."""

    alias: str
    name: str
    texts: tuple[str, ...]


class Aboutness:
    """``version`` names the weights and the way of knowing meanings; it belongs in the model
    version that a decision stores."""

    version = "aboutness-0-surface"

    def __init__(self, embed: Embed | None = None) -> None:
        self._embed = embed

    def subject(
        self, alias: str, *, name: str, description: str | None, website_text: str | None
    ) -> Subject:
        return Subject(alias, name, tuple(filter(None, (description, website_text))))

    def judge(self, text: str, subject: Subject, prior: AliasPrior = NOTHING_KNOWN) -> Verdict:
        """The same text, subject and prior give the same verdict."""
        known = len(text) and len(subject.texts) and prior.posts >= 0
        return Verdict(percent=50, decides=not known)

    def observe(self, text: str, subject: Subject, prior: AliasPrior) -> AliasPrior:
        """The prior after one more unlabelled post of the alias."""
        return prior

    def teach(self, text: str, subject: Subject, prior: AliasPrior, *, about: bool) -> AliasPrior:
        """The prior after a seller said what a post was about."""
        return prior
