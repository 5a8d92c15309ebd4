"""What was read lately, so that a warm container does not read it again for each request."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Fresh(Generic[K, V]):
    """Values by key, each with its age. The oldest goes when there are too many, so a caller who
    makes up keys cannot fill the memory."""

    def __init__(self, limit: int = 256, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._known: OrderedDict[K, tuple[float, V]] = OrderedDict()

    def get(self, key: K, read: Callable[[], V], *, max_age: float) -> V:
        """The known value if it is younger than ``max_age`` seconds, else what ``read`` returns.
        What ``read`` raises is not remembered."""
        known = self._known.get(key)
        if known and self._clock() - known[0] < max_age:
            return known[1]
        value = read()
        self._known.pop(key, None)
        self._known[key] = (self._clock(), value)
        if len(self._known) > self._limit:
            self._known.popitem(last=False)
        return value

    def __len__(self) -> int:
        return len(self._known)
