"""The stream: whose posts come when. Everything follows from the seed."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from earshot.domain.models import Author, DataClass, Post
from earshot.domain.repeats import sketch
from earshot.domain.stories import strand_of
from earshot.domain.subjects import prospect_subject_id
from tests.bench.simulation_world import (
    AUTHORS_SLOPE,
    FETCHED_IN,
    MIDNIGHT,
    POLLED_EVERY,
    SOURCE,
    Arrival,
    Said,
    World,
    Zipf,
)

_WORDS = tuple(f"{a}{b}{c}" for a in "bdfgklmnprst" for b in "aeiou" for c in "lmnrstk")

_PLAIN = Post(
    source=SOURCE,
    native_id="p",
    version="1",
    kind="post",
    author=Author(author_id="u"),
    text="",
    plain="",
    posted_at=MIDNIGHT,
    received_at=MIDNIGHT,
    thread_id="p",
    data_class=DataClass.OWNED,
    raw_key="raw/generic/c/p",
)


@dataclass
class Stream:
    """The arrivals of a world, in order."""

    world: World
    chance: Random = field(init=False)
    _number: int = 0
    _roots: list[tuple[Post, Said]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = Random(self.world.seed)
        self._connections = Zipf(self.world.connections)
        self._accounts = Zipf(self.world.accounts)
        self._authors = Zipf(self.world.authors, AUTHORS_SLOPE)
        self._viral = self._root(account=0)

    def arrivals(self) -> Iterator[Arrival]:
        """Second by second; what comes within one is spread over it. Polled pages come one after
        the other, every five minutes."""
        world, waiting = self.world, 0
        fetched: list[Arrival] = []
        for second in range(world.begin, world.begin + world.seconds):
            singly = self._poisson(world.rate(second) * world.pushed_singly)
            waiting += self._poisson(world.rate(second) * (1 - world.pushed_singly))
            viral = self._poisson(world.viral_rate(second))
            found = [self._arrival(second, [self._said()]) for _ in range(singly)]
            found += [self._arrival(second, [self._reply()]) for _ in range(viral)]
            if not world.is_polled or second % POLLED_EVERY == 0:
                fetched += self._pages(second, waiting)
                waiting = 0
            found += [page for page in fetched if page.at < second + 1]
            fetched = [page for page in fetched if page.at >= second + 1]
            yield from sorted(found)

    def _pages(self, second: int, posts: int) -> Iterator[Arrival]:
        for number, left in enumerate(range(posts, 0, -self.world.page)):
            some = [self._said() for _ in range(min(left, self.world.page))]
            page = self._arrival(second, some)
            yield page._replace(at=second + number * FETCHED_IN) if self.world.is_polled else page

    def _arrival(self, second: int, posts: list[Said]) -> Arrival:
        self._number += 1
        chance = self.chance
        connection = self._connections.draw(chance)
        is_borrowed = chance.random() < self.world.borrowed
        at = second + chance.random()
        return Arrival(at, connection, self._number, tuple(posts), is_borrowed)

    def _said(self) -> Said:
        world, chance = self.world, self.chance
        alias = self._accounts.draw(chance) if chance.random() < world.ambiguous else None
        if chance.random() >= world.concerning:
            return Said(self._name(), f"u{self._authors.draw(chance)}", alias=alias)
        drawn = chance.random()
        if self._roots and drawn < world.replies + world.reposts:
            root, said = self._roots[-1 - int(len(self._roots) * chance.random() ** 3)]
            return self._answer(root, said) if drawn < world.replies else self._repeat(root, said)
        root, said = self._root(account=self._accounts.draw(chance))
        self._roots = [*self._roots[-500:], (root, said)]
        return said

    def _reply(self) -> Said:
        root, said = self._viral
        return self._answer(root, said)

    def _root(self, *, account: int) -> tuple[Post, Said]:
        words = " ".join(self.chance.choices(_WORDS, k=24))
        name = self._name()
        post = self._post(name, name, plain=f"account{account} {words} {name}")
        return post, self._of(post, account)

    def _answer(self, root: Post, said: Said) -> Said:
        """Answers hang on the thread of the first post, whoever writes them."""
        return self._of(self._post(self._name(), root.thread_id, plain=""), said.account)

    def _repeat(self, root: Post, said: Said) -> Said:
        name = self._name()
        return self._of(self._post(name, name, plain=root.plain), said.account)

    def _post(self, name: str, thread: str, *, plain: str) -> Post:
        author = Author(author_id=f"u{self._authors.draw(self.chance)}")
        changes = {"native_id": name, "thread_id": thread, "author": author, "plain": plain}
        return _PLAIN.model_copy(update=changes)

    def _of(self, post: Post, account: int) -> Said:
        is_prospect = self.chance.random() < self.world.prospects
        author_id = post.author.author_id
        subject = prospect_subject_id(SOURCE, author_id) if is_prospect else f"account:{account}"
        words = sketch(post)
        return Said(post.native_id, author_id, strand_of(post, words), words, subject, account)

    def _name(self) -> str:
        self._number += 1
        return f"p{self._number}"

    def _poisson(self, mean: float) -> int:
        """Knuth's, and the normal approximation where the mean is large."""
        if mean > 50:
            return max(0, round(self.chance.gauss(mean, math.sqrt(mean))))
        limit, product, count = math.exp(-mean), self.chance.random(), 0
        while product > limit:
            product *= self.chance.random()
            count += 1
        return count
