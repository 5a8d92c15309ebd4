"""Understand and decide over the real table, bucket and queues: every step may run twice, in any
order."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.domain.subjects import prospect_subject_id
from earshot.flows.erase import eraser
from earshot.flows.tell_why import Explainer, explainer_on
from tests.house import House, entry
from tests.standin.stage import Aws

LEAVING = "We at Acme are leaving RivalCRM, any alternatives?"
ACME, BETA = "account:acme", "account:beta"


@pytest.fixture
def aws(either_aws: Aws) -> Aws:
    return either_aws


def explainer(house: House) -> Explainer:
    return explainer_on(house.table)


def test_a_post_about_an_account_alerts_its_owner_and_says_why(house: House) -> None:
    house.furnish()
    house.deliver(entry(1, LEAVING))
    house.run()
    why = explainer(house).why("https://forum.example/t/1")
    assert why is not None
    outcomes = {s.decision.seller_id: s.decision.reason for s in why.signals[0].sellers}
    assert outcomes == {
        "anna": "worth_an_alert",
        "ben": "below_alert",
        "carla": "below_alert",
    }
    assert [(seller, state) for _, seller, state in house.alerts()] == [("anna", "PENDING")]


def test_a_stranger_is_a_prospect_for_the_desk_of_the_competitor(house: House) -> None:
    house.furnish()
    house.deliver(entry(2, "We are leaving RivalCRM. What do people use instead?"))
    house.run()
    assert [seller for _, seller, _ in house.alerts()] == ["carla"]
    assert [
        s.subject.name for s in house.signals(prospect_subject_id("generic", "u2")).values()
    ] == ["Name 2"]


@pytest.mark.parametrize(
    ("text", "outcome", "nearest"),
    [
        ("When do I plant tulips?", "names_nobody", None),
        ("RivalCRM had a booth at the fair.", "no_buying_intent", "competitor:rival"),
    ],
)
def test_of_a_post_that_nobody_heard_of_why_still_answers(
    house: House, text: str, outcome: str, nearest: str | None
) -> None:
    house.furnish()
    house.deliver(entry(3, text))
    house.run()
    why = explainer(house).why("generic:p3")
    assert why is not None
    assert (why.head.outcome, why.head.nearest, why.signals) == (outcome, nearest, ())
    assert house.alerts() == []


def test_the_same_delivery_again_changes_nothing(house: House) -> None:
    house.furnish()
    delivery = house.deliver(entry(1, LEAVING))
    house.run()
    before = house.signals(ACME), house.alerts()
    for _ in range(3):
        house.enqueue(delivery)
    house.run()
    assert (house.signals(ACME), house.alerts()) == before


def test_the_same_post_through_two_connections_is_one_signal(house: House) -> None:
    house.furnish()
    house.deliver(entry(1, LEAVING))
    house.deliver(entry(1, LEAVING), entry(9, "else"), connection="mirror")
    house.run()
    assert len(house.signals(ACME)) == len(house.alerts()) == 1


def test_one_post_about_two_accounts_alerts_their_owner_once(house: House) -> None:
    house.furnish()
    house.deliver(entry(1, "We at Acme and Betatron are leaving RivalCRM, any alternatives?"))
    house.run()
    assert len(house.signals(ACME, BETA)) == 2
    assert [seller for _, seller, _ in house.alerts()] == ["anna"]


def test_an_edit_moves_the_post_to_its_new_subject_whatever_comes_first(house: House) -> None:
    house.furnish()
    first = entry(1, LEAVING)
    edited = entry(1, LEAVING.replace("Acme", "Betatron"), edited_at="2026-11-18T11:30:00Z")
    for order in ((first, edited), (edited, first)):
        for version in order:
            house.deliver(version)
        house.run()
        assert house.signals(ACME) == {}
        assert [s.post_count for s in house.signals(BETA).values()] == [1]


def test_an_edit_that_overtakes_the_undecided_first_version_wins(house: House) -> None:
    house.furnish()
    house.deliver(entry(1, LEAVING))
    house.step("deliveries")  # its mention waits in the queue
    house.deliver(entry(1, LEAVING.replace("Acme", "Betatron"), edited_at="2026-11-18T11:30:00Z"))
    house.step("deliveries")
    house.run()
    assert house.signals(ACME) == {}
    assert len(house.signals(BETA)) == 1


@pytest.mark.parametrize("deleted_first", [True, False])
def test_what_the_platform_deletes_is_gone_in_any_order(house: House, deleted_first: bool) -> None:
    house.furnish()
    post, deletion = entry(1, LEAVING), {"id": "p1", "deleted": True}
    for item in (deletion, post) if deleted_first else (post, deletion):
        house.deliver(item)
        house.run()
    assert house.places_with("RivalCRM, any", "Name 1", "handle-1") == []
    assert house.signals(ACME) == {}
    assert [state for *_, state in house.alerts()] in ([], ["CANCELLED"])


def test_an_erased_post_leaves_a_shared_delivery_to_the_others_and_stays_away(
    house: House,
) -> None:
    house.furnish()
    delivery = house.deliver(entry(1, LEAVING), entry(2, "Betatron is switching from RivalCRM"))
    house.run()
    assert eraser().erase_post("generic", "p1") == "erased"
    assert len(house.objects("journal/")) == 1  # the keyed hash, for a restore
    assert house.places_with(LEAVING, "Name 1", "handle-1", "u1") == []
    assert len(house.signals(BETA)) == 1
    house.enqueue(delivery)  # a replay
    house.deliver(entry(1, LEAVING))  # a late copy
    house.run()
    assert house.places_with(LEAVING, "Name 1", "handle-1") == []
    assert house.signals(ACME) == {}


def test_a_story_whose_unsent_alert_was_cancelled_is_told_when_it_goes_on(house: House) -> None:
    house.furnish()
    house.deliver(entry(1, LEAVING))
    house.run()
    eraser().erase_post("generic", "p1")
    assert [state for *_, state in house.alerts()] == ["CANCELLED"]
    house.deliver(entry(2, LEAVING, thread_id="p1"))
    house.run()
    states = sorted((seller, state) for _, seller, state in house.alerts())
    assert states == [("anna", "CANCELLED"), ("anna", "PENDING")]


def test_an_erased_person_is_gone_with_every_post_and_refused_from_then_on(house: House) -> None:
    house.furnish()
    person = {"id": "u7", "handle": "handle-7", "name": "Name 7"}
    house.deliver(entry(1, LEAVING, author=person), entry(2, "tulips", author=person))
    house.deliver(entry(3, "Betatron is leaving RivalCRM", author=person))
    house.run()
    assert eraser().erase_person("generic", "u7") == 3
    house.deliver(entry(4, "We at Acme are leaving RivalCRM too", author=person))
    house.run()
    assert house.places_with("Name 7", "handle-7", "u7", "RivalCRM,", "tulips") == []
    assert house.signals(ACME, BETA) == {}


def test_erasing_what_was_never_here_is_no_error(house: House) -> None:
    assert eraser().erase_post("generic", "never") == "unknown"
    assert eraser().erase_person("generic", "never") == 0


def test_a_mention_that_fails_holds_up_no_other_of_its_subject(house: House) -> None:
    house.furnish()
    broken = house.deliver(entry(1, LEAVING))
    house.deliver(entry(2, LEAVING))
    while house.step("deliveries"):
        pass
    house.s3.put_object(Bucket=house.bucket, Key=broken.raw_key, Body=b"unreadable for now")
    house.step("mentions")
    stories = StoryStore(house.table)
    signals = house.signals(ACME).values()
    decided = [post.native_id for signal in signals for post in stories.posts_of(signal)]
    assert decided == ["p2"]


HISTORY: tuple[dict[str, Any], ...] = (
    entry(1, LEAVING),
    entry(2, "Same at Betatron, RivalCRM is awful", thread_id="p1"),
    entry(3, "Acme here again: how much is it?", thread_id="p1", author={"id": "u1"}),
    entry(4, "Any alternatives to RivalCRM?"),
    entry(4, "Any alternatives to RivalCRM? We are Betatron.", edited_at="2026-11-18T11:40:00Z"),
    entry(5, "Acme and Betatron are both switching from RivalCRM asap"),
    entry(6, "tulips"),
    {"id": "p5", "deleted": True},
)


def _final(house: House) -> tuple[object, ...]:
    """Signals and relevance; revisions count the tries and are no part of it."""
    store = SignalStore(house.table)
    signals = house.signals(
        ACME, BETA, *(prospect_subject_id("generic", f"u{n}") for n in range(1, 7))
    )
    seen = []
    for signal in signals.values():
        decided = store.decision_set(signal.signal_id, signal.revision)
        scores = sorted(
            (d.seller_id, d.relevance.model_dump_json())
            for d in (decided.decisions if decided else ())
        )
        seen.append((signal.model_copy(update={"revision": 0}).model_dump_json(), scores))
    return tuple(sorted(seen, key=str))


@pytest.fixture
def clean_run(house: House) -> tuple[object, ...]:
    house.furnish()
    for item in HISTORY:
        house.deliver(item)
    house.run()
    return _final(house)


@pytest.mark.parametrize("seed", range(8))
def test_any_order_with_repeats_gives_the_same_signals_and_relevance(
    clean_run: tuple[object, ...], make_house: Callable[[], House], seed: int
) -> None:
    chance = random.Random(seed)
    house = make_house()
    house.furnish()
    arrivals = [*HISTORY, *chance.sample(HISTORY, 3)]
    chance.shuffle(arrivals)
    for item in arrivals:
        house.deliver(item)
        while chance.random() < 0.5:
            house.step(chance.choice(["deliveries", "mentions"]), most=chance.choice([1, 3, 10]))
    house.run()
    assert _final(house) == clean_run
