from typing import Any

import pytest

from earshot.domain.models import (
    Alert,
    AlertKind,
    AlertState,
    Decision,
    Outcome,
    Relevance,
    Role,
    Waiting,
)
from earshot.domain.why import Fate, Heard, SellerWhy
from tests.examples import NOON


def why(outcome: Outcome = Outcome.ALERT, **known: Any) -> SellerWhy:
    decision = Decision(
        seller_id="anna",
        role=Role.OWNER,
        outcome=outcome,
        reason="r",
        relevance=Relevance(score=60, contributions=(), versions={}),
    )
    return SellerWhy(decision=decision, **known)


def heard(**how: Any) -> Heard:
    return Heard(subject_id="account:acme", signal_id="s1", **how)


def alert(state: AlertState, kind: AlertKind = AlertKind.ALERT) -> Alert:
    return Alert(alert_id="a1", kind=kind, seller_id="anna", state=state)


WAITING = Waiting(
    seller_id="anna", subject_id="account:acme", signal_id="s1", score=40, reason="r", since=NOON
)


@pytest.mark.parametrize(
    ("how", "fate"),
    [
        (heard(alert=alert(AlertState.SENT)), Fate.ALERTED),
        (heard(alert=alert(AlertState.SENT, AlertKind.UPDATE)), Fate.UPDATED),
        (heard(), Fate.ALERTED),
        (heard(alert=alert(AlertState.PENDING)), Fate.DUE),
        (heard(alert=alert(AlertState.SENDING)), Fate.DUE),
        (heard(alert=alert(AlertState.FAILED)), Fate.FAILED),
        (heard(alert=alert(AlertState.CANCELLED)), Fate.CANCELLED),
        (heard(in_digest=True, waiting=WAITING), Fate.WAITS),
        (heard(in_digest=True, alert=alert(AlertState.DIGESTED)), Fate.DIGESTED),
    ],
)
def test_what_came_of_a_post_is_what_came_of_what_tells_of_it(how: Heard, fate: Fate) -> None:
    assert why(heard=how).fate is fate
    assert why(heard=how).alert == how.alert
    assert why(heard=how, elsewhere=True).fate is Fate.ELSEWHERE
    assert why(heard=how, elsewhere=True).alert is None


@pytest.mark.parametrize(
    ("outcome", "fate"),
    [
        (Outcome.ALERT, Fate.NOT_YET),
        (Outcome.DIGEST, Fate.NOT_YET),
        (Outcome.NOT, Fate.NOT_TOLD),
    ],
)
def test_who_heard_by_nothing_was_not_told_or_not_yet(outcome: Outcome, fate: Fate) -> None:
    assert why(outcome, is_expanding=True).fate is fate
    assert why(outcome).fate is Fate.NOT_TOLD
    assert why(outcome).alert is None
