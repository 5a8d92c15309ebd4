"""Queues, and the Lambdas that read them."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
BATCH = 10


@dataclass
class Crew:
    """Containers of one Lambda, at most ``most`` at once; the one that ended last starts first, as
    it is the warmest."""

    most: int
    busy: int = 0
    at_once: Counter[int] = field(default_factory=Counter)
    _free: list[int] = field(default_factory=list)
    _made: int = 0

    @property
    def has_room(self) -> bool:
        return self.busy < self.most

    def start(self, bucket: int) -> int:
        """The number of the container."""
        self.busy += 1
        self.at_once[bucket] = max(self.at_once[bucket], self.busy)
        if self._free:
            return self._free.pop()
        self._made += 1
        return self._made

    def end(self, container: int) -> None:
        self.busy -= 1
        self._free.append(container)


@dataclass
class Groups(Generic[T]):
    """A FIFO queue: a group that is being worked on gives nothing until that is done. A batch holds
    as many messages of one group as there are, and then those of others."""

    depth: int = 0
    _waiting: dict[str, deque[T]] = field(default_factory=dict)
    _ready: deque[str] = field(default_factory=deque)
    _locked: set[str] = field(default_factory=set)

    def put(self, group: str, message: T) -> int:
        """How many of the group wait now."""
        self.depth += 1
        waiting = self._waiting.setdefault(group, deque())
        waiting.append(message)
        if len(waiting) == 1 and group not in self._locked:
            self._ready.append(group)
        return len(waiting)

    def take(self, most: int = BATCH) -> tuple[list[T], set[str]]:
        """Messages, in order, and the groups that are locked until ``done``."""
        taken: list[T] = []
        groups: set[str] = set()
        while self._ready and len(taken) < most:
            group = self._ready.popleft()
            groups.add(group)
            taken += self._some(group, most - len(taken))
        self.depth -= len(taken)
        self._locked |= groups
        return taken, groups

    def done(self, groups: Iterable[str]) -> None:
        for group in sorted(groups):
            self._locked.discard(group)
            if group in self._waiting:
                self._ready.append(group)

    def _some(self, group: str, most: int) -> Iterator[T]:
        waiting = self._waiting[group]
        for _ in range(min(most, len(waiting))):
            yield waiting.popleft()
        if not waiting:
            del self._waiting[group]
