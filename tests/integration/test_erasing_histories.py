"""Whatever happened before and beside it: nothing of an erased person is left in any store, and
nothing of theirs comes back when everything is delivered again."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earshot.aws.journal import Journal
from earshot.domain.models import DataClass
from earshot.flows.erase import eraser
from tests.histories import (
    NOBODY,
    PERSON,
    STEPS,
    WHY,
    Step,
    Way,
    said,
)
from tests.standin import StandIn
from tests.standin.workload import Entry


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=st.lists(STEPS, max_size=5), after=st.lists(STEPS, max_size=3))
def test_of_an_erased_person_nothing_is_left_and_nothing_comes_back(
    make_way: Callable[[], Way], before: Sequence[Step], after: Sequence[Step]
) -> None:
    way = make_way()
    way.go(before, after)
    assert way.left() == []
    way.replay()
    assert way.left() == []
    for delivery, body in way.bodies:
        way.repeat(delivery, body)
    way.settle()
    assert way.left() == []


def once(*entries: Entry, data_class: DataClass = DataClass.OWNED, expires: bool = False) -> Step:
    return Step(entries, data_class, runs=True, expires=expires)


@pytest.mark.parametrize("text", [WHY, NOBODY])
def test_what_was_journalled_when_words_went_goes_too(
    make_way: Callable[[], Way], text: str
) -> None:
    way = make_way()
    way.take(once(said(0, 3, text), said(1, 4, WHY), data_class=DataClass.BORROWED, expires=True))
    assert len(expired(way)) == 2
    eraser().erase_person("generic", PERSON)
    assert way.left() == []
    assert len(expired(way)) == 1


def test_what_is_journalled_beside_an_erasure_goes_too(
    make_way: Callable[[], Way], monkeypatch: pytest.MonkeyPatch
) -> None:
    way = make_way()
    way.take(once(said(0, 3, WHY), data_class=DataClass.BORROWED))
    append = Journal.append

    def erased_beside(self: Journal, kind: str, *known: Any, **payload: Any) -> str:
        if kind == "expired":
            eraser().erase_person("generic", PERSON)
        return append(self, kind, *known, **payload)

    monkeypatch.setattr(Journal, "append", erased_beside)
    way.expire()
    assert way.left() == []
    assert expired(way) == []


def test_what_could_not_be_read_beside_others_goes_too(make_way: Callable[[], Way]) -> None:
    way, broken = make_way(), said(0, 3, WHY)
    del broken["posted_at"]
    way.take(once(broken, said(1, 4, WHY)))
    assert way.left()
    eraser().erase_person("generic", PERSON)
    assert way.left() == []
    way.repeat(*way.bodies[0])
    way.settle()
    assert way.left() == []
    assert way.house.places_with("handle-1")


def test_every_address_and_author_of_a_post_is_forgotten(make_way: Callable[[], Way]) -> None:
    way, first = make_way(), said(0, 3, WHY)
    moved = {**first, "url": f"{first['url']}/moved", "edited_at": "2026-11-18T12:05:00Z"}
    taken = {**moved, "author": said(1, 3, WHY)["author"], "edited_at": "2026-11-18T12:06:00Z"}
    way.take(once(first, moved, taken))
    eraser().erase_post("generic", first["id"])
    left = {str(row["pk"]).partition("#")[0] for row in way.house.rows()}
    assert not left & {"LINK", "AUTHOR", "POST", "STRAND"}


def expired(way: Way) -> list[str]:
    return [key for key in way.house.objects("journal/") if "/expired/" in key]
