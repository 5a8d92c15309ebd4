from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.deciding import MOST_ALERTS, best_roles, decide, silenced
from earshot.domain.models import (
    Account,
    Candidate,
    Decision,
    DecisionSet,
    EntryKind,
    Holiday,
    Intent,
    Mute,
    MuteKind,
    Outcome,
    Preferences,
    Role,
    Signal,
    Urgency,
    WorkingHours,
)
from earshot.domain.relevance import Weights
from tests import examples

VERSIONS = {"watchlist": "w1", "model": "m1"}
OFFICE = WorkingHours(zone="Europe/Berlin", start=time(9), end=time(17))
TODAY = Holiday(first=date(2026, 11, 18), last=date(2026, 11, 18))


def signal(intent: Intent = Intent.SWITCHING, **changes: Any) -> Signal:
    rival = examples.mention(EntryKind.COMPETITOR, "rival")
    one = examples.story_post(intent=intent, mentions=(rival,), **changes)
    return examples.signal(one)


def decided(
    *candidates: Candidate,
    of: Signal | None = None,
    account: Account | None = None,
    now: datetime = examples.NOON,
) -> DecisionSet:
    return decide(
        of or signal(), account, candidates, now=now, weights=Weights(), versions=VERSIONS
    )


def outcomes(found: DecisionSet) -> dict[str, tuple[Outcome, str]]:
    return {one.seller_id: (one.outcome, one.reason) for one in found.decisions}


def only(candidate: Candidate, **options: Any) -> Decision:
    (decision,) = decided(candidate, **options).decisions
    return decision


def wishing(role: Role = Role.OWNER, seller_id: str = "anna", **wishes: Any) -> Candidate:
    chosen = Preferences(seller_id=seller_id, **wishes)
    return examples.candidate(role, seller_id).model_copy(update={"preferences": chosen})


def away(role: Role = Role.OWNER, seller_id: str = "anna", **changes: Any) -> Candidate:
    hours = OFFICE.model_copy(update={"holidays": (TODAY,)})
    return examples.candidate(role, seller_id, hours=hours, **changes)


def test_the_owner_is_alerted_the_deputy_reads_it_in_the_digest_and_territory_does_not() -> None:
    found = decided(
        examples.candidate(),
        examples.candidate(Role.DEPUTY, "ben"),
        examples.candidate(Role.TERRITORY, "carla"),
    )
    assert outcomes(found) == {
        "anna": (Outcome.ALERT, "worth_an_alert"),
        "ben": (Outcome.DIGEST, "below_alert"),
        "carla": (Outcome.NOT, "below_digest"),
    }


def test_ordinary_chatter_is_told_to_nobody_and_says_why() -> None:
    decision = only(examples.candidate(), of=examples.signal(examples.story_post()))
    assert (decision.outcome, decision.reason) == (Outcome.NOT, "below_digest")
    assert decision.attention is None


def test_who_is_silenced_is_told_why_and_the_others_keep_their_reason() -> None:
    all_three = decided(
        examples.candidate(),
        wishing(Role.OWNER, "dora", instant=False),
        examples.candidate(Role.TERRITORY, "ben"),
    )
    assert outcomes(silenced(all_three)) == {
        "anna": (Outcome.NOT, "nothing_new"),
        "dora": (Outcome.NOT, "nothing_new"),
        "ben": (Outcome.NOT, "below_digest"),
    }
    assert all(one.attention is None for one in silenced(all_three).decisions)


def test_without_an_owner_a_prospect_goes_by_territory_or_desk() -> None:
    found = decided(
        examples.candidate(Role.TERRITORY, "ben"), examples.candidate(Role.DESK, "carla")
    )
    assert {one.outcome for one in found.decisions} == {Outcome.ALERT}


def test_quiet_hours_move_the_mail_and_not_the_decision() -> None:
    hours = WorkingHours(zone="Europe/Berlin", start=time(14), end=time(18))
    decision = only(examples.candidate(hours=hours))
    assert decision.outcome is Outcome.ALERT
    assert decision.attention is not None
    assert decision.attention.reason == "quiet_hours"
    assert decision.attention.due_at == examples.NOON.replace(hour=13)


def test_hours_that_the_seller_chose_hold_over_those_of_the_import() -> None:
    decision = only(wishing(hours=WorkingHours(start=time(15), end=time(18))))
    assert decision.attention is not None
    assert decision.attention.due_at == examples.NOON.replace(hour=15)


def test_a_seller_with_two_roles_has_the_closer_one() -> None:
    twice = [examples.candidate(Role.TERRITORY), examples.candidate(Role.DEPUTY)]
    assert [c.role for c in best_roles(twice)] == [Role.DEPUTY]


def test_who_unsubscribed_reads_in_the_digest_what_would_have_interrupted() -> None:
    assert outcomes(decided(wishing(instant=False))) == {"anna": (Outcome.DIGEST, "unsubscribed")}


