from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.learned_relevance import MOST_POINTS, Learned, learned_points
from earshot.domain.learning import MOST_CLICKS, is_about, is_wanted, latest, learn
from earshot.domain.models import Contribution, Feedback, FeedbackKind
from tests import examples

NEWS = {"intent_news": 10, "role_owner": 25}
SWITCHING = {"intent_switching": 40, "role_owner": 25}
KINDS = tuple(FeedbackKind)


def click(number: int = 0, kind: FeedbackKind = FeedbackKind.USEFUL, **changes: Any) -> Feedback:
    parts = changes.pop("parts", SWITCHING)
    fields = {
        "signal_id": f"s{number}",
        "subject_id": "account:acme",
        "alert_id": f"a{number}",
        "seller_id": "anna",
        "kind": kind,
        "given_at": examples.NOON + timedelta(minutes=number),
        "contributions": tuple(Contribution(name=n, points=p) for n, p in parts.items()),
        **changes,
    }
    return Feedback.model_validate(fields)


def unwanted(number: int, **changes: Any) -> Feedback:
    return click(number, FeedbackKind.NOT_RELEVANT, why="not_for_me", **changes)


def clicks(told: Sequence[bool], parts: Any = None) -> list[Feedback]:
    some = parts or NEWS
    return [
        click(n, parts=some) if useful else unwanted(n, parts=some) for n, useful in enumerate(told)
    ]


def test_what_a_seller_never_wants_sinks_and_what_they_want_rises() -> None:
    learned = learn("anna", [unwanted(n, parts=SWITCHING) for n in range(12)])
    assert learned_points(learned, SWITCHING) < -5
    liked = learn("anna", clicks([True] * 12))
    assert learned_points(liked, NEWS) > 5
    assert liked.labels == 12


def test_what_was_not_clicked_is_not_touched() -> None:
    learned = learn("anna", clicks([True] * 12))
    assert learned_points(learned, ["intent_purchase", "role_desk"]) == 0


def test_clicks_that_agree_with_the_score_teach_little() -> None:
    sure = {"intent_switching": 40, "role_owner": 25, "urgency_now": 15, "degree_asking": 10}
    agreeing, surprising = (learn("anna", clicks([kind] * 3, sure)) for kind in (True, False))
    assert 0 <= learned_points(agreeing, sure) < -learned_points(surprising, sure)


def test_a_changed_click_changes_what_was_learned_and_learning_twice_does_not() -> None:
    before = clicks([True, True, False, True])
    after = [*before[:3], unwanted(3, parts=NEWS)]
    assert learn("anna", before) == learn("anna", before)
    assert learn("anna", after) != learn("anna", before)


def test_the_learned_part_does_not_teach_itself() -> None:
    with_part = [click(n, parts={**NEWS, "learned": 15}) for n in range(5)]
    assert learn("anna", with_part) == learn("anna", clicks([True] * 5))


def test_only_the_latest_clicks_count() -> None:
    old = [unwanted(n, parts=NEWS) for n in range(50)]
    new = [click(50 + n, parts=NEWS) for n in range(MOST_CLICKS)]
    assert learn("anna", [*old, *new]) == learn("anna", new)


def test_what_was_forgotten_counts_no_more() -> None:
    all_of_them = clicks([True] * 10)
    since = all_of_them[5].given_at
    assert learn("anna", all_of_them, since=since) == learn("anna", all_of_them[6:], since=since)
    assert latest(all_of_them, since)[0].signal_id == "s6"


def test_refused_clicks_are_counted() -> None:
    assert learn("anna", [], refused=3) == Learned(seller_id="anna", refused=3)


@pytest.mark.parametrize(
    ("kind", "why", "wanted", "about"),
    [
        (FeedbackKind.USEFUL, "", True, True),
        (FeedbackKind.CLAIMED, "", True, True),
        (FeedbackKind.WON, "", True, True),
        (FeedbackKind.LOST, "", True, True),
        (FeedbackKind.NOT_RELEVANT, "", False, None),
        (FeedbackKind.NOT_RELEVANT, "not_for_me", False, None),
        (FeedbackKind.NOT_RELEVANT, "no_business", False, None),
        (FeedbackKind.NOT_RELEVANT, "wrong_company", None, False),
        (FeedbackKind.NOT_RELEVANT, "known_already", None, None),
        (FeedbackKind.OPENED, "", None, None),
    ],
)
def test_what_a_click_says(
    kind: FeedbackKind, why: str, wanted: bool | None, about: bool | None
) -> None:
    one = click(kind=kind, why=why)
    assert (is_wanted(one), is_about(one)) == (wanted, about)


def test_what_says_nothing_of_relevance_teaches_nothing() -> None:
    wrong = [click(n, FeedbackKind.NOT_RELEVANT, why="wrong_company") for n in range(5)]
    opened = [click(5 + n, FeedbackKind.OPENED) for n in range(5)]
    assert learn("anna", [*wrong, *opened]) == Learned(seller_id="anna")
    assert latest([*wrong, *opened], None) == wrong


def test_the_version_is_that_of_the_points() -> None:
    one, other = learn("anna", clicks([True])), learn("anna", clicks([False]))
    assert one.version != other.version
    assert one.version == one.model_copy(update={"labels": 7, "refused": 2}).version


@pytest.mark.parametrize(
    ("thousandths", "points"), [(499, 0), (500, 1), (-499, 0), (-500, -1), (1_400, 1), (-1_600, -2)]
)
def test_points_are_rounded_the_same_way_up_and_down(thousandths: int, points: int) -> None:
    learned = Learned(seller_id="anna", thousandths={"role_owner": thousandths})
    assert learned_points(learned, ["role_owner"]) == points


names = st.sampled_from(["intent_news", "intent_other", "role_owner", "role_desk", "open_stage"])
any_click = st.builds(
    click,
    st.integers(0, 30),
    st.sampled_from(KINDS),
    why=st.sampled_from(["", "not_for_me", "no_business", "wrong_company", "known_already"]),
    parts=st.dictionaries(names, st.integers(-200, 200), max_size=5),
)


@given(st.lists(any_click, max_size=40, unique_by=lambda one: one.signal_id), st.randoms())
def test_whatever_was_clicked_in_whatever_order_it_is_bounded_and_the_same(
    told: list[Feedback], chance: Any
) -> None:
    shuffled = list(told)
    chance.shuffle(shuffled)
    learned = learn("anna", told)
    assert learn("anna", shuffled).model_dump_json() == learned.model_dump_json()
    every = {part.name for one in told for part in one.contributions}
    assert abs(learned_points(learned, every)) <= MOST_POINTS


@given(st.lists(st.booleans(), min_size=200, max_size=400))
def test_hundreds_of_clicks_move_a_score_by_the_most_points_at_most(told: list[bool]) -> None:
    learned = learn("anna", clicks(told))
    assert abs(learned_points(learned, NEWS)) <= MOST_POINTS
