from itertools import count

import pytest

from earshot.aws.fresh import Fresh


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_value_is_read_again_only_when_it_is_too_old() -> None:
    clock, reads = Clock(), count()
    fresh: Fresh[str, int] = Fresh(clock=clock)
    assert fresh.get("a", lambda: next(reads), max_age=60) == 0
    clock.now = 59.9
    assert fresh.get("a", lambda: next(reads), max_age=60) == 0
    assert fresh.get("a", lambda: next(reads), max_age=15) == 1
    clock.now = 119.9
    assert fresh.get("a", lambda: next(reads), max_age=60) == 2


def test_a_failure_is_not_remembered() -> None:
    fresh: Fresh[str, int] = Fresh(clock=Clock())

    def fail() -> int:
        raise KeyError

    with pytest.raises(KeyError):
        fresh.get("a", fail, max_age=60)
    assert fresh.get("a", lambda: 1, max_age=60) == 1


def test_made_up_keys_cannot_fill_the_memory() -> None:
    fresh: Fresh[int, int] = Fresh(limit=3, clock=Clock())
    reads: list[int] = []

    def read(key: int) -> int:
        reads.append(key)
        return key

    for key in range(100):
        fresh.get(key, lambda key=key: read(key), max_age=60)  # type: ignore[misc]
    assert len(fresh) == 3
    fresh.get(99, lambda: read(99), max_age=60)
    assert reads == list(range(100))
