"""Posts that prove to be one story become one signal, whatever comes first."""

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from earshot.aws import keys
from earshot.aws.config_store import Config, ConfigStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.domain.models import Signal
from earshot.domain.subjects import prospect_subject_id
from earshot.errors import GoneError
from earshot.flows.draft_mail import drafts
from earshot.flows.erase import eraser
from tests import examples
from tests.house import House, entry

WHY = (
    "After six years we are leaving RivalCRM: the price per seat went up three times and nobody "
    "at their support could tell us why. Any alternatives?"
)
LONG = (
    "After six years we are leaving RivalCRM because the price per seat went up three times this "
    "year and their support could only guess at the reasons, so our whole team of forty in three "
    "offices is looking for an alternative to RivalCRM that is ready before the end of March"
)
BEGINNING, END = LONG[: len(LONG) * 6 // 10] + "\u2026", LONG[len(LONG) * 4 // 10 :]
ACME, BETA = "account:acme", "account:beta"
PEOPLE = [prospect_subject_id("generic", f"u{number}") for number in range(30)]


def told(house: House) -> list[tuple[str, list[str]]]:
    """Of each signal its subject and its posts."""
    stories = StoryStore(house.table)
    signals = house.signals(ACME, BETA, *PEOPLE).values()
    return sorted(
        (s.subject.subject_id, [p.native_id for p in stories.posts_of(s)]) for s in signals
    )


def drafted(house: House) -> list[str]:
    """What each alert in the outbox would become."""
    ConfigStore(house.table).put(Config(live=True))
    found = []
    for row in house.rows():
        if str(row["pk"]).startswith("OUTBOX#"):
            alert = house.outbox().get(str(row["alert_id"]))
            assert alert
            try:
                found.append(type(drafts().of(alert, datetime.now(UTC))).__name__.lower())
            except GoneError:
                found.append("gone")
    return sorted(found)


def test_a_repost_joins_the_prospect_who_said_it_first(house: House) -> None:
    house.furnish()
    house.deliver(entry(1, WHY))
    house.deliver(entry(2, f"RT @handle-1: {WHY}"))
    house.run()
    assert told(house) == [(PEOPLE[1], ["p1", "p2"])]
    assert [seller for _, seller, _ in house.alerts()] == ["carla"]


def test_what_was_said_first_takes_over_when_it_comes_late_and_mails_nobody_again(
    house: House,
) -> None:
    house.furnish()
    house.deliver(entry(2, f"RT @handle-1: {WHY}"))
    house.run()
    ((copied, seller, state),) = house.alerts()
    assert (seller, state) == ("carla", "PENDING")
    house.deliver(entry(1, WHY))
    house.run()
    assert told(house) == [(PEOPLE[1], ["p1", "p2"])]
    assert [seller for _, seller, _ in house.alerts()] == ["carla"]
    (signal,) = house.signals(*PEOPLE).values()
    assert signal.absorbed == (copied,)
    assert SignalStore(house.table).present(PEOPLE[2], copied) == signal


def test_two_signals_that_both_wait_to_be_mailed_become_one_mail(house: House) -> None:
    house.furnish()
    house.deliver(entry(1, BEGINNING))
    house.deliver(entry(2, END))
    house.run()
    assert [state for *_, state in house.alerts()] == ["PENDING", "PENDING"]
    house.deliver(entry(3, LONG))
    house.run()
    assert [posts for _, posts in told(house)] == [["p1", "p2", "p3"]]
    assert drafted(house) == ["diverted", "mail"]


def test_an_erased_bridge_leaves_two_stories(house: House) -> None:
    house.furnish()
    house.deliver(entry(1, BEGINNING))
    house.deliver(entry(2, END))
    house.deliver(entry(3, LONG))
    house.run()
    assert len(told(house)) == 1
    eraser().erase_post("generic", "p3")
    assert [posts for _, posts in told(house)] == [["p1"], ["p2"]]
    assert drafted(house) == ["mail", "mail"]


def test_the_erased_origin_of_a_story_leaves_it_to_the_next(house: House) -> None:
    house.furnish()
    house.deliver(entry(1, WHY))
    house.deliver(entry(2, f"RT @handle-1: {WHY}"))
    house.run()
    eraser().erase_person("generic", "u1")
    assert told(house) == [(PEOPLE[2], ["p2"])]
    assert house.places_with("Name 1") == []


def test_different_events_of_one_account_are_different_signals(house: House) -> None:
    house.furnish()
    house.deliver(entry(1, "Acme raises 20 million dollars in a round led by Example Ventures"))
    house.deliver(entry(2, "Acme raises 50 million dollars in a round led by Example Ventures"))
    house.deliver(entry(3, "Acme names a new head of IT who comes from a bank in Zurich"))
    house.run()
    assert told(house) == [(ACME, ["p1"]), (ACME, ["p2"]), (ACME, ["p3"])]


def test_an_old_thread_that_wakes_up_is_a_new_story(house: House) -> None:
    house.furnish()
    house.deliver(entry(1, "Acme: how do I export to RivalCRM, please?"))
    house.deliver(
        entry(2, "Acme here, still leaving RivalCRM", thread_id="p1", posted_at="2027-01-05T09:00Z")
    )
    house.run()
    assert told(house) == [(ACME, ["p1"]), (ACME, ["p2"])]


def test_a_thread_is_not_known_by_the_words_of_whoever_answered_first(house: House) -> None:
    house.furnish()
    house.deliver(entry(2, LONG, thread_id="p1"))
    house.run()
    (strand,) = [row for row in house.rows() if row["sk"] == keys.STRAND]
    assert "shingles" not in strand
    assert not [row for row in house.rows() if str(row["pk"]).startswith("ANCHOR#")]


def test_a_strand_with_nothing_left_leaves_no_row(house: House) -> None:
    house.furnish()
    house.deliver(entry(1, WHY))
    house.run()
    eraser().erase_post("generic", "p1")
    assert [str(r["pk"]) for r in house.rows() if str(r["pk"]).startswith(("STR", "ANC"))] == []


HISTORY: tuple[dict[str, Any], ...] = (
    entry(1, WHY),
    entry(2, f"RT @handle-1: {WHY}"),
    entry(3, f"{WHY[:90]}\u2026 http://bit.ly/2"),
    entry(4, f"We at Acme too. \u201c{WHY}\u201d"),
    entry(5, "Betatron is in the same boat with RivalCRM", thread_id="p2"),
    entry(6, "We left RivalCRM as well, any alternatives?", thread_id="p1"),
    entry(7, WHY, posted_at="2026-12-20T09:00:00Z"),
    entry(8, END),
    entry(10, BEGINNING),
    entry(11, LONG),
    entry(8, "Something else altogether, of no interest", edited_at="2026-11-18T12:30:00Z"),
    entry(9, WHY.replace("six", "seven"), edited_at="2026-11-18T12:31:00Z"),
    {"id": "p3", "deleted": True},
)


def final(house: House) -> list[tuple[str, list[tuple[str, str]]]]:
    """Signals and relevance; how often something was tried is no part of it."""
    store = SignalStore(house.table)
    seen = []
    for signal in house.signals(ACME, BETA, *PEOPLE).values():
        decided = store.decision_set(signal.signal_id, signal.revision)
        assert decided is not None
        scores = [(d.seller_id, d.relevance.model_dump_json()) for d in decided.decisions]
        seen.append((_lasting(signal), sorted(scores)))
    return sorted(seen)


def _lasting(signal: Signal) -> str:
    return signal.model_copy(update={"revision": 0, "absorbed": ()}).model_dump_json()


def arrive(house: House, items: Sequence[dict[str, Any]], chance: random.Random) -> None:
    for item in items:
        house.deliver(item)
        while chance.random() < 0.5:
            house.step(chance.choice(["deliveries", "mentions"]), most=chance.choice([1, 3, 10]))
    house.run()


@pytest.fixture
def clean_run(house: House) -> list[tuple[str, list[tuple[str, str]]]]:
    house.furnish()
    for item in HISTORY:
        house.deliver(item)
        house.run()
    return final(house)


@pytest.mark.parametrize("seed", range(8))
def test_any_order_with_repeats_tells_the_same_stories(
    clean_run: object, make_house: Callable[[], House], seed: int
) -> None:
    chance = random.Random(seed)
    house = make_house()
    house.furnish()
    arrivals = [*HISTORY, *chance.sample(HISTORY, 4)]
    chance.shuffle(arrivals)
    arrive(house, arrivals, chance)
    assert final(house) == clean_run


def test_a_signal_that_names_itself_among_those_it_took_in_goes_with_all_its_traces(
    house: House,
) -> None:
    """It was merged once and came back."""
    store, old = SignalStore(house.table), examples.signal(examples.story_post("p1"))
    old = old.model_copy(update={"absorbed": (old.signal_id, "s0")})
    for signal_id in old.absorbed:
        house.table.put_item(Item=dict(keys.merged(signal_id)))
    assert store.commit(store.removes_traces(old)) is None
    assert not [row for row in house.rows() if row["sk"] == "MERGED"]
