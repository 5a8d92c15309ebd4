"""Each post of a story says what holds it to the others."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from earshot.domain.stories import StoryPost, Strand, tell, thread_strand
from earshot.domain.story_bonds import Tie, bonds
from tests import examples

THREAD = thread_strand("generic", "a")


def post(native_id: str, minutes: float, **changes: Any) -> StoryPost:
    moment = examples.NOON + timedelta(minutes=minutes)
    return examples.story_post(native_id, posted_at=moment, **changes)


def strand(strand_id: str, *posts: StoryPost, links: Sequence[str] = ()) -> Strand:
    return Strand(strand_id=strand_id, version=1, posts=posts, links=frozenset(links))


def ties(*region: Strand) -> list[tuple[str, Tie, str | None]]:
    (told,) = tell(region)
    found = bonds(region, told)
    return [(one.post.native_id, one.tie, one.to[1] if one.to else None) for one in found]


def test_copies_answers_and_repeats_say_what_they_are_held_to() -> None:
    words = strand("words:1", post("a", 0), post("b", 1), links=[THREAD, "words:2", "words:3"])
    cut = strand("words:2", post("c", 2), links=["words:1"])
    emptied = strand("words:3", links=["words:1"])
    answers = strand(
        THREAD, post("d", 3, thread_id="a"), post("e", 4, thread_id="a"), links=["words:1"]
    )
    assert ties(words, cut, emptied, answers) == [
        ("a", Tie.BEGINS, None),
        ("b", Tie.SAME_WORDS, "a"),
        ("c", Tie.REPEATS_WORDS, "a"),
        ("d", Tie.ANSWERS, "a"),
        ("e", Tie.SAME_THREAD, "d"),
    ]


def test_an_answer_that_is_dated_before_its_question_is_held_to_it_all_the_same() -> None:
    words = strand("words:1", post("a", 5), links=[THREAD])
    answers = strand(THREAD, post("d", 0, thread_id="a"), links=["words:1"])
    assert ties(words, answers) == [("d", Tie.BEGINS, None), ("a", Tie.IS_ANSWERED, "d")]


def test_a_link_that_no_longer_holds_is_no_way() -> None:
    words = strand("words:1", post("a", 0), links=[THREAD, thread_strand("generic", "z")])
    other = strand(thread_strand("generic", "z"), post("d", 1, thread_id="z"), links=["words:1"])
    first, second = tell([words, other])
    assert [one.tie for one in bonds([words, other], first)] == [Tie.BEGINS]
    assert [one.tie for one in bonds([words, other], second)] == [Tie.BEGINS]
