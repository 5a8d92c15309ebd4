"""What would be told now is held against what is stored, to the byte."""

from typing import Any

import pytest

from earshot.domain.decisions import Decision, DecisionSet
from earshot.domain.models import Intent, Outcome, PostHead, Relevance, Role
from earshot.domain.retelling import Again, Moved, differences, moved, retold
from earshot.domain.stories import Strand
from tests import examples

KEY = ("account:acme", "s1")


def head(native_id: str = "p1", **changes: Any) -> PostHead:
    fields = {
        "source": "generic",
        "native_id": native_id,
        "version": "1",
        "author_id": "u1",
        "posted_at": examples.NOON,
        "outcome": "names_account",
        "intent": Intent.SWITCHING,
        "current_ids": ("account:acme",),
        "strand_id": "one",
        "strand_ids": frozenset({"one"}),
        "watchlist_version": "w1",
        "model_version": "m1",
        "raw_key": "raw/generic/forum/d1",
    }
    return PostHead.model_validate({**fields, **changes})


def again(before: PostHead | None, now: PostHead) -> Again:
    return Again(before=before, head=now, story=examples.story_post(now.native_id))


def relevance(score: int, **versions: str) -> Relevance:
    return Relevance(score=score, contributions=(), versions=versions)


def decided(**scores: Relevance) -> DecisionSet:
    decisions = tuple(
        Decision(
            seller_id=name,
            role=Role.OWNER,
            outcome=Outcome.ALERT,
            reason="worth_an_alert",
            relevance=found,
        )
        for name, found in scores.items()
    )
    return DecisionSet(signal_id="s1", revision=1, decisions=decisions)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (head(), head(), None),
        (None, head(current_ids=()), None),
        (
            None,
            head(),
            Moved(
                post="generic:p1",
                subjects=(),
                subjects_now=("account:acme",),
                intent=None,
                intent_now=Intent.SWITCHING,
            ),
        ),
        (
            head(),
            head(intent=Intent.PRAISE),
            Moved(
                post="generic:p1",
                subjects=("account:acme",),
                subjects_now=("account:acme",),
                intent=Intent.SWITCHING,
                intent_now=Intent.PRAISE,
            ),
        ),
    ],
)
def test_a_post_moves_when_it_means_something_else(
    before: PostHead | None, now: PostHead, told: Moved | None
) -> None:
    assert moved(again(before, now)) == told


def test_a_post_hangs_where_it_would_and_is_looked_for_where_it_does() -> None:
    found = again(head(), head(strand_id="two"))
    assert found.strand_ids == {"one", "two"}
    assert again(None, head(strand_id=None)).strand_ids == frozenset()


def test_strands_are_told_as_they_would_be() -> None:
    stays, goes = examples.story_post("p2"), examples.story_post("p1")
    one = Strand(strand_id="one", version=3, links=frozenset({"x"}), posts=(stays, goes))
    moves = {("generic", "p1"): again(head(), head(strand_id="two"))}
    first, second = retold([one], moves)
    assert (first.strand_id, first.version, first.posts) == ("one", 3, (stays,))
    assert (second.strand_id, second.version, second.links) == ("two", 0, frozenset())
    assert second.posts == (moves["generic", "p1"].story,)
    gone = {("generic", "p1"): again(head(), head(strand_id=None))}
    assert [strand.posts for strand in retold([one], gone)] == [(stays,)]


def test_what_is_the_same_to_the_byte_is_no_difference() -> None:
    assert list(differences(KEY, decided(anna=relevance(60)), decided(anna=relevance(60)))) == [
        None
    ]


def test_every_seller_of_either_is_compared() -> None:
    stored = decided(anna=relevance(60, watchlist="w1"), ben=relevance(40))
    present = decided(anna=relevance(60, watchlist="w2"), carla=relevance(70))
    anna, ben, carla = differences(KEY, stored, present)
    assert anna
    assert anna.is_of_versions_only
    assert ben
    assert (ben.seller_id, ben.present, ben.is_of_versions_only) == ("ben", None, False)
    assert carla
    assert (carla.stored, carla.signal_id) == (None, "s1")


def test_without_a_stored_decision_everything_is_new() -> None:
    [found] = differences(KEY, None, decided(anna=relevance(60)))
    assert found
    assert found.stored is None