def test_unsubscribing_makes_no_digest_of_what_was_not_worth_one() -> None:
    chatter = examples.signal(examples.story_post())
    assert only(wishing(instant=False), of=chatter).reason == "below_digest"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (MuteKind.ACCOUNT, "account:acme"),
        (MuteKind.TOPIC, "competitor:rival"),
        (MuteKind.RULE, "competitor_involved"),
        (MuteKind.SIGNAL, "s1"),
    ],
)
def test_what_was_muted_is_told_no_more_and_says_by_which_mute(kind: MuteKind, value: str) -> None:
    other = Mute(kind=kind, value="something-else")
    muted = wishing(mutes=(other, Mute(kind=kind, value=value)))
    assert outcomes(decided(muted)) == {"anna": (Outcome.NOT, f"muted_{kind}")}
    assert only(wishing(mutes=(other,))).outcome is Outcome.ALERT


def test_what_nobody_would_have_heard_of_is_not_said_to_be_muted() -> None:
    muted = wishing(mutes=(Mute(kind=MuteKind.ACCOUNT, value="account:acme"),))
    assert only(muted, of=examples.signal(examples.story_post())).reason == "below_digest"


def test_a_muted_story_stays_muted_when_another_absorbs_it() -> None:
    absorbing = signal().model_copy(update={"signal_id": "s0", "absorbed": ("s1",)})
    muted = wishing(mutes=(Mute(kind=MuteKind.SIGNAL, value="s1"),))
    assert only(muted, of=absorbing).reason == "muted_signal"


@given(st.integers(min_value=-120, max_value=120))
def test_a_mute_holds_until_its_end_and_not_a_moment_longer(minutes: int) -> None:
    until = examples.NOON + timedelta(minutes=minutes)
    mute = Mute(kind=MuteKind.ACCOUNT, value="account:acme", until=until)
    muted = only(wishing(mutes=(mute,))).reason == "muted_account"
    assert muted is (minutes > 0)


def test_of_two_mutes_that_cover_it_the_broader_is_named() -> None:
    both = (
        Mute(kind=MuteKind.SIGNAL, value="s1"),
        Mute(kind=MuteKind.ACCOUNT, value="account:acme"),
    )
    assert only(wishing(mutes=both)).reason == "muted_account"


def test_support_is_left_to_service_and_the_owner_reads_of_it() -> None:
    asked = examples.signal(examples.story_post(intent=Intent.SUPPORT, urgency=Urgency.NOW))
    found = decided(
        examples.candidate(), examples.candidate(Role.SERVICE, "sven"), of=asked, account=large()
    )
    assert outcomes(found) == {
        "anna": (Outcome.DIGEST, "left_to_service"),
        "sven": (Outcome.ALERT, "worth_an_alert"),
    }


def test_without_anybody_at_service_the_owner_is_alerted() -> None:
    asked = examples.signal(examples.story_post(intent=Intent.SUPPORT, urgency=Urgency.NOW))
    muted = wishing(Role.SERVICE, "sven", instant=False)
    assert only(examples.candidate(), of=asked, account=large()).outcome is Outcome.ALERT
    found = decided(examples.candidate(), muted, of=asked, account=large())
    assert outcomes(found)["anna"] == (Outcome.ALERT, "worth_an_alert")


def large() -> Account:
    return examples.account(stage="customer", employees=1000, revenue=10**9)


def test_a_deputy_stands_in_for_an_owner_who_is_away() -> None:
    found = decided(
        away(),
        away(Role.DEPUTY, "ben"),
        examples.candidate(Role.DEPUTY, "carla"),
        examples.candidate(Role.DEPUTY, "dora"),
    )
    assert outcomes(found) == {
        "anna": (Outcome.DIGEST, "stands_back"),
        "ben": (Outcome.DIGEST, "below_alert"),
        "carla": (Outcome.ALERT, "stands_in"),
        "dora": (Outcome.DIGEST, "below_alert"),
    }
    by_seller = {one.seller_id: one for one in found.decisions}
    assert by_seller["carla"].attention is not None
    assert by_seller["anna"].attention is None
    assert by_seller["anna"].relevance.score >= Weights().alert_from


def test_a_deputy_who_is_alerted_anyway_needs_no_other_to_stand_in() -> None:
    hot = signal(urgency=Urgency.NOW)
    account = large()
    found = decided(
        away(),
        examples.candidate(Role.DEPUTY, "ben"),
        examples.candidate(Role.DEPUTY, "carla"),
        of=hot,
        account=account,
    )
    assert outcomes(found) == {
        "anna": (Outcome.DIGEST, "stands_back"),
        "ben": (Outcome.ALERT, "worth_an_alert"),
        "carla": (Outcome.ALERT, "worth_an_alert"),
    }


@pytest.mark.parametrize(
    "deputy",
    [
        away(Role.DEPUTY, "ben"),
        wishing(Role.DEPUTY, "ben", instant=False),
        wishing(Role.DEPUTY, "ben", mutes=(Mute(kind=MuteKind.SIGNAL, value="s1"),)),
        examples.candidate(Role.TERRITORY, "ben"),
    ],
)
def test_where_nobody_can_stand_in_the_alert_waits_for_the_owner(deputy: Candidate) -> None:
    decision = decided(away(), deputy).decisions[0]
    assert (decision.seller_id, decision.outcome) == ("anna", Outcome.ALERT)
    assert decision.attention is not None
    assert decision.attention.reason == "holiday"
    assert decision.attention.due_at == datetime.fromisoformat("2026-11-19T09:00+01:00")


