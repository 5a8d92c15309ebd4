from datetime import datetime, time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.deciding import Heard, best_roles, decide, silenced
from earshot.domain.models import (
    Account,
    Candidate,
    DecisionSet,
    EntryKind,
    Intent,
    Outcome,
    Role,
    Signal,
    Urgency,
    WorkingHours,
)
from earshot.domain.relevance import Weights, score
from tests import examples

VERSIONS = {"watchlist": "w1", "model": "m1"}


def signal(intent: Intent = Intent.SWITCHING, **changes: Any) -> Signal:
    rival = examples.mention(EntryKind.COMPETITOR, "rival")
    one = examples.story_post(intent=intent, mentions=(rival,), **changes)
    return examples.signal(one)


def decided(
    *candidates: Candidate,
    of: Signal | None = None,
    account: Account | None = None,
    heard: Heard | None = None,
    now: datetime = examples.NOON,
) -> DecisionSet:
    return decide(
        of or signal(),
        account,
        candidates,
        heard=heard or Heard(),
        now=now,
        weights=Weights(),
        versions=VERSIONS,
    )


def test_the_owner_is_alerted_and_every_point_has_a_name() -> None:
    decision = decided(examples.candidate()).decisions[0]
    assert (decision.outcome, decision.reason) == (Outcome.ALERT, "worth_an_alert")
    assert {c.name: c.points for c in decision.relevance.contributions} == {
        "intent_switching": 40,
        "competitor_involved": 15,
        "role_owner": 25,
    }
    assert decision.relevance.score == 80
    assert decision.relevance.versions == {**VERSIONS, "weights": "2026-11"}


def test_who_is_silenced_is_told_why_and_the_others_keep_their_reason() -> None:
    both = decided(examples.candidate(), examples.candidate(Role.TERRITORY, "ben"))
    silent = silenced(both, "nothing_new")
    assert [(d.outcome, d.reason) for d in silent.decisions] == [
        (Outcome.NOT, "nothing_new"),
        (Outcome.NOT, "below_threshold"),
    ]


def test_an_owner_comes_before_everybody_else() -> None:
    territory = examples.candidate(Role.TERRITORY, "ben")
    alone, beside = decided(territory), decided(territory, examples.candidate())
    assert alone.decisions[0].outcome is Outcome.ALERT
    assert [(d.seller_id, d.outcome, d.reason) for d in beside.decisions] == [
        ("anna", Outcome.ALERT, "worth_an_alert"),
        ("ben", Outcome.NOT, "below_threshold"),
    ]


def test_ordinary_chatter_alerts_nobody() -> None:
    chatter = examples.signal(examples.story_post())
    decision = decided(examples.candidate(), of=chatter).decisions[0]
    assert (decision.outcome, decision.attention) == (Outcome.NOT, None)


def test_a_seller_hears_of_a_signal_once_and_of_a_post_once() -> None:
    of_signal = decided(examples.candidate(), heard=Heard(of_signal=frozenset({"anna"})))
    of_post = decided(examples.candidate(), heard=Heard(of_post=frozenset({"anna"})))
    assert of_signal.decisions[0].reason == "already_alerted"
    assert of_post.decisions[0].reason == "heard_of_the_post"


def test_quiet_hours_move_the_mail_and_not_the_decision() -> None:
    hours = WorkingHours(zone="Europe/Berlin", start=time(14), end=time(18))
    decision = decided(examples.candidate(hours=hours)).decisions[0]
    assert decision.outcome is Outcome.ALERT
    assert decision.attention is not None
    assert decision.attention.reason == "quiet_hours"
    assert decision.attention.due_at == examples.NOON.replace(hour=13)


def test_a_seller_with_two_roles_has_the_closer_one() -> None:
    twice = [examples.candidate(Role.TERRITORY), examples.candidate(Role.DEPUTY)]
    assert [c.role for c in best_roles(twice)] == [Role.DEPUTY]


def test_a_large_account_in_an_open_stage_counts_more() -> None:
    large = examples.account(stage="Opportunity", employees=1000)
    names = {
        c.name
        for c in decided(examples.candidate(), account=large).decisions[0].relevance.contributions
    }
    assert {"open_stage", "large_account"} <= names


def test_a_small_account_in_no_stage_counts_as_any_other() -> None:
    small = examples.account(stage="closed", employees=3)
    relevance = decided(examples.candidate(), account=small).decisions[0].relevance
    assert relevance == decided(examples.candidate()).decisions[0].relevance


def test_urgency_and_a_second_author_count() -> None:
    first = examples.story_post(urgency=Urgency.NOW)
    both = examples.signal(first, examples.story_post("p2", author=examples.author(author_id="u2")))
    names = {
        c.name for c in decided(examples.candidate(), of=both).decisions[0].relevance.contributions
    }
    assert {"urgency_now", "conversation"} <= names


def test_a_transaction_full_of_alerts_goes_to_the_highest_scores_and_the_rest_is_told_why() -> None:
    desk = [examples.candidate(Role.DESK, f"desk-{number:02d}") for number in range(45)]
    decisions = decided(*desk, examples.candidate(Role.TERRITORY, "afar")).decisions
    told = [d.seller_id for d in decisions if d.outcome is Outcome.ALERT]
    assert told == [f"desk-{number:02d}" for number in range(40)]
    late = {d.seller_id: d.reason for d in decisions if d.outcome is Outcome.NOT}
    assert late["afar"] == late["desk-44"] == "beyond_the_most_alerts"


@given(
    st.sampled_from(Intent),
    st.sampled_from(Urgency),
    st.sampled_from(Role),
    st.booleans(),
    st.integers(min_value=0, max_value=10**6),
)
def test_a_score_is_bounded_and_replays_to_the_same_bytes(
    intent: Intent, urgency: Urgency, role: Role, owned: bool, employees: int
) -> None:
    one = signal(intent, urgency=urgency)
    account = examples.account(stage="customer", employees=employees)

    def replay() -> str:
        relevance = score(one, account, role, owned=owned, weights=Weights(), versions=VERSIONS)
        assert 0 <= relevance.score <= 100
        assert relevance.score == max(0, min(100, sum(c.points for c in relevance.contributions)))
        return relevance.model_dump_json()

    assert replay() == replay()


@given(st.permutations(list(Role)))
def test_the_order_of_candidates_changes_nothing(roles: list[Role]) -> None:
    shuffled = [examples.candidate(role, f"seller-{role}") for role in roles]
    ordered = [examples.candidate(role, f"seller-{role}") for role in Role]
    assert decided(*shuffled) == decided(*ordered)
