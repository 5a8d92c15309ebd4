from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.models import Event, Intent
from earshot.domain.plays import Play, best_play
from tests import examples


def play(play_id: str, **asks: Any) -> Play:
    plain = {"play_id": play_id, "title": play_id, "text": "Call.", "html": "", "version": "v"}
    return Play.model_validate({**plain, **asks})


LEAVING = examples.signal(examples.story_post()).model_copy(
    update={"intent": Intent.SWITCHING, "objects": ("competitor:rival", "topic:crm")}
)
MAKER = examples.account(industry="Machine  Tools")
ASKS: tuple[dict[str, Any], ...] = (
    {
        "intents": ("switching",),
        "products": ("competitor:rival",),
        "industries": ("machine tools",),
    },
    {"intents": ("switching",), "products": ("competitor:rival",)},
    {"intents": ("switching",), "products": ("competitor",), "industries": ("Machine Tools",)},
    {"intents": ("complaint", "switching"), "products": ("brand", "competitor")},
    {"intents": ("switching",), "industries": ("Food", "Machine Tools")},
    {"intents": ("switching",)},
    {"products": ("competitor:rival",), "industries": ("Machine Tools",)},
    {"products": ("competitor:rival",)},
    {"products": ("topic",)},
    {"industries": ("Machine Tools",)},
    {},
)


@given(
    st.sets(st.sampled_from(range(len(ASKS))), min_size=1).flatmap(
        lambda chosen: st.permutations(sorted(chosen))
    )
)
def test_what_asks_for_more_that_holds_is_the_better_play_in_any_order(order: list[int]) -> None:
    found = best_play([play(f"p{99 - n}", **ASKS[n]) for n in order], LEAVING, MAKER)
    assert found is not None
    assert found.play_id == f"p{99 - min(order)}"


@given(st.permutations(["b", "a", "c"]))
def test_among_equals_the_first_by_id_is_taken_in_any_order(names: list[str]) -> None:
    found = best_play([play(name, intents=("switching",)) for name in names], LEAVING, MAKER)
    assert found is not None
    assert found.play_id == "a"


@pytest.mark.parametrize(
    "asks",
    [
        {"intents": ("complaint",)},
        {"intents": ("switching",), "events": ("funding",)},
        {"intents": ("switching",), "products": ("competitor:other",)},
        {"intents": ("switching",), "products": ("brand",)},
        {"intents": ("switching",), "industries": ("Food",)},
    ],
)
def test_a_play_that_asks_for_what_does_not_hold_does_not_go_with_it(asks: dict[str, Any]) -> None:
    assert best_play([play("p", **asks)], LEAVING, MAKER) is None


def test_news_are_told_apart_by_their_event() -> None:
    news = LEAVING.model_copy(update={"intent": Intent.NEWS, "event": Event.LEADERSHIP})
    plays = [
        play("any", intents=("news",), products=("competitor:rival",)),
        play("funding", intents=("news",), events=("funding",)),
        play("new_head", intents=("news",), events=("leadership",)),
    ]
    found = best_play(plays, news, MAKER)
    assert found is not None
    assert found.play_id == "new_head"


def test_a_post_that_is_no_news_has_no_event() -> None:
    leaving = LEAVING.model_copy(update={"event": Event.LEADERSHIP})
    assert best_play([play("new_head", events=("leadership",))], leaving, MAKER) is None


@pytest.mark.parametrize("account", [None, examples.account()])
def test_where_no_industry_is_known_no_play_of_an_industry_goes(account: Any) -> None:
    assert best_play([play("p", industries=("Food",))], LEAVING, account) is None
    assert best_play([], LEAVING, account) is None
