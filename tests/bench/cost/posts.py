"""What is said on a day: one post in ten is about what the company listens for."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

from earshot.sources.surface import FetchedPage, Headers
from tests.house import entry
from tests.standin.workload import RIVALS, Town

Entry = dict[str, Any]

ABOUT_SOMEBODY = 10
"""One in so many."""

_OPENINGS = (
    "Does anybody know how", "I finally understood why", "Yesterday we talked about whether",
    "There is a long thread on how", "My neighbour asks when", "We wrote down what happens if",
)  # fmt: skip
_THINGS = (
    "the tomatoes on the balcony", "a bicycle with two chains", "the old type foundry",
    "our night train to the coast", "the choir of the village", "a bread with little yeast",
    "the second season of the series", "a garden under snow",
)  # fmt: skip
_ENDINGS = (
    "should be kept over the winter", "was repaired at last", "is worth the trouble",
    "took so many weekends", "is what people come back for", "never gets old",
)  # fmt: skip


def mixed(town: Town, count: int) -> list[Entry]:
    """Posts, answers, reposts and edits about the town's accounts between others that concern
    nobody."""
    chance, about = random.Random(town.seed), _said(town)
    return [
        {**next(about), "posted_at": _moment(number)}
        if number % ABOUT_SOMEBODY == 0
        else _other(number, chance)
        for number in range(count)
    ]


def _said(town: Town) -> Iterator[Entry]:
    """What the town says that names somebody."""
    names = (*town.accounts, *RIVALS)
    return (
        one
        for one in town.deliveries()
        if "posted_at" in one and any(name in one["text"] for name in names)
    )


def _other(number: int, chance: random.Random) -> Entry:
    sentences = (
        f"{chance.choice(_OPENINGS)} {chance.choice(_THINGS)} {chance.choice(_ENDINGS)}."
        for _ in range(chance.randrange(1, 6))
    )
    person = chance.randrange(100_000)
    author = {"id": f"v{person}", "handle": f"person-{person}", "name": f"Person {person}"}
    text = f"{' '.join(sentences)} ({number})"
    return entry(100_000 + number, text, author=author, posted_at=_moment(number))


def _moment(number: int) -> str:
    return f"2026-11-23T{number // 200 % 9:02d}:{number % 60:02d}:{number % 59:02d}Z"


@dataclass(frozen=True)
class Feed:
    """A web with one page: a feed with these posts."""

    entries: Sequence[Entry]

    def __call__(
        self, url: str, headers: Headers, /, *, form: Mapping[str, str] | None = None
    ) -> FetchedPage:
        items = "".join(map(_item, self.entries))
        feed = f'<rss version="2.0"><channel><title>Forum</title>{items}</channel></rss>'
        return FetchedPage(200, url, {"content-type": "application/rss+xml"}, feed.encode())


def _item(one: Entry) -> str:
    date = format_datetime(datetime.fromisoformat(one["posted_at"]))
    return (
        f"<item><guid isPermaLink='false'>{one['id']}</guid><link>{escape(one['url'])}</link>"
        f"<author>{escape(one['author']['name'])}</author><pubDate>{date}</pubDate>"
        f"<description>{escape(one['text'])}</description></item>"
    )
