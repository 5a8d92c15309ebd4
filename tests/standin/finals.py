"""What a run ended in, and whether another one ended in the same."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tests.house import House
from tests.standin.heard import Heard, Pairs, by_decisions, heard, plain
from tests.standin.stand_in import StandIn
from tests.standin.tables import Table

MOST_TOLD_BEFORE = 0.1
"""Of all that was told: one delivery in ten is an edit or a deletion, and who was told of a story
before it stays so, whatever the story came to be worth by it."""
HOW_IT_CAME = ("revision", "absorbed", "strand_ids")
"""Of a signal: how many tries it took, which signals were alerted to before they proved to be its
story, and where to look for posts, which may have been edited away."""


@dataclass
class Final:
    """``signals`` with each candidate's relevance; who is ``to_hear`` of which post by the last
    decisions, and who ``heard``. Signals that an erasure changed last tell nobody: who hears of the
    posts that are ``left`` by it depends on what came before."""

    signals: dict[str, str]
    to_hear: Pairs
    left: Pairs
    heard: Heard


def final(aws: StandIn, house: House) -> Final:
    found = heard(aws, house.table.name)
    to_hear, left = by_decisions(aws, house)
    return Final(dict(_signals(aws.dynamodb.tables[house.table.name])), to_hear, left, found)


def assert_the_same(clean: Final, other: Final, *, changed: Collection[str]) -> None:
    """The same signals and relevance, and each seller heard of the same posts, each once. Posts
    that were ``changed``, edited or deleted, may have been told of before they were."""
    assert sorted(different(other.signals, clean.signals)) == []
    left = clean.left | other.left
    assert sorted((other.to_hear ^ clean.to_hear) - left) == []
    for run in (clean, other):
        assert set(run.heard.mails.values()) == {1}
        assert run.heard.twice == 0
        assert run.to_hear <= run.heard.ways.keys()
        assert {native_id for _, (_, native_id) in run.heard.waits - left} <= set(changed)
        # Of thousands of posts to a few sellers, the budget may leave no room for an update.
        assert {"alert", "digest"} <= set(run.heard.ways.values()) <= {"alert", "update", "digest"}
    told_before = (clean.heard.ways.keys() ^ other.heard.ways.keys()) - left
    known = {pair for run in (clean, other) for pair in run.to_hear}
    print(f"{len(known)} pairs to hear of, {len(left)} left, {len(told_before)} told before")
    assert sorted(told_before & known) == []  # by the last decisions nobody is to hear of these
    assert len(told_before) <= MOST_TOLD_BEFORE * len(clean.heard.ways)


def different(some: dict[str, str], others: dict[str, str]) -> Iterator[str]:
    return (key for key in some.keys() | others.keys() if some.get(key) != others.get(key))


def _signals(table: Table) -> Iterator[tuple[str, str]]:
    for (pk, sk), row in table.rows.all():
        if pk.startswith("SUBJECT#") and sk.startswith("SIGNAL#"):
            signal = plain(row.item["data"])
            revision = int(signal["revision"])
            decided = table.rows.get((sk, f"DECISIONS#{revision:08d}#000"))
            decisions = plain(decided.item["data"])["decisions"] if decided else []
            relevance = {one["seller_id"]: one["relevance"] for one in decisions}
            for name in HOW_IT_CAME:
                signal.pop(name, None)
            yield sk, json.dumps([signal, relevance], default=str, sort_keys=True)
