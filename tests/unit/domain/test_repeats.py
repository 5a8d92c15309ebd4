"""Copies are known by their words, and other posts are not taken for copies."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    "plain", ["", "RivalCRM is down", "RT @bob: so true", "so very true it \u2026"]
)
def test_too_few_words_are_not_compared(plain: str) -> None:
    assert sketch(examples.post(plain)) is None


def test_few_words_are_the_same_only_of_the_same_author() -> None:
    question = "Any good alternatives to RivalCRM?"
    own = sketched(question)
    assert own.anchors == ()
    assert repeats(own, sketched(f"RT @jo: {question}", author=examples.author(handle="ann")))
    assert repeats(own, sketched(f"{question} (via @jo)", author=examples.author(handle="ann")))
    assert not repeats(own, sketched(question, author=examples.author(handle="ann")))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Muster has left Acme and we wish her all the best", "Peter Beispiel has left Acme"),
        (
            "We are now leaving RivalCRM with the whole",
            "We are not leaving RivalCRM with the whole",
        ),
        ("The new administrator in Zurich starts", "The new technician in Lyon starts"),
    ],
)
def test_another_name_or_a_no_is_another_story(one: str, other: str) -> None:
    rest = "team of forty people in three offices, says the note that went out this morning"
    assert not repeats(sketched(f"{one} {rest}"), sketched(f"{other} {rest}"))


def test_a_template_with_another_body_is_another_story() -> None:
    template = "Describe the problem: " + " ".join(f"point {n} of the list" for n in range(20))
    one, other = (f"{template} {' '.join([word] * 20)}" for word in ("login", "export"))
    assert not repeats(sketched(one), sketched(other))
    assert repeats(sketched(one), sketched(one + " thanks"))


def test_a_brand_that_is_addressed_is_a_word() -> None:
    text = "@{} your support has not answered for three weeks, what is going on?"
    assert not repeats(sketched(text.format("AcmeHQ")), sketched(text.format("BetaHQ")))


def test_scripts_without_spaces_are_read_by_the_character() -> None:
    text = "\u6211\u4eec\u6b63\u5728\u79bb\u5f00\u65e7\u7684\u4f9b\u5e94\u5546"
    assert repeats(sketched(text), sketched(f"RT @bob: {text}"))


@pytest.mark.parametrize(
    "text",
    [
        "." * 60_000,
        "Acme " + "." * 60_000,
        "\u2026" + " " * 60_000,
        "RT" + " " * 60_000,
        "x" + "#a" * 30_000 + "!",
        "RT " * 20_000,
        "via @" * 12_000,
        '"' * 60_000,
    ],
)
def test_hostile_texts_take_no_time(text: str) -> None:
    started = perf_counter()
    sketch(examples.post(text))
    assert perf_counter() - started < 1


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
