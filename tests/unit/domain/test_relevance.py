from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.learned_relevance import MOST_POINTS, Learned
from earshot.domain.models import (
    Account,
    Candidate,
    Degree,
    EntryKind,
    Event,
    Intent,
    Relevance,
    Role,
    Signal,
    Standing,
    Urgency,
)
from earshot.domain.relevance import Scores, Weights
from tests import examples

VERSIONS = {"watchlist": "w1", "model": "m1"}
NAMES = (
    "intent_switching",
    "competitor_involved",
    "young_story",
    "role_owner",
    "owned_by_another",
    "something_else",
)


def signal(intent: Intent = Intent.SWITCHING, **changes: Any) -> Signal:
    rival = examples.mention(EntryKind.COMPETITOR, "rival")
    one = examples.signal(examples.story_post(intent=intent, mentions=(rival,)))
    return one.model_copy(update=changes)


def scored(
    candidate: Candidate | None = None,
    *,
    of: Signal | None = None,
    account: Account | None = None,
    owned: bool = True,
    weights: Weights | None = None,
) -> Relevance:
    scores = Scores(
        of or signal(), account, owned=owned, weights=weights or Weights(), versions=VERSIONS
    )
    return scores.of(candidate or examples.candidate())


def points(relevance: Relevance) -> dict[str, int]:
    return {one.name: one.points for one in relevance.contributions}


def taught(**thousandths: int) -> Candidate:
    learned = Learned(seller_id="anna", thousandths=thousandths, labels=3)
    return examples.candidate().model_copy(update={"learned": learned})


def test_every_point_has_a_name() -> None:
    relevance = scored()
    assert points(relevance) == {
        "intent_switching": 40,
        "competitor_involved": 15,
        "young_story": 5,
        "role_owner": 25,
    }
    assert relevance.score == 85
    assert relevance.versions == {**VERSIONS, "weights": Weights().version}


def test_the_intent_is_named_even_where_it_counts_nothing() -> None:
    assert "intent_other" in points(scored(of=signal(Intent.OTHER), weights=Weights(intent={})))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"urgency": Urgency.NOW}, "urgency_now"),
        ({"degree": Degree.ASKING}, "degree_asking"),
        ({"standing": Standing.CUSTOMER}, "standing_customer"),
        ({"intent": Intent.NEWS, "event": Event.FUNDING}, "event_funding"),
        ({"author_count": 2}, "conversation"),
    ],
)
def test_what_the_signal_says_counts_where_it_is_so(changes: dict[str, Any], name: str) -> None:
    assert name in points(scored(of=signal(**changes)))
    assert name not in points(scored())


def test_an_event_counts_in_news_only() -> None:
    assert "event_leadership" not in points(scored(of=signal(event=Event.LEADERSHIP)))


def test_an_old_story_is_no_news() -> None:
    late = examples.NOON + timedelta(days=Weights().young_days, microseconds=1)
    assert "young_story" not in points(scored(of=signal(last_posted_at=late)))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"stage": " Opportunity "}, "open_stage"),
        ({"employees": 250}, "large_account"),
        ({"revenue": 50_000_000}, "valuable_account"),
        ({"industry": "Health Care"}, "favoured_industry"),
    ],
)
def test_an_account_that_fits_counts_more(changes: dict[str, Any], name: str) -> None:
    weights = Weights(favoured_industries=("Health care",))
    assert name in points(scored(account=examples.account(**changes), weights=weights))
    other = examples.account(stage="lost", employees=249, revenue=49_999_999, industry="retail")
    assert points(scored(account=other, weights=weights)) == points(scored())


def test_who_asks_outranks_who_speaks_to_nobody() -> None:
    asks, speaks = (scored(of=signal(degree=d)) for d in (Degree.ASKING, Degree.MONOLOGUE))
    assert asks.score > speaks.score


def test_an_owner_comes_before_everybody_else_but_service() -> None:
    for role in (Role.DEPUTY, Role.DESK, Role.TERRITORY):
        candidate = examples.candidate(role)
        assert points(scored(candidate))["owned_by_another"] < 0
        assert "owned_by_another" not in points(scored(candidate, owned=False))
    assert "owned_by_another" not in points(scored(examples.candidate(Role.SERVICE)))


def test_who_sells_what_the_post_names_counts_more() -> None:
    seller = examples.candidate(Role.DESK, "anna", products=("brand:ours",))
    named = signal(objects=("brand:ours",))
    assert points(scored(seller, of=named))["sells_the_product"] == 10
    assert "sells_the_product" not in points(scored(seller))


BEST = Candidate(
    seller=examples.seller("anna", products=("brand:ours",)),
    role=Role.OWNER,
    learned=Learned(seller_id="anna", labels=9, thousandths={"role_owner": 15_000}),
)


