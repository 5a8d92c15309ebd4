"""Watchlists as large as is asked for, and posts, always the same ones."""

import json
import os
import random
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from pathlib import Path

from earshot.domain.legal_forms import EMPTY_WORDS
from earshot.domain.models import EntryKind, Post, WatchlistEntry
from earshot.flows.compile_watchlist import ordinary_words
from tests import examples

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("EARSHOT_SHARED", ROOT.parent / "shared"))
REAL_POSTS = SHARED / "data/eval/sentiment.jsonl"
OWN_POSTS = ROOT / "layers/training/examples"
SEED = 20261122

_SYLLABLES = """
    ba be bi bo da de di do fa fe fi ga go ka ke ki ko la le li lo lu ma me mi mo na ne ni no pa
    pe po ra re ri ro sa se si so ta te ti to va ve vi vo wa xa ya za zo br cr dr fl gr pl str tr
"""
_TRADES = """
    Analytics Automotive Bank Bakery Chemicals Construction Consulting Foods Freight Health
    Insurance Labs Logistics Media Metals Motors Networks Partners Pharma Robotics Software
    Solutions Steel Studios Systems Technologies Textiles Tools Travel Works
"""
_FORMS = (" Inc.", " GmbH", " Ltd", " S.A.", " LLC", "", "", "")
# Of a hundred companies so many are called after an ordinary word, alone or before their trade.
_ORDINARY_PERCENT = 1
_ORDINARY_WITH_TRADE_PERCENT = 20
_COINED_PERCENT = 45


def companies(count: int) -> Iterator[WatchlistEntry]:
    """Each with a domain; a quarter with a handle."""
    chance = random.Random(SEED)
    others = sorted(ordinary_words().others - EMPTY_WORDS)
    for number in range(count):
        name = _name(chance, others)
        host = "".join(filter(str.isalnum, name.lower()))
        yield examples.entry(
            EntryKind.ACCOUNT,
            str(number),
            name + chance.choice(_FORMS),
            domains=(f"{host}{number % 97}.example",),
            handles=(f"{host}hq",) if number % 4 == 0 else (),
        )


def posts(count: int, *, of: Callable[[Post], bool] = lambda _: True) -> list[Post]:
    """Real ones where they are at hand, else the project's own examples; in turn again if there
    are not enough ``of`` the kind."""
    made = (examples.post(text, native_id=f"p{n}") for n, text in enumerate(_texts()))
    return list(islice(cycle([post for post in islice(made, 2 * count) if of(post)]), count))


def naming(silent: list[Post], *, percent: int, size: int) -> list[Post]:
    """So many of a hundred posts now name one of the first companies of the watchlist, at the
    end."""
    chance = random.Random(SEED)
    listed = [entry.name for entry in companies(min(size, 1_000))]
    return [
        examples.post(f"{post.plain} {chance.choice(listed)}", native_id=post.native_id)
        if number % 100 < percent
        else post
        for number, post in enumerate(silent)
    ]


def _texts() -> list[str]:
    files = [REAL_POSTS] if REAL_POSTS.exists() else sorted(OWN_POSTS.glob("*.jsonl"))
    lines = (line for file in files for line in file.read_text("utf-8").splitlines())
    return [str(json.loads(line)["text"]) for line in lines]


def _name(chance: random.Random, others: list[str]) -> str:
    kind, syllables, trades = chance.randrange(100), _SYLLABLES.split(), _TRADES.split()
    coined = "".join(chance.choice(syllables) for _ in range(chance.randint(3, 5))).title()
    if kind < _ORDINARY_PERCENT:
        return chance.choice(others).title()
    if kind < _ORDINARY_WITH_TRADE_PERCENT:
        return f"{chance.choice(others).title()} {coined} {chance.choice(trades)}"
    if kind < _COINED_PERCENT:
        return coined
    return f"{coined} {chance.choice(trades)}"
