"""How many posts a second are matched and understood, and what a large watchlist costs."""

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from earshot.domain.matching import NOBODY, match
from earshot.domain.models import Post, Understanding
from earshot.domain.name_search import names_in
from earshot.domain.tokens import words
from earshot.domain.understanding import understand
from earshot.domain.watchlist import compile_entries
from earshot.domain.watchlist_index import WatchlistIndex, from_bytes, to_bytes
from earshot.flows.compile_watchlist import ordinary_words
from earshot.models.text import text_models
from tests.bench import names
from tests.bench.figures import Figure
from tests.bench.measured import Measured

ACCOUNTS, FEW, LOADED, MANY = 100_000, 1_000, 300_000, 1_000_000
POSTS = 10_000
UNDERSTOOD_POSTS = 1_000
NAMING_PERCENT = 10
ROUNDS = 7
KEPT = names.ROOT / ".cache/bench"
DOMAIN = names.ROOT / "layers/core/python/earshot/domain"

_LOAD = """
import resource, sys, time
from pathlib import Path
from earshot.domain.watchlist_index import from_bytes
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
before, started = resident(), time.process_time()
index = from_bytes(Path(sys.argv[1]).read_bytes())
took = time.process_time() - started
peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) * 1024
print(took, (resident() - before) / 1e6, (peak - before) / 1e6, len(index))
"""

T = TypeVar("T")


def measure() -> Iterator[Measured | Figure]:
    known = stored(ACCOUNTS)
    silent = names.posts(POSTS, of=lambda post: not concerns(post, known))
    tenth = names.naming(silent, percent=NAMING_PERCENT, size=ACCOUNTS)
    few = tenth[:UNDERSTOOD_POSTS]
    yield _rate(
        "candidates by name, 10% have one",
        lambda: [names_in(post.plain, words(post.plain), known) for post in tenth],
        len(tenth),
        50_000,
    )
    yield _rate(
        "all evidence matched, 10% have some",
        lambda: [match(post, known) for post in tenth],
        len(tenth),
    )
    yield _rate(
        "a stream, 10% understood",
        lambda: [understood(post) for post in tenth if concerns(post, known)],
        len(tenth),
        10_000,
    )
    yield _rate(
        "all understood",
        lambda: [(match(post, known), understood(post)) for post in few],
        len(few),
        2_000,
    )
    yield growth(stored(FEW), stored(MANY), posts=names.posts(POSTS))
    yield from loading(LOADED)
    yield compiling(ACCOUNTS)


def growth(
    small: WatchlistIndex, large: WatchlistIndex, *, posts: Sequence[Post], goal: float = 1.5
) -> Measured:
    """Posts that name nobody of the larger watchlist: the same work but for the size."""
    silent = [post for post in posts if not concerns(post, large)]
    rounds = [
        (
            seconds(lambda: [match(post, small) for post in silent]) / len(silent),
            seconds(lambda: [match(post, large) for post in silent]) / len(silent),
        )
        for _ in range(ROUNDS)
    ]
    floor, ours = zip(*rounds, strict=True)
    name = f"a post at {len(large):,} names against {len(small):,}"
    return Measured(name, floor, ours, goal)


def loading(count: int) -> Iterator[Figure]:
    """In a process of its own."""
    stored(count)
    runs = [
        [
            float(part)
            for part in subprocess.run(
                [sys.executable, "-c", _LOAD, str(_kept(count))],
                env={"PYTHONPATH": str(DOMAIN.parents[1])},
                check=True,
                capture_output=True,
                text=True,
            ).stdout.split()
        ]
        for _ in range(5)
    ]
    seconds, resident, peak, _ = zip(*runs, strict=True)
    yield Figure(f"loading {count:,} names", "s", seconds, at_most=1.5)
    yield Figure(f"memory of {count:,} names", "MB", resident, at_most=200)
    yield Figure("its peak while loading", "MB", peak)


def compiling(count: int) -> Figure:
    entries = list(names.companies(count))
    took = seconds(lambda: compile_entries(entries, ordinary=ordinary_words()))
    return Figure(f"compiling {count:,} accounts", "s", (took,), at_most=10)


@cache
def stored(count: int) -> WatchlistIndex:
    """Compiled once for each version of the sources that compile it."""
    kept = _kept(count)
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        for former in kept.parent.glob(f"{count}-*.bin"):
            former.unlink()
        kept.write_bytes(to_bytes(compiled(count)))
    return from_bytes(kept.read_bytes())


def compiled(count: int) -> WatchlistIndex:
    return compile_entries(names.companies(count), ordinary=ordinary_words())


def _kept(count: int) -> Path:
    sources = ("aliases", "legal_forms", "tokens", "topics", "watchlist", "watchlist_index")
    files = [Path(names.__file__), *(DOMAIN / f"{name}.py" for name in sources)]
    made_by = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    return KEPT / f"{count}-{made_by}.bin"


def _rate(name: str, work: Callable[[], T], posts: int, goal: float | None = None) -> Figure:
    work()
    samples = tuple(posts / seconds(work) for _ in range(ROUNDS))
    return Figure(name, "posts/s", samples, at_least=goal)


def understood(post: Post) -> Understanding:
    """Without the semantic layer."""
    return understand(post.plain, text_models())


def concerns(post: Post, known: WatchlistIndex) -> bool:
    return match(post, known) is not NOBODY


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started
