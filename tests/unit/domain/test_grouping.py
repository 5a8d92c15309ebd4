from datetime import timedelta
from functools import reduce
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.grouping import joined, mark_of, signal_post
from earshot.domain.models import EntryKind, Intent, Urgency
from earshot.domain.stories import StoryPost
from tests import examples

RIVAL = examples.mention(EntryKind.COMPETITOR, "rival", percent=70)


@st.composite
def posts(draw: st.DrawFn) -> list[StoryPost]:
    count = draw(st.integers(min_value=1, max_value=6))
    return [
        examples.story_post(
            f"p{number}",
            posted_at=examples.NOON + timedelta(minutes=number),
            intent=draw(st.sampled_from(Intent)),
            urgency=draw(st.sampled_from(Urgency)),
            mentions=draw(st.sampled_from([(), (RIVAL,)])),
            author=examples.author(author_id=draw(st.sampled_from(["u1", "u2"]))),
        )
        for number in range(count)
    ]


@given(posts())
def test_a_signal_spans_its_posts(told: list[StoryPost]) -> None:
    signal = examples.signal(*told, revision=3, absorbed=("s0",))
    assert signal.post_count == len(told)
    assert (signal.first_posted_at, signal.last_posted_at) == (
        told[0].posted_at,
        told[-1].posted_at,
    )
    assert signal.intent in {post.understanding.intent for post in told}
    assert signal.author_count == len({post.author.author_id for post in told})
    assert (signal.revision, signal.absorbed) == (3, ("s0",))
    assert signal.objects == (("competitor:rival",) if any(p.mentions for p in told) else ())
    assert signal.model_validate_json(signal.model_dump_json()) == signal


def test_the_strongest_intent_and_urgency_hold() -> None:
    weak = examples.story_post("a", intent=Intent.PRAISE, urgency=Urgency.SOON)
    strong = examples.story_post("b", intent=Intent.SWITCHING)
    signal = examples.signal(weak, strong)
    assert (signal.intent, signal.urgency) == (Intent.SWITCHING, Urgency.SOON)


def test_a_signal_keeps_only_the_mentions_that_concern_it() -> None:
    mentions = (
        examples.mention(EntryKind.ACCOUNT, "acme"),
        examples.mention(EntryKind.ACCOUNT, "beta", percent=30),
        RIVAL,
    )
    post = signal_post(examples.story_post(mentions=mentions), "account:acme")
    assert post.objects == ("competitor:rival",)
    assert post.percent == 70


identities = st.tuples(st.sampled_from(["github", "generic"]), st.text(min_size=1, max_size=8))


@given(st.sets(identities), st.randoms())
def test_a_mark_is_that_of_the_set_however_its_posts_came(
    some: set[tuple[str, str]], order: Random
) -> None:
    in_order = list(some)
    order.shuffle(in_order)
    assert reduce(joined, in_order, mark_of([])) == mark_of(some) == mark_of(in_order)


@given(st.sets(identities), identities)
def test_a_mark_tells_a_set_from_the_same_with_one_more(
    some: set[tuple[str, str]], more: tuple[str, str]
) -> None:
    assert (mark_of({*some, more}) == mark_of(some)) == (more in some)


def test_a_signal_and_its_posts_are_found_by_who_they_are() -> None:
    signal = examples.signal(examples.story_post())
    assert signal.key == (signal.subject.subject_id, signal.signal_id)
    post = examples.signal_post("p7")
    assert post.identity == ("generic", "p7")
