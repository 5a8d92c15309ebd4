"""Claims under a race: one owner, one escalation, one use of a link."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from earshot.aws.claim_store import ClaimStore
from earshot.aws.signal_store import SignalStore
from earshot.domain.actions import ActionKind, Form, link_id
from earshot.domain.claims import still_stands
from earshot.domain.models import AlertKind, Claim
from earshot.domain.pages_matter import Matter
from earshot.domain.pages_refusals import PageRefusal
from earshot.flows.page_refusals import PageRefusedError
from earshot.flows.serve_pages import pages
from earshot.flows.take_care import Care
from tests import told
from tests.house import House
from tests.standin import StandIn
from tests.standin.stage import Aws
from tests.standin.turns import Turns
from tests.told import Told

RACERS = 100
NOW = datetime.now(UTC)


@pytest.fixture
def aws(either_aws: Aws) -> Aws:
    return either_aws


@pytest.fixture
def told_of(house: House) -> Told:
    return told.furnish(house.table, at=NOW - timedelta(minutes=5))


@pytest.fixture
def care(house: House) -> Care:
    return Care(pages().acting, pages().matters)


@pytest.fixture
def race(aws: Aws) -> Callable[[Sequence[Callable[[], None]]], None]:
    """All at once: on the stand-in they change places at every call, on ministack as it happens."""

    def run(works: Sequence[Callable[[], None]]) -> None:
        if isinstance(aws, StandIn):
            turns = Turns(random.Random(7))
            aws.before.append(turns.pass_on)
            try:
                turns.run(works)
            finally:
                aws.before.remove(turns.pass_on)
            return
        with ThreadPoolExecutor(24) as pool:
            for one in [pool.submit(work) for work in works]:
                one.result()

    return run


def matter_of(care: Care, told_of: Told, seller: str = "anna") -> Matter:
    found, _ = care.matters.of(
        care.matters.seller(seller), told_of.signal_id, told_of.alerts[seller].alert_id, now=NOW
    )
    return found


def form_of(told_of: Told, action: ActionKind, alert_id: str) -> Form:
    return Form(
        action=action,
        seller_id="anna",
        signal_id=told_of.signal_id,
        alert_id=alert_id,
        link_id=link_id(action, alert_id, told_of.signal_id),
    )


def count_rows(house: House) -> Counter[str]:
    found = Counter(str(row["pk"]).partition("#")[0] for row in house.rows())
    kinds = Counter(str(row["kind"]) for row in house.rows() if str(row["pk"])[:7] == "OUTBOX#")
    return found + kinds


def test_a_hundred_racing_claims_give_one_owner(
    house: House, told_of: Told, care: Care, race: Callable[[Sequence[Callable[[], None]]], None]
) -> None:
    base = matter_of(care, told_of)
    won: list[Claim] = []
    lost: Counter[PageRefusal] = Counter()

    def claim(number: int) -> None:
        matter = base.model_copy(update={"seller": told.seller(f"racer-{number}")})
        form = form_of(told_of, ActionKind.CLAIM, f"alert-{number}")
        try:
            won.append(care.claim(form, matter, NOW))
        except PageRefusedError as error:
            lost[error.refusal] += 1

    race([lambda number=number: claim(number) for number in range(RACERS)])  # type: ignore[misc]
    assert len(won) == 1
    assert lost == {PageRefusal.TAKEN: RACERS - 1}
    assert ClaimStore(house.table).get(told_of.signal_id) == won[0]
    rows = count_rows(house)
    assert (rows["LINKUSED"], rows[AlertKind.ESCALATION]) == (1, 1)
    assert len([name for name in house.objects("journal/") if "/claimed/" in name]) == 1


def test_one_link_followed_twenty_times_at_once_acts_once(
    house: House, told_of: Told, care: Care, race: Callable[[Sequence[Callable[[], None]]], None]
) -> None:
    matter = matter_of(care, told_of)
    receiver = next(one for one in matter.team if one.seller_id == "ben")
    form = form_of(told_of, ActionKind.HAND_OVER, matter.alert_id)
    outcomes: Counter[str] = Counter()

    def hand_over() -> None:
        try:
            care.hand_over(form, matter, receiver, note="", now=NOW)
            outcomes["done"] += 1
        except PageRefusedError as error:
            outcomes[error.refusal] += 1

    race([hand_over] * 20)
    assert outcomes == {"done": 1, "used": 19}
    rows = count_rows(house)
    assert (rows[AlertKind.HANDOVER], rows[AlertKind.ESCALATION], rows["LINKUSED"]) == (1, 1, 1)


def test_of_thirty_who_close_it_at_once_one_does(
    house: House, told_of: Told, care: Care, race: Callable[[Sequence[Callable[[], None]]], None]
) -> None:
    """No mail follows from it, so nothing but the claim itself keeps them apart."""
    base = matter_of(care, told_of)
    outcomes: Counter[str] = Counter()

    def close(number: int) -> None:
        matter = base.model_copy(update={"seller": told.seller(f"racer-{number}")})
        form = Form(action=ActionKind.FINISH, seller_id="anna", signal_id=told_of.signal_id)
        try:
            care.finish(form, matter, "done", now=NOW)
            outcomes["done here"] += 1
        except PageRefusedError as error:
            outcomes[error.refusal] += 1

    race([lambda number=number: close(number) for number in range(30)])  # type: ignore[misc]
    assert outcomes == {"done here": 1, PageRefusal.DONE: 29}


def test_an_escalation_is_void_once_the_claim_moved_on(
    house: House, told_of: Told, care: Care
) -> None:
    matter = matter_of(care, told_of)
    form = Form(action=ActionKind.CLAIM, seller_id="anna", signal_id=told_of.signal_id)
    first = care.claim(form, matter, NOW)
    renewed = care.claim(form, matter, NOW + timedelta(hours=1))
    stored = ClaimStore(house.table).get(told_of.signal_id)
    assert (first.version, renewed.version) == (1, 2)
    assert not still_stands(stored, 1)
    assert still_stands(stored, 2)
    assert renewed.lease_until
    late = renewed.lease_until + timedelta(seconds=1)
    taken = care.claim(form, matter_of(care, told_of, "ben"), late)
    assert (taken.seller_id, taken.version) == ("ben", 3)
    assert count_rows(house)[AlertKind.ESCALATION] == 3


def test_a_claim_holds_on_when_its_signal_becomes_part_of_another(
    house: House, told_of: Told, care: Care
) -> None:
    form = Form(action=ActionKind.CLAIM, seller_id="anna", signal_id=told_of.signal_id)
    care.claim(form, matter_of(care, told_of), NOW)
    merged = told_of.signal.model_copy(update={"signal_id": "s2", "absorbed": (told_of.signal_id,)})
    signals = SignalStore(house.table)
    assert signals.commit([signals.puts(merged)]) is None
    claims = ClaimStore(house.table)
    found = claims.of(merged)
    assert found
    assert (found.seller_id, found.signal_id) == ("anna", told_of.signal_id)
    matter = matter_of(care, told_of).model_copy(update={"signal": merged})
    renewed = care.claim(form, matter, NOW + timedelta(minutes=1))
    assert (renewed.signal_id, renewed.version) == ("s2", 2)
    assert claims.of(merged) == renewed


def test_a_signal_that_was_erased_takes_its_claim_and_the_note_along(
    house: House, told_of: Told, care: Care
) -> None:
    matter = matter_of(care, told_of)
    form = form_of(told_of, ActionKind.HAND_OVER, matter.alert_id)
    care.hand_over(form, matter, matter.team[0], note="canary", now=NOW)
    assert house.places_with("canary")
    store = SignalStore(house.table)
    gone = [store.removes(told_of.signal), *store.removes_traces(told_of.signal)]
    assert store.commit(gone) is None
    assert house.places_with("canary") == []


def test_a_note_that_comes_after_its_signal_was_erased_is_not_kept(
    house: House, told_of: Told, care: Care
) -> None:
    matter = matter_of(care, told_of)
    store = SignalStore(house.table)
    assert store.commit([store.removes(told_of.signal)]) is None
    form = form_of(told_of, ActionKind.HAND_OVER, matter.alert_id)
    with pytest.raises(PageRefusedError) as refused:
        care.hand_over(form, matter, matter.team[0], note="canary", now=NOW)
    assert refused.value.refusal is PageRefusal.UNKNOWN_SIGNAL
    assert house.places_with("canary") == []
