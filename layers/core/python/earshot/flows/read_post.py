"""What a post is about and what it means: read in one way, whoever asks."""

from dataclasses import dataclass

from earshot.domain.matching import match
from earshot.domain.models import Mention, Post, Understanding
from earshot.domain.standing import facts_of, standing_of
from earshot.domain.understanding import understand
from earshot.domain.watchlist_index import WatchlistIndex
from earshot.flows.disambiguate import Disambiguation, Settled
from earshot.meanings import semantic
from earshot.models.text import text_models


@dataclass(frozen=True)
class Reading:
    settled: Settled
    understanding: Understanding

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """The entries that are surely meant."""
        return self.settled.mentions

    @property
    def unsure(self) -> tuple[Mention, ...]:
        """What the post may name without surely meaning it."""
        return self.settled.unsure

    @property
    def nearest(self) -> Mention | None:
        """What is likeliest meant of all that the post may name."""
        found = (*self.mentions, *self.unsure)
        return max(found, key=lambda mention: mention.percent, default=None)


def read(post: Post, index: WatchlistIndex, judging: Disambiguation) -> Reading:
    """By the watchlist that is given and the models that this container has."""
    settled = judging.settle(post, match(post, index))
    embed = semantic() if settled.mentions or settled.unsure else None
    meaning = understand(post.plain, text_models(), embed=embed)
    facts = facts_of(post, index)
    account = judging.accounts.get(facts.account_id) if facts.account_id else None
    standing = standing_of(post.kind, facts, stage=account.stage if account else None)
    return Reading(settled, meaning.model_copy(update={"standing": standing}))
