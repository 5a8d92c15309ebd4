"""What the product's side of a process holds, apart from the stores of the stand-in."""

import functools
import gc
import sys
from collections.abc import Iterable
from types import FrameType, ModuleType
from typing import Any, NamedTuple

_OURS = ("earshot", "aws_lambda_powertools", "boto3", "botocore", "s3transfer")
_BOUNDED: Any = type(functools.lru_cache(maxsize=1)(lambda: None))


class Held(NamedTuple):
    """Bytes: in caches that say how many entries they may have, and everywhere else."""

    caches: int
    rest: int


def held() -> Held:
    """Of all that the modules of the product and of boto3 lead to; nothing of tests, which is where
    the stand-in and all its stores are."""
    gc.collect()
    seen = {id(vars(module)) for module in list(sys.modules.values())}
    ours = [m for name, m in list(sys.modules.items()) if name.partition(".")[0] in _OURS]
    caches: list[Any] = []
    rest = _weigh((one for module in ours for one in vars(module).values()), seen, caches)
    return Held(_weigh(caches, seen - set(map(id, caches)), None), rest)


def _weigh(roots: Iterable[Any], seen: set[int], caches: list[Any] | None) -> int:
    """Bounded caches are not entered, but put into ``caches`` where that is given."""
    left, total = list(roots), 0
    while left:
        one = left.pop()
        if id(one) in seen or _is_foreign(one):
            continue
        seen.add(id(one))
        if caches is not None and isinstance(one, _BOUNDED) and _is_bounded(one):
            caches.append(one)
            continue
        total += sys.getsizeof(one)
        left += gc.get_referents(one)
    return total


def _is_bounded(one: Any) -> bool:
    return one.cache_parameters()["maxsize"] is not None


def _is_foreign(one: Any) -> bool:
    is_told = isinstance(one, type) or callable(one)
    module = getattr(one if is_told else type(one), "__module__", "")
    is_of_tests = isinstance(module, str) and module.startswith(("tests.", "_pytest", "pytest"))
    return is_of_tests or isinstance(one, ModuleType | FrameType)