def test_an_owner_whose_own_rule_lets_it_through_is_not_away() -> None:
    found = decided(
        away(urgent_anytime=True),
        examples.candidate(Role.DEPUTY, "ben"),
        of=signal(urgency=Urgency.NOW),
    )
    assert outcomes(found)["anna"] == (Outcome.ALERT, "worth_an_alert")


@pytest.mark.parametrize(
    ("moment", "is_absent"),
    [
        ("2026-11-17T16:59+01:00", False),  # the last minute before the day off
        ("2026-11-17T17:00+01:00", True),  # closed: the next hours would be on the day off
        ("2026-11-18T12:00+01:00", True),
        ("2026-11-18T17:00+01:00", False),  # over: an ordinary night
        ("2026-11-21T12:00+01:00", False),  # an ordinary weekend
    ],
)
def test_the_owner_is_away_when_days_off_put_off_the_mail(moment: str, is_absent: bool) -> None:
    found = decided(
        away(), examples.candidate(Role.DEPUTY, "ben"), now=datetime.fromisoformat(moment)
    )
    assert (outcomes(found)["anna"] == (Outcome.DIGEST, "stands_back")) is is_absent


def test_most_alerts_go_to_the_highest_scores_and_the_rest_reads_it_in_the_digest() -> None:
    desk = [examples.candidate(Role.DESK, f"desk-{number:02d}") for number in range(45)]
    found = decided(*desk, examples.candidate(Role.TERRITORY, "afar"))
    told = [one.seller_id for one in found.decisions if one.outcome is Outcome.ALERT]
    assert told == [f"desk-{number:02d}" for number in range(MOST_ALERTS)]
    late = outcomes(found)
    assert late["afar"] == late["desk-44"] == (Outcome.DIGEST, "beyond_the_most_alerts")


def test_who_stands_in_is_not_beyond_the_most_alerts() -> None:
    owners = [examples.candidate(Role.OWNER, f"owner-{number:02d}") for number in range(45)]
    found = decided(*owners, away(), examples.candidate(Role.DEPUTY, "ben"))
    assert outcomes(found)["ben"] == (Outcome.ALERT, "stands_in")


@given(st.permutations(list(Role)), st.booleans(), st.sampled_from(Intent))
def test_the_order_of_candidates_changes_nothing(
    roles: list[Role], is_owner_away: bool, intent: Intent
) -> None:
    def one(role: Role) -> Candidate:
        make = away if is_owner_away and role is Role.OWNER else examples.candidate
        return make(role, f"seller-{role}")

    of = signal(intent)
    shuffled, ordered = decided(*map(one, roles), of=of), decided(*map(one, Role), of=of)
    assert shuffled == ordered
    assert shuffled.model_dump_json() == ordered.model_dump_json()


@given(st.sampled_from(Intent), st.sampled_from(Urgency), st.lists(st.sampled_from(Role)))
def test_decisions_come_back_from_text_as_they_were(
    intent: Intent, urgency: Urgency, roles: list[Role]
) -> None:
    candidates = [examples.candidate(role, f"s{n}") for n, role in enumerate(roles)]
    found = decided(*candidates, of=signal(intent, urgency=urgency))
    assert DecisionSet.model_validate_json(found.model_dump_json()) == found
    assert all(
        (one.attention is not None) == (one.outcome is Outcome.ALERT) for one in found.decisions
    )


LARGE = examples.account(stage="opportunity", employees=900, revenue=90_000_000)
PRESSING = signal(Intent.PURCHASE, urgency=Urgency.NOW)


def test_what_is_worth_an_alert_to_several_interrupts_the_owner_alone() -> None:
    found = decided(
        examples.candidate(),
        examples.candidate(Role.DEPUTY, "ben"),
        examples.candidate(Role.DESK, "carla"),
        of=PRESSING,
        account=LARGE,
    )
    assert outcomes(found) == {
        "anna": (Outcome.ALERT, "worth_an_alert"),
        "ben": (Outcome.DIGEST, "left_to_owner"),
        "carla": (Outcome.DIGEST, "left_to_owner"),
    }


def test_what_an_absent_owner_has_no_deputy_for_is_not_left_to_them() -> None:
    found = decided(away(), examples.candidate(Role.DESK, "carla"), of=PRESSING, account=LARGE)
    assert outcomes(found)["carla"] == (Outcome.ALERT, "worth_an_alert")


def test_what_a_deputy_stands_in_for_is_left_to_the_deputy() -> None:
    found = decided(
        away(),
        examples.candidate(Role.DEPUTY, "ben"),
        examples.candidate(Role.DESK, "carla"),
        of=signal(Intent.PURCHASE),
        account=examples.account(),
    )
    assert outcomes(found)["anna"] == (Outcome.DIGEST, "stands_back")
    assert outcomes(found)["ben"] == (Outcome.ALERT, "stands_in")
