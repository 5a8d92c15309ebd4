"""Plays and what came of them, on ministack and its stand-in."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from earshot.aws.play_store import PlayStore
from earshot.domain.models import Alert, AlertState, Feedback, FeedbackKind
from earshot.domain.plays import Play, PlayUse
from tests.examples import NOON


def play(play_id: str, **changes: Any) -> Play:
    plain = {"play_id": play_id, "title": "T", "intents": ("switching",), "text": "Call."}
    return Play.model_validate({**plain, "html": "<p>Call.</p>", "version": "v1", **changes})


def alert(alert_id: str = "a1", **changes: Any) -> Alert:
    plain = {
        "alert_id": alert_id,
        "signal_id": "s1",
        "subject_id": "account:acme",
        "seller_id": "anna",
        "state": AlertState.SENT,
        "play_id": "leaving",
        "told_at": NOON,
    }
    return Alert.model_validate({**plain, **changes})


def answer(kind: str, minutes: int, **changes: Any) -> Feedback:
    plain = {
        "signal_id": "s1",
        "subject_id": "account:acme",
        "alert_id": "a1",
        "seller_id": "anna",
        "kind": FeedbackKind(kind),
        "given_at": NOON + timedelta(minutes=minutes),
        "play_id": "leaving",
    }
    return Feedback.model_validate({**plain, **changes})


def test_plays_are_put_changed_and_removed(table: Any) -> None:
    store = PlayStore(table)
    assert store.all() == ()
    assert store.put_all([play("leaving"), play("praise")]) == 2
    assert store.put_all([play("leaving"), play("praise", version="v2")]) == 1
    assert [(one.play_id, one.version) for one in store.all()] == [
        ("leaving", "v1"),
        ("praise", "v2"),
    ]
    store.remove(["leaving", "unknown"])
    assert [one.play_id for one in store.all()] == ["praise"]


def test_a_warm_container_reads_the_plays_once_a_minute(table: Any) -> None:
    warm = PlayStore(table)
    assert warm.all() == ()
    PlayStore(table).put_all([play("leaving")])
    assert warm.all() == ()
    assert len(PlayStore(table).all()) == 1


def test_a_use_is_recorded_once_and_an_alert_without_a_play_never(table: Any) -> None:
    store = PlayStore(table)
    for _ in range(2):
        store.record_use(alert())
    store.record_use(alert("a2", play_id=None))
    store.record_outcome(answer("won", 1, play_id=None))
    use = PlayUse(play_id="leaving", alert_id="a1", signal_id="s1", seller_id="anna", told_at=NOON)
    assert list(store.uses("leaving")) == [use]


EVENTS = ("told", "opened 9", "useful 1", "won 5")


@pytest.mark.parametrize("order", [*permutations(EVENTS)], ids=", ".join)
def test_the_last_answer_holds_in_any_order_and_opening_takes_none_back(
    standin_table: Any, order: tuple[str, ...]
) -> None:
    store = PlayStore(standin_table)
    for event in (*order, order[0]):
        kind, _, minutes = event.partition(" ")
        if kind == "told":
            store.record_use(alert())
        else:
            store.record_outcome(answer(kind, int(minutes)))
    (use,) = store.uses("leaving")
    assert use.told_at == NOON
    assert (use.outcome, use.given_at) == (FeedbackKind.WON, NOON + timedelta(minutes=5))


def test_what_was_opened_is_noted_until_there_is_an_answer(table: Any) -> None:
    store = PlayStore(table)
    for minutes in (3, 1):
        store.record_outcome(answer("opened", minutes))
    (use,) = store.uses("leaving")
    assert (use.outcome, use.given_at) == (FeedbackKind.OPENED, NOON + timedelta(minutes=3))
    store.record_outcome(answer("not_relevant", 2))
    (use,) = store.uses("leaving")
    assert (use.told_at, use.outcome) == (None, FeedbackKind.NOT_RELEVANT)


@pytest.mark.parametrize("order", [*permutations(["lost", "won"])])
def test_two_answers_of_one_moment_end_the_same_in_any_order(
    standin_table: Any, order: tuple[str, ...]
) -> None:
    store = PlayStore(standin_table)
    for kind in order:
        store.record_outcome(answer(kind, 1))
    assert [use.outcome for use in store.uses("leaving")] == [FeedbackKind.WON]
