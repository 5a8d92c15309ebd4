"""Wait for something that is on its way, and not for ever."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(look: Callable[[], T], what: str, *, within: float = 60.0, pause: float = 0.05) -> T:
    """The first answer that is true."""
    ends = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < ends, f"after {within:.0f} s still not: {what}"
        time.sleep(pause)
    return found
