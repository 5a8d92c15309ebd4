"""Copies are known by their words, and other posts are not taken for copies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.models import Post
from earshot.domain.repeats import Sketch, packed, repeats, sketch, unpacked
from tests import examples

LEAVING = (
    "After six years we are leaving RivalCRM, the new price per seat is three times the old one "
    "and nobody at their support could tell us why"
)


def sketched(plain: str, **changes: object) -> Sketch:
    found = sketch(examples.post(plain, **changes))
    assert found is not None
    return found


@pytest.mark.parametrize(
    "copy",
    [
        f"RT @bob: {LEAVING}",
        f"RT @bob-by.bsky.social: {LEAVING}",
        f"Same here! RT @bob: {LEAVING} https://t.co/abc",
        f"{LEAVING} https://t.co/xyz via @bob",
        LEAVING.upper().replace(",", " --"),
        f"This, so much: \u201c{LEAVING}\u201d",
        f"{LEAVING[:80]}\u2026",
        f"{LEAVING[:60]}... https://bit.ly/1",
        LEAVING.replace("six years", "a long six years"),
        f"#CRM {LEAVING} #sales",
        LEAVING[: LEAVING.index(" and nobody")],
    ],
)
def test_a_copy_is_known_however_it_was_passed_on(copy: str) -> None:
    assert repeats(sketched(LEAVING), sketched(copy))
    assert repeats(sketched(copy), sketched(LEAVING))


@pytest.mark.parametrize(
    "other",
    [
        "After six years we are leaving OtherTool, it was fine but the team has outgrown it by now",
        "RivalCRM opens a new office in Porto and is hiring sixty engineers for it this autumn",
        "nobody at their support could tell us why",
        f"Weekly round-up. {LEAVING}. " + " ".join(f"Item {n} of many." for n in range(30)),
    ],
)
def test_what_merely_shares_words_is_no_copy(other: str) -> None:
    assert not repeats(sketched(LEAVING), sketched(other))


def test_other_figures_are_another_event() -> None:
    news = "Acme Robotics raises {} million dollars in a round led by Example Ventures of Berlin"
    assert not repeats(sketched(news.format(20)), sketched(news.format(50)))
    assert repeats(sketched(news.format(20)), sketched(f"Breaking: {news.format(20)} today"))


def test_two_who_open_alike_are_two() -> None:
    opening = "We are looking for an alternative to RivalCRM"
    assert not repeats(sketched(opening), sketched(f"{opening} for a team of twenty in Lyon"))


def test_words_sent_apart_are_what_is_repeated() -> None:
    quote = sketched("So true, and not only for them!", repeats=LEAVING)
    assert quote.key == sketched(LEAVING).key


@pytest.mark.parametrize(
    "plain", ["", "RivalCRM is down", "RT @bob: so true", "so very true \u2026"]
)
def test_too_few_words_are_not_compared(plain: str) -> None:
    assert sketch(examples.post(plain)) is None


def test_five_words_are_compared_whole_and_have_no_anchor() -> None:
    assert sketched("RivalCRM is down again today").anchors == ()


WORDS = st.lists(
    st.sampled_from(["ab", "cd", "ef", "12", "gh", "ij", "kl", "mn"]), min_size=5, max_size=40
)


@given(WORDS, WORDS)
def test_repeating_is_symmetric_and_needs_an_anchor_in_common(
    one: list[str], other: list[str]
) -> None:
    left, right = sketched(" ".join(one)), sketched(" ".join(other))
    assert repeats(left, left)
    assert repeats(left, right) == repeats(right, left)
    if left.key == right.key:
        assert left.anchors == right.anchors


@given(st.lists(st.integers(0, 2**32 - 1)))
def test_packed_hashes_are_read_back(hashes: list[int]) -> None:
    assert unpacked(packed(hashes)) == tuple(hashes)


def test_cjk_has_no_spaces_and_is_compared_by_what_stands_between_marks() -> None:
    post: Post = examples.post("\u3053\u3093\u306b\u3061\u306f")
    assert sketch(post) is None
