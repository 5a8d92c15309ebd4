"""What a post is about and what it means: read in one way, whoever asks."""

from dataclasses import dataclass

from earshot.domain.matching import Candidates, match
from earshot.domain.models import Mention, Post, Understanding
from earshot.domain.understanding import understand
from earshot.domain.watchlist_index import WatchlistIndex


@dataclass(frozen=True)
class Reading:
    """``mentions`` are the candidates that are surely meant."""

    candidates: Candidates
    mentions: tuple[Mention, ...]
    understanding: Understanding

    @property
    def unsure(self) -> tuple[Mention, ...]:
        """What the post may name without surely meaning it."""
        named = (name.mention for name in self.candidates.names)
        return tuple(mention for mention in named if mention not in self.mentions)

    @property
    def nearest(self) -> Mention | None:
        """What is likeliest meant of all that the post may name."""
        found = (*self.mentions, *self.unsure)
        return max(found, key=lambda mention: mention.percent, default=None)


def read(post: Post, index: WatchlistIndex) -> Reading:
    """By the watchlist that is given and the models that this container has."""
    candidates = match(post, index)
    return Reading(candidates, candidates.sure, understand(post.plain))
