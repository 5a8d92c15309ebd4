"""How many posts a second one process matches and understands, beside merely splitting words."""

import time
from collections.abc import Callable, Iterator

from earshot.domain.matching import match
from earshot.domain.models import EntryKind, Post, WatchlistEntry
from earshot.domain.understanding import understand
from earshot.domain.watchlist import index
from tests import examples
from tests.bench.measured import Measured

ACCOUNTS = 50_000
POSTS = 500
ROUNDS = 7

_TEXTS = (
    "We are leaving North{n} Logistics after two years, what do people use instead?",
    "The build fails with a stack trace since yesterday; any help is welcome. See https://a.example",
    "Quarterly results of Acme{n}: revenue is up, and the new office opens next month.",
    "Does anybody know a good CRM for a small team? Our contract ends this quarter. cc @jo_{n}",
)


def measure() -> Iterator[Measured]:
    """With a watchlist of 100,000 aliases that all begin with another word."""
    known = index(examples.watchlist(*(_entry(n) for n in range(ACCOUNTS))))
    posts = [
        examples.post(_TEXTS[n % len(_TEXTS)].format(n=n), native_id=f"p{n}") for n in range(POSTS)
    ]
    rounds = [
        (
            _seconds(posts, lambda post: post.plain.casefold().split()),
            _seconds(posts, lambda post: (match(post, known), understand(post.plain))),
        )
        for _ in range(ROUNDS)
    ]
    floor, ours = zip(*rounds, strict=True)
    yield Measured("match and understand a post", floor, ours)


def _entry(number: int) -> WatchlistEntry:
    return examples.entry(
        EntryKind.ACCOUNT,
        str(number),
        f"North{number} Logistics",
        aliases=(f"Acme{number}",),
        domains=(f"north{number}.example",),
    )


def _seconds(posts: list[Post], work: Callable[[Post], object]) -> float:
    """Of one post."""
    started = time.process_time()
    for post in posts:
        work(post)
    return (time.process_time() - started) / len(posts)
