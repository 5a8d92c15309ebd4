"""What is known of one alias of one account before a post is read: its earlier posts, unlabelled,
and what sellers said of some."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AliasPrior:
    """Of a fixed size, however many posts it has seen. ``text()`` is what DynamoDB stores."""

    posts: int = 0
    labels: int = 0

    def text(self) -> str:
        return f"{self.posts} {self.labels}"


NOTHING_KNOWN = AliasPrior()


def prior_from(text: str) -> AliasPrior:
    """The prior that wrote ``text``; ValueError for anything else."""
    posts, labels = map(int, text.split())
    return AliasPrior(posts, labels)
