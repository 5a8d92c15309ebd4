"""Which posts are one story, from whatever strands they hang on."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.models import EntryKind, Intent, Understanding, Urgency
from earshot.domain.repeats import sketch
from earshot.domain.stories import (
    QUIET,
    StoryPost,
    Strand,
    Told,
    story_post,
    strand_of,
    tell,
    thread_strand,
)
from tests import examples

BOB, ALICE, ACME = "prospect:generic:bob", "prospect:generic:alice", "account:acme"


def post(native_id: str, *subject_ids: str, minutes: float = 0, **changes: Any) -> StoryPost:
    moment = examples.NOON + timedelta(minutes=minutes)
    return examples.story_post(native_id, subject_ids=subject_ids, posted_at=moment, **changes)


def strand(strand_id: str, *posts: StoryPost, links: Sequence[str] = ()) -> Strand:
    return Strand(strand_id=strand_id, version=1, posts=posts, links=frozenset(links))


def summary(told: Sequence[Told]) -> list[tuple[str, list[str]]]:
    return [(one.subject_id, [p.native_id for p in one.posts]) for one in told]


def test_who_only_repeats_is_no_prospect() -> None:
    words = strand("words:1", post("a", BOB), post("b", ALICE, minutes=5))
    assert summary(tell([words])) == [(BOB, ["a", "b"])]


def test_a_copy_that_names_an_account_tells_it_too() -> None:
    words = strand("words:1", post("a", BOB), post("b", ALICE, ACME, minutes=5))
    assert summary(tell([words])) == [(BOB, ["a", "b"]), (ACME, ["b"])]


def test_words_that_repeat_each_other_are_one_story_of_the_earliest() -> None:
    whole = strand("words:1", post("a", ALICE, minutes=9), links=["words:2"])
    cut = strand("words:2", post("b", BOB), links=["words:1"])
    assert summary(tell([whole, cut])) == [(BOB, ["b", "a"])]
    assert tell([whole, cut])[0].strand_ids == ("words:1", "words:2")
    assert tell([whole, cut])[0].home_id == "words:2"


def test_answers_go_with_the_words_that_begin_their_thread() -> None:
    thread = thread_strand("generic", "a")
    words = strand("words:1", post("a", ACME), links=[thread])
    answers = strand(thread, post("c", ACME, minutes=2, thread_id="a"), links=["words:1"])
    assert summary(tell([words, answers])) == [(ACME, ["a", "c"])]


def test_a_thread_lets_go_of_words_that_begin_it_no_more() -> None:
    thread = thread_strand("generic", "a")
    words = strand("words:1", post("x", ACME), links=[thread])
    answers = strand(thread, post("c", ACME, minutes=2, thread_id="a"), links=["words:1"])
    assert len(tell([words, answers])) == 2


def test_a_strand_that_holds_nothing_holds_nothing_together() -> None:
    one = strand("words:1", post("a", ACME), links=["words:2"])
    bridge = strand("words:2", links=["words:1", "words:3"])
    other = strand("words:3", post("b", ACME), links=["words:2"])
    assert len(tell([one, bridge, other])) == 2


def test_after_a_fortnight_of_quiet_another_story_begins() -> None:
    late = QUIET / timedelta(minutes=1) + 1
    first, second = tell([strand("words:1", post("a", ACME), post("b", ACME, minutes=late))])
    assert first.signal_id != second.signal_id
    between = post("c", ACME, minutes=late / 2)
    (whole,) = tell([strand("words:1", post("a", ACME), between, post("b", ACME, minutes=late))])
    assert whole.signal_id == first.signal_id


def test_nothing_is_told_without_posts() -> None:
    assert tell([strand("words:1")]) == ()
    assert tell([]) == ()


MOMENTS = st.integers(min_value=0, max_value=60 * 24 * 40)


@given(st.lists(MOMENTS, min_size=1, max_size=8), st.randoms())
def test_the_order_of_strands_and_posts_is_no_matter(moments: list[int], chance: Any) -> None:
    posts = [
        post(f"p{n}", chance.choice([BOB, ALICE, ACME]), minutes=moment)
        for n, moment in enumerate(moments)
    ]
    names = [f"words:{n}" for n in range(3)]
    hung: dict[str, list[StoryPost]] = {name: [] for name in names}
    for one in posts:
        hung[chance.choice(names)].append(one)
    strands = [strand(n, *hung[n], links=[m for m in names if m != n]) for n in names]
    told = tell(strands)
    chance.shuffle(strands)
    turned = [s.model_copy(update={"posts": tuple(reversed(s.posts))}) for s in strands]
    assert tell(turned) == told
    assert len({one.signal_id for one in told}) == len(told)
    assert {p.identity for one in told for p in one.posts} == {p.identity for p in posts}


def test_answers_hang_on_their_thread_and_few_words_too() -> None:
    words = "We are leaving RivalCRM for good this time"
    root, answer = examples.post(words), examples.post(words, native_id="p2", thread_id="p1")
    assert strand_of(root, sketch(root)).startswith("words:")
    assert strand_of(answer, sketch(answer)) == thread_strand("generic", "p1")
    assert strand_of(examples.post("Hello"), None) == thread_strand("generic", "p1")


def test_a_long_post_is_quoted_to_a_bounded_length() -> None:
    mention = examples.mention(EntryKind.ACCOUNT, "acme")
    told = story_post(
        examples.post("word " * 1_000),
        Understanding(intent=Intent.OTHER, urgency=Urgency.NONE, evidence=(), model_version="m"),
        (mention,),
        subject_ids=(ACME,),
        watchlist_version="w1",
    )
    assert len(told.quote) == 2_000
    assert told.mentions == (mention,)
