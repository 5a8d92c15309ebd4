"""What a digest is made of: piles by story, ranked, grouped, and what needs nobody any more."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.digest import (
    PROSPECTS,
    DigestItem,
    Pile,
    grouped,
    is_taken,
    open_item,
    piles,
    ranked,
    said_of,
    waits,
)
from earshot.domain.models import (
    Alert,
    AlertState,
    Claim,
    Feedback,
    FeedbackKind,
    Subject,
    Urgency,
    Waiting,
)
from earshot.domain.pages import OpenSignal
from tests import examples
from tests.examples import NOON

ACME, BETA = ("account:acme", "s1"), ("account:beta", "s2")


def waiting(key: tuple[str, str] = ACME, **changes: Any) -> Waiting:
    plain = {
        "seller_id": "anna",
        "subject_id": key[0],
        "signal_id": key[1],
        "source": "generic",
        "native_id": "p1",
        "score": 40,
        "reason": "below_alert",
        "since": NOON,
    }
    return Waiting.model_validate({**plain, **changes})


def alert(*signal_ids: tuple[str, str]) -> Alert:
    return Alert(
        alert_id="a1", seller_id="anna", state=AlertState.DIGESTED, signal_ids=frozenset(signal_ids)
    )


def item(name: str = "s1", score: int = 40, **changes: Any) -> DigestItem:
    told = examples.signal(examples.story_post(urgency=changes.pop("urgency", Urgency.NONE)))
    return DigestItem(
        signal=told.model_copy(update={"signal_id": name, **changes}),
        posts=(),
        score=score,
        reason="below_alert",
    )


def claim(seller_id: str = "ben", state: str = "claimed") -> Claim:
    return Claim(
        signal_id="s1",
        subject_id="account:acme",
        seller_id=seller_id,
        state=state,
        claimed_at=NOON,
        version=1,
    )


def test_posts_of_one_story_are_one_pile_with_its_highest_score() -> None:
    (pile,) = piles(
        [waiting(), waiting(native_id="p2", score=55, reason="unsubscribed")],
        {},
    )
    assert (pile.key, pile.score, pile.reason) == (ACME, 55, "unsubscribed")
    assert pile.posts == {("generic", "p1"), ("generic", "p2")}
    assert pile.size == 2


def test_the_best_pile_is_the_first() -> None:
    found = piles([waiting(), waiting(BETA, score=70)], {})
    assert [pile.key for pile in found] == [BETA, ACME]


def test_an_alert_is_on_the_pile_of_each_signal_that_it_told_of() -> None:
    row = waiting(alert_id="a1", source="", native_id="")
    found = piles([row], {"a1": alert(ACME, BETA)})
    assert [(pile.key, pile.alert_ids) for pile in found] == [(ACME, {"a1"}), (BETA, {"a1"})]
    assert [pile.key for pile in piles([row], {})] == [ACME]


def test_piles_of_signals_that_became_one_are_put_together() -> None:
    older, younger = piles([waiting(score=70), waiting(BETA, native_id="p2", alert_id="")], {})
    younger.put_pile(older)
    assert younger.posts == {("generic", "p1"), ("generic", "p2")}
    assert younger.score == 70


@given(st.permutations([("s1", "p1", 40), ("s1", "p2", 70), ("s2", "p3", 60), ("s3", "p4", 70)]))
def test_the_order_in_which_things_waited_changes_nothing(rows: list[tuple[str, str, int]]) -> None:
    made = piles([waiting((f"account:{s}", s), native_id=p, score=n) for s, p, n in rows], {})
    assert [(pile.key[1], pile.score) for pile in made] == [("s1", 70), ("s3", 70), ("s2", 60)]
    assert made[0] == Pile(
        ("account:s1", "s1"), 70, "below_alert", {("generic", "p1"), ("generic", "p2")}
    )


def test_a_story_ranks_by_score_then_urgency_then_the_latest_post() -> None:
    late = NOON + timedelta(hours=1)
    order = [
        item("best", 90),
        item("now", urgency=Urgency.NOW),
        item("soon", urgency=Urgency.SOON),
        item("late", last_posted_at=late),
        item("a"),
        item("b"),
    ]
    assert ranked(reversed(order)) == order


def test_stories_of_one_account_are_a_group_at_the_rank_of_its_best() -> None:
    stranger = Subject(subject_id="author:generic:u1", name="Jo")
    other = examples.subject(subject_id="account:beta", account_id="beta", name="Betatron")
    items = [
        item("s1"),
        item("p1", subject=stranger),
        item("s2", subject=other),
        item("s3"),
        item("p2", subject=stranger),
    ]
    acme = examples.account()
    first, prospects, second = grouped(items, {"acme": acme})
    assert (first.name, first.account) == ("Acme GmbH", acme)
    assert [one.signal.signal_id for one in first.items] == ["s1", "s3"]
    assert (prospects.name, prospects.account, len(prospects.items)) == (PROSPECTS, None, 2)
    assert (second.name, second.account) == ("Betatron", None)


@pytest.mark.parametrize(
    ("standing", "taken"),
    [
        (None, False),
        (claim("ben"), True),
        (claim("anna"), False),
        (claim("anna", "done"), True),
        (claim("ben", "offered"), False),
    ],
)
def test_what_somebody_else_took_or_settled_is_taken(standing: Claim | None, taken: bool) -> None:
    assert is_taken(standing, "anna") is taken
    assert waits(standing, None, "anna") is not taken


@pytest.mark.parametrize(
    ("kind", "waiting_still"),
    [
        (FeedbackKind.OPENED, True),
        (FeedbackKind.USEFUL, True),
        (FeedbackKind.CLAIMED, True),
        (FeedbackKind.NOT_RELEVANT, False),
        (FeedbackKind.WON, False),
        (FeedbackKind.LOST, False),
    ],
)
def test_an_answer_ends_the_waiting_and_a_look_does_not(
    kind: FeedbackKind, waiting_still: bool
) -> None:
    answer = Feedback(
        signal_id="s1",
        subject_id="account:acme",
        alert_id="a1",
        seller_id="anna",
        kind=kind,
        given_at=NOON,
    )
    assert waits(None, answer, "anna") is waiting_still


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (claim("ben"), "Ben Ek takes care of it"),
        (claim("ben", "done"), "Ben Ek settled it"),
        (claim("gone"), "A colleague takes care of it"),
        (claim("anna", "done"), "You settled it"),
    ],
)
def test_who_took_care_is_said_by_name(standing: Claim, said: str) -> None:
    assert said_of(standing, "anna", {"ben": "Ben Ek"}) == said


@pytest.mark.parametrize(
    ("standing", "claimed_by"), [(None, None), (claim("anna"), "Anna"), (claim("ben"), None)]
)
def test_an_open_story_says_by_when_it_is_expected(
    standing: Claim | None, claimed_by: str | None
) -> None:
    told = OpenSignal(
        subject_id="account:acme", signal_id="s1", alert_id="a1", score=70, told_at=NOON
    )
    pressing = examples.signal(examples.story_post(urgency=Urgency.NOW))
    found = open_item(told, pressing, examples.seller(), claim=standing, link="https://x.example/")
    assert found.expected_by == NOON + timedelta(hours=1)
    assert (found.told_at, found.claimed_by, found.link) == (NOON, claimed_by, "https://x.example/")