def best(**changes: Any) -> tuple[Signal, Account, Weights]:
    """All that speaks for an interruption, but what ``changes`` says."""
    of = signal(
        **{
            "urgency": Urgency.NOW,
            "degree": Degree.ASKING,
            "author_count": 3,
            "objects": ("brand:ours", "competitor:rival"),
            **changes,
        }
    )
    account = examples.account(stage="customer", employees=10**6, revenue=10**10, industry="retail")
    return of, account, Weights(favoured_industries=("retail",))


@pytest.mark.parametrize("standing", [Standing.OWN, Standing.COMPETITOR])
@pytest.mark.parametrize("intent", Intent)
def test_what_our_own_people_and_competitors_post_interrupts_nobody(
    standing: Standing, intent: Intent
) -> None:
    of, account, weights = best(intent=intent, standing=standing, event=Event.FUNDING)
    assert scored(BEST, of=of, account=account, weights=weights).score < weights.alert_from


@pytest.mark.parametrize("intent", [Intent.OTHER, Intent.PROMOTION])
def test_chatter_and_promotion_never_interrupt_unless_clicks_asked_for_it(intent: Intent) -> None:
    assert scored(of=signal(intent)).score < Weights().digest_from
    of, account, weights = best(intent=intent, standing=Standing.CUSTOMER)
    plain = BEST.model_copy(update={"learned": None})
    assert scored(plain, of=of, account=account, weights=weights).score < weights.alert_from


@pytest.mark.parametrize(
    ("intent", "lands_in"),
    [
        (Intent.PURCHASE, "alert"),
        (Intent.SWITCHING, "alert"),
        (Intent.RECOMMENDATION, "alert"),
        (Intent.COMPLAINT, "digest"),
        (Intent.NEWS, "digest"),
        (Intent.SUPPORT, "digest"),
        (Intent.PRAISE, "nowhere"),
        (Intent.PROMOTION, "nowhere"),
        (Intent.OTHER, "nowhere"),
    ],
)
def test_where_a_plain_post_about_an_account_lands_for_its_owner(
    intent: Intent, lands_in: str
) -> None:
    score = scored(of=examples.signal(examples.story_post(intent=intent))).score
    weights = Weights()
    found = "alert" if score >= weights.alert_from else "nowhere"
    assert ("digest" if weights.digest_from <= score < weights.alert_from else found) == lands_in


def test_the_open_account_s_praise_reaches_its_owner_s_digest() -> None:
    praise = examples.signal(examples.story_post(intent=Intent.PRAISE))
    score = scored(of=praise, account=examples.account(stage="customer")).score
    assert Weights().digest_from <= score < Weights().alert_from


def test_what_clicks_taught_is_one_named_part_of_the_score() -> None:
    relevance = scored(taught(intent_switching=-8_400, role_owner=900, urgency_now=15_000))
    assert points(relevance)["learned"] == -8
    assert relevance.score == scored().score - 8
    learned = taught(intent_switching=-8_400, role_owner=900, urgency_now=15_000).learned
    assert learned is not None
    assert relevance.versions["learned"] == learned.version


def test_clicks_that_teach_nothing_here_leave_the_score_and_name_their_version() -> None:
    relevance = scored(taught(urgency_now=15_000))
    assert points(relevance) == points(scored())
    assert "learned" in relevance.versions


def test_nothing_learned_leaves_no_trace() -> None:
    nothing = examples.candidate().model_copy(update={"learned": Learned(seller_id="anna")})
    assert scored(nothing) == scored()


@given(
    st.sampled_from(Intent),
    st.sampled_from(Urgency),
    st.sampled_from(Degree),
    st.sampled_from(Standing),
    st.builds(
        Candidate,
        seller=st.just(examples.seller()),
        role=st.sampled_from(Role),
        learned=st.none()
        | st.builds(
            Learned,
            seller_id=st.just("anna"),
            labels=st.integers(0, 500),
            thousandths=st.dictionaries(
                st.sampled_from(NAMES), st.integers(-(10**9), 10**9), max_size=6
            ),
        ),
    ),
    st.booleans(),
)
def test_a_score_is_bounded_and_replays_to_the_same_bytes(
    intent: Intent,
    urgency: Urgency,
    degree: Degree,
    standing: Standing,
    candidate: Candidate,
    owned: bool,
) -> None:
    one = signal(intent, urgency=urgency, degree=degree, standing=standing)

    def replay() -> Relevance:
        return scored(candidate, of=one, account=examples.account(employees=300), owned=owned)

    relevance = replay()
    parts = points(relevance)
    assert relevance.score == max(0, min(100, sum(parts.values())))
    assert len(parts) == len(relevance.contributions)
    assert abs(parts.get("learned", 0)) <= MOST_POINTS
    assert relevance.model_dump_json() == replay().model_dump_json()
    assert Relevance.model_validate_json(relevance.model_dump_json()) == relevance
