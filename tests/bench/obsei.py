"""The same posts in obsei, in turn with ours.

obsei names no companies: who a post is about it asks a language model elsewhere. What it does by
itself with each post, and what is compared, is to make a record, to search the text for what
identifies people, and to compute the features that its themes are made of.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import IO, cast

from earshot.domain.matching import match
from earshot.domain.models import Post
from earshot.domain.watchlist_index import WatchlistIndex
from tests.bench import matching, names
from tests.bench.figures import Figure

REQUIRED = ("obsei==1.1.1", "numpy", "pandas")
FOLDER = names.ROOT / ".cache/bench/obsei"
ROUNDS = 5
POSTS = 1_000


def measure() -> Iterator[Figure]:
    known = matching.stored(matching.ACCOUNTS)
    posts = names.posts(POSTS)
    python = environment()
    command = [python, "-P", str(names.ROOT / "tests/bench/obsei_posts.py")]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=FOLDER) as peer:
        told, heard = cast("IO[str]", peer.stdin), cast("IO[str]", peer.stdout)
        told.write(json.dumps([post.plain for post in posts]) + "\n")
        rounds: list[tuple[float, float]] = []
        for _ in range(ROUNDS + 1):
            told.write("again\n")
            told.flush()
            took = float(heard.readline())
            rounds.append((POSTS / took, POSTS / _ours(posts, known)))
        told.close()
    theirs, ours = zip(*rounds[1:], strict=True)
    yield Figure("obsei 1.1.1: record, redact, features", "posts/s", theirs)
    yield Figure("Earshot in turn with it: match and understand all", "posts/s", ours)


def _ours(posts: list[Post], known: WatchlistIndex) -> float:
    return matching.seconds(
        lambda: [(match(post, known), matching.understood(post)) for post in posts]
    )


def environment() -> str:
    """The interpreter of an environment made once; needs a network then."""
    python = FOLDER / "bin/python"
    if not (FOLDER / "made").exists():
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "-q", "--clear", "-p", sys.executable, FOLDER], check=True)
        subprocess.run([*uv, "pip", "install", "-q", "--python", python, *REQUIRED], check=True)
        (FOLDER / "made").touch()
    return str(python)
