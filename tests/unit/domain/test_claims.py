"""Who may take a signal, hand it over and close it, and who hears of it when nobody acts."""

from datetime import timedelta

import pytest

from earshot.domain.claims import (
    CLAIMED,
    DONE,
    OFFERED,
    ClaimRefusal,
    Wish,
    escalates_to,
    finish,
    offer,
    still_stands,
    take,
)
from earshot.domain.models import Claim
from tests.examples import NOON

LEASE = NOON + timedelta(hours=4)
LATE = LEASE + timedelta(seconds=1)


def wish(seller_id: str = "anna") -> Wish:
    return Wish(subject_id="account:acme", signal_id="s1", seller_id=seller_id, lease_until=LEASE)


def taken(current: Claim | None, seller_id: str = "anna", *, late: bool = False) -> Claim:
    claim = take(current, wish(seller_id), LATE if late else NOON)
    assert isinstance(claim, Claim)
    return claim


def offered(current: Claim | None = None) -> Claim:
    claim = offer(current, wish("ben"), "anna", note="Knows them\x00 well", now=NOON)
    assert isinstance(claim, Claim)
    return claim


def test_the_first_one_has_it_and_the_second_is_refused() -> None:
    claim = taken(None)
    assert (claim.seller_id, claim.state, claim.version) == ("anna", CLAIMED, 1)
    assert claim.lease_until == LEASE
    assert take(claim, wish("ben"), NOON) is ClaimRefusal.TAKEN
    assert offer(claim, wish("carla"), "ben", note="", now=NOON) is ClaimRefusal.TAKEN
    assert finish(claim, wish("ben"), NOON) is ClaimRefusal.TAKEN


def test_whoever_has_it_may_take_it_again_for_a_new_lease() -> None:
    assert taken(taken(None)).version == 2


def test_after_the_lease_anybody_may_have_it() -> None:
    claim = taken(taken(None), "ben", late=True)
    assert (claim.seller_id, claim.version, claim.from_id) == ("ben", 2, None)


def test_a_hand_over_is_offered_and_accepted_with_its_note() -> None:
    claim = offered(taken(None))
    assert (claim.seller_id, claim.from_id, claim.state) == ("ben", "anna", OFFERED)
    assert claim.note == "Knows them well"
    accepted = taken(claim, "ben")
    assert (accepted.state, accepted.from_id, accepted.note) == (CLAIMED, "anna", claim.note)
    assert take(claim, wish("carla"), NOON) is ClaimRefusal.TAKEN


def test_what_was_handed_over_may_be_taken_back_until_it_is_accepted() -> None:
    claim = offered()
    assert taken(claim).seller_id == "anna"
    assert taken(claim).note == ""
    accepted = taken(claim, "ben")
    assert take(accepted, wish("anna"), NOON) is ClaimRefusal.TAKEN


def test_nobody_hands_over_to_themself() -> None:
    assert offer(None, wish("anna"), "anna", note="", now=NOON) is ClaimRefusal.SELF


def test_what_is_closed_stays_closed() -> None:
    claim = finish(None, wish(), NOON)
    assert isinstance(claim, Claim)
    assert (claim.state, claim.lease_until) == (DONE, None)
    assert finish(claim, wish(), NOON) == claim
    for refused in (
        take(claim, wish("anna"), LATE),
        take(claim, wish("ben"), LATE),
        finish(claim, wish("ben"), LATE),
        offer(claim, wish("ben"), "anna", note="", now=LATE),
    ):
        assert refused is ClaimRefusal.DONE


@pytest.mark.parametrize(
    ("claim", "others", "heard"),
    [
        (taken(None), ["anna", "ben", "carla"], "ben"),
        (taken(None, "ben"), ["anna", "ben"], "anna"),
        (taken(None), ["anna"], None),
        (taken(None), [], None),
        (offered(), ["carla"], "anna"),
        (taken(offered(), "ben"), ["ben", "carla"], "carla"),
    ],
)
def test_it_escalates_to_somebody_else(claim: Claim, others: list[str], heard: str | None) -> None:
    assert escalates_to(claim, others) == heard


def test_mails_about_a_claim_are_void_once_it_moved_on() -> None:
    claim = taken(None)
    assert still_stands(claim, 1)
    assert not still_stands(None, 1)
    assert not still_stands(taken(claim), 1)
    done = finish(claim, wish(), NOON)
    assert isinstance(done, Claim)
    assert not still_stands(done, done.version)
