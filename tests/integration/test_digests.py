"""A seller's day in one mail: what waits is told once, whatever breaks off between."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta

import pytest

from earshot.aws import keys
from earshot.aws.config_store import Config, ConfigStore
from earshot.aws.connection_store import ConnectionStore
from earshot.aws.items import item_of
from earshot.aws.open_signal_store import OpenSignalStore
from earshot.aws.seller_store import SellerStore
from earshot.domain.models import (
    AlertState,
    Claim,
    Connection,
    DataClass,
    DigestWish,
    Holiday,
    Mute,
    MuteKind,
    WorkingHours,
)
from earshot.flows import deliver_alert, erase
from earshot.flows.read_digest import STORIES_SHOWN
from tests import examples
from tests.office import Office
from tests.standin import Call, ServiceError, StandIn
from tests.standin.clock import logical_time
from tests.standin.stage import forget_container
from tests.standin.workers import Killed

EIGHT = datetime(2026, 11, 24, 8, tzinfo=UTC)  # a Tuesday, and the clock begins the day before
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
OFFICE = "Acme opened a new office in Graz."
SLOW = "Betatron has been slow lately."
PRIZE = "Acme won a prize for its packaging."
LEAVING = "We at Acme are leaving RivalCRM, any alternatives?"
MOST_EFFECTS = 40


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


def told(mails: list[str], *texts: str) -> list[int]:
    """In how many of the mails each text is."""
    return [sum(text in mail for mail in mails) for text in texts]


def test_a_digest_begins_once_a_day_however_often_it_is_asked_for(office: Office) -> None:
    office.at(EIGHT - MINUTE)
    assert office.begin() == 0
    office.at(EIGHT)
    assert [office.begin() for _ in range(3)] == [1, 0, 0]
    (digest,) = office.digests()
    assert (digest.day, digest.due_at) == (EIGHT.date(), EIGHT)
    assert digest.alert_id == keys.digest("digest", "anna", "2026-11-24")
    office.at(EIGHT + DAY)
    assert office.begin() == 1
    assert [one.previous_id for one in office.digests()] == [None, digest.alert_id]


def test_what_waits_is_told_once_and_never_again(office: Office) -> None:
    office.tell(OFFICE, SLOW)
    for day in range(3):
        office.morning(EIGHT + day * DAY)
    first, second, third = office.mails()
    assert told([first], OFFICE, SLOW) == [1, 1]
    assert told([second, third], OFFICE, SLOW) == [0, 0]
    assert office.waiting() == []


def test_a_day_without_news_has_its_digest_too(office: Office) -> None:
    created = examples.NOON
    for name, delivered in (("forum", EIGHT - 5 * MINUTE), ("quiet", None)):
        connection = Connection(
            source="generic", connection_id=name, data_class=DataClass.OWNED, created_at=created
        )
        store = ConnectionStore(office.house.table)
        store.put(connection)
        if delivered:
            store.note_delivery(examples.delivery(received_at=delivered))
        else:
            store.save_error(connection, "Timeout", EIGHT - 10 * MINUTE)
    office.morning(EIGHT)
    (mail,) = office.mails()
    assert "generic forum" in mail
    assert "Tue 24 Nov 2026, 07:55 UTC" in mail
    assert "Timeout" in mail


def test_what_comes_in_after_the_freeze_is_in_the_next_digest(office: Office) -> None:
    office.tell(OFFICE)
    office.at(EIGHT)
    office.begin()
    ConfigStore(office.house.table).put(Config(live=True))
    refuse = once("SendEmail", lambda: office.tell(SLOW, first=2))
    office.aws.before.append(refuse)
    office.sweep()
    office.morning(EIGHT + DAY)
    first, second = office.mails()
    assert told([first], OFFICE, SLOW) == [1, 0]
    assert told([second], OFFICE, SLOW) == [0, 1]


def once(operation: str, do: Callable[[], object]) -> Callable[[Call], None]:
    """A hook that does something at the first call of an operation."""
    left = [do]

    def hook(call: Call) -> None:
        if call.operation == operation and left:
            left.pop()()

    return hook


def kill_after(effects: int) -> Callable[[Call], None]:
    """A hook that ends the process right after this many side effects."""
    left = [effects]

    def hook(call: Call) -> None:
        left[0] -= call.is_side_effect
        if left[0] == 0 and call.is_side_effect:
            raise Killed

    return hook


@pytest.mark.parametrize("are_told", [True, False], ids=["events_come", "events_are_lost"])
def test_whatever_dies_each_post_is_told_once(
    make_office: Callable[[], Office], are_told: bool
) -> None:
    """Killed between every two side effects from the beginning of a digest to its settlement. An
    event that is lost costs a second mail of the same digest, which is counted."""
    deaths = 0
    for effects in range(1, MOST_EFFECTS):
        office = make_office()
        office.tell(OFFICE, SLOW)
        office.at(EIGHT)
        if not _dies(office, effects):
            break
        deaths += 1
        office.tell(PRIZE, first=7)
        if are_told:
            office.report_sent()
        office.morning(EIGHT + 16 * MINUTE)  # the lease is over
        office.morning(EIGHT + DAY)
        _check(office, are_told=are_told)
    assert 8 <= deaths < MOST_EFFECTS - 1


def _dies(office: Office, effects: int) -> bool:
    hook = kill_after(effects)
    office.aws.after.append(hook)
    try:
        office.begin()
        office.sweep()
    except Killed:
        return True
    finally:
        office.aws.after.remove(hook)
    return False


def _check(office: Office, *, are_told: bool) -> None:
    first, second = office.digests()
    assert (first.state, second.state) == (AlertState.SENT, AlertState.SENT)
    taken = Counter(mail.tags["alert_id"] for mail in office.aws.ses.mails)
    assert taken[second.alert_id] == 1
    assert 1 <= taken[first.alert_id] <= 1 + (0 if are_told else first.resends)
    by_digest = dict(
        zip((m.tags["alert_id"] for m in office.aws.ses.mails), office.mails(), strict=True)
    )
    of_first, of_second = by_digest[first.alert_id], by_digest[second.alert_id]
    for text in (OFFICE, SLOW, PRIZE):
        assert (text in of_first) + (text in of_second) == 1
    assert office.waiting() == []
    opened = {one.signal_id for one in OpenSignalStore(office.house.table).of_seller("anna")}
    assert opened == office.house.signals("account:acme", "account:beta").keys()


def test_settling_a_long_digest_goes_on_where_it_broke_off(office: Office) -> None:
    office.tell(*(f"{name} moves to floor {n}." for n in range(9) for name in ("Acme", "Betatron")))
    office.at(EIGHT)
    puts: Counter[int] = Counter()
    tries = 0

    def dies(call: Call) -> None:
        if call.operation == "PutItem" and "OPEN#" in str(call.json()["Item"]["pk"]):
            puts[tries] += 1
            if puts[tries] == 5:
                raise Killed

    office.aws.before.append(dies)
    office.begin()
    with pytest.raises(Killed):
        office.sweep()
    while office.waiting() and tries < 9:
        tries += 1
        calls = office.aws.calls.total()
        with suppress(Killed):
            office.report_sent()
    assert [puts[n] for n in range(tries)] == [5] * tries
    assert sum(puts.values()) == 18 + tries
    assert office.aws.calls.total() - calls < 18


@pytest.mark.parametrize("calls", range(1, 25, 2))
def test_of_two_senders_at_once_one_sends(office: Office, calls: int) -> None:
    """The other runs from beginning to end after so many calls of the first."""
    office.tell(OFFICE, SLOW)
    office.at(EIGHT)
    office.begin()
    (digest,) = office.digests()
    count = [calls]

    def hook(_: Call) -> None:
        count[0] -= 1
        if count[0] == 0:
            with logical_time(office.aws.clock):
                deliver_alert.courier().deliver(digest.alert_id)

    forget_container()
    office.aws.after.append(hook)
    with logical_time(office.aws.clock):
        deliver_alert.courier().deliver(digest.alert_id)
    office.aws.after.remove(hook)
    (mail,) = office.mails()
    assert told([mail], OFFICE, SLOW) == [1, 1]
    assert office.waiting() == []


def test_a_digest_waits_until_the_one_before_it_has_ended(office: Office) -> None:
    office.tell(OFFICE)
    office.at(EIGHT)
    office.begin()
    office.at(EIGHT + DAY)
    office.begin()
    first, second = office.digests()
    with logical_time(office.aws.clock):
        forget_container()
        assert deliver_alert.courier().deliver(second.alert_id) == "postponed"
        assert deliver_alert.courier().deliver(first.alert_id) == "sent"
    office.at(EIGHT + DAY + 10 * MINUTE)
    assert office.sweep() == {"sent": 1}
    assert told(office.mails(), OFFICE) == [1]


def test_who_wants_no_digest_gets_none(office: Office) -> None:
    office.prefers("anna", DigestWish.NEVER)
    office.tell(OFFICE)
    office.morning(EIGHT)
    assert office.digests() == []
    assert len(office.waiting()) == 1


def test_a_digest_that_is_no_longer_wanted_is_cancelled_and_keeps_what_waits(
    office: Office,
) -> None:
    office.tell(OFFICE)
    office.at(EIGHT)
    office.begin()
    office.prefers("anna", DigestWish.NEVER)
    assert office.sweep() == {"cancelled": 1}
    assert len(office.waiting()) == 1


def test_a_digest_when_there_is_something_is_settled_at_its_moment(office: Office) -> None:
    office.prefers("anna", DigestWish.WHEN_SOMETHING)
    office.morning(EIGHT)
    office.at(EIGHT + MINUTE)
    office.tell(OFFICE)
    office.morning(EIGHT + 2 * MINUTE)
    assert office.digests() == []
    office.morning(EIGHT + DAY)
    assert told(office.mails(), OFFICE) == [1]
    office.morning(EIGHT + 2 * DAY)  # the story waits for an answer
    assert len(office.mails()) == 2


def test_who_is_away_by_then_has_the_digest_on_the_next_working_day(office: Office) -> None:
    office.tell(OFFICE)
    office.at(EIGHT)
    office.begin()
    away = Holiday(first=EIGHT.date(), last=EIGHT.date())
    hours = WorkingHours(start=time(8), end=time(18), holidays=(away,))
    SellerStore(office.house.table).put(examples.seller("anna", hours=hours))
    assert office.sweep() == {"postponed": 1}
    (digest,) = office.digests()
    assert digest.due_at == EIGHT + DAY


def test_a_post_that_was_erased_is_gone_from_the_digest(office: Office) -> None:
    office.tell(OFFICE, SLOW)
    office.at(EIGHT)
    with logical_time(office.aws.clock):
        erase.eraser().erase_post("generic", "p2")
        office.house.run()
    office.morning(EIGHT)
    assert told(office.mails(), OFFICE, "Betatron") == [1, 0]


def test_an_alert_beyond_the_budget_is_told_by_the_digest(office: Office) -> None:
    office.prefers("anna", DigestWish.DAILY, budget=0)
    office.tell(LEAVING)
    office.sweep()
    assert [key.partition("#")[0] for key in office.waiting()] == ["ALERT"]
    office.morning(EIGHT)
    assert told(office.mails(), LEAVING) == [1]
    assert office.waiting() == []


def test_what_a_colleague_took_care_of_is_said_and_not_asked_for(office: Office) -> None:
    office.tell(OFFICE)
    _claim(office, "account:acme", "ben")
    office.morning(EIGHT)
    (mail,) = office.mails()
    assert "Ben takes care of it" in mail
    assert OFFICE not in mail


def _claim(office: Office, subject_id: str, seller_id: str) -> None:
    claim = Claim(
        signal_id=office.signal(subject_id).signal_id,
        subject_id=subject_id,
        seller_id=seller_id,
        state="claimed",
        claimed_at=office.aws.clock.now(),
        version=1,
    )
    office.house.table.put_item(Item=item_of(keys.claim(claim.signal_id), claim))


def test_what_was_told_waits_for_an_answer_until_a_colleague_takes_it(office: Office) -> None:
    office.tell(OFFICE)
    for day in range(2):
        office.morning(EIGHT + day * DAY)
    told_of = list(OpenSignalStore(office.house.table).of_seller("anna"))
    assert [one.told_at for one in told_of] == [EIGHT]
    office.at(EIGHT + DAY + MINUTE)
    _claim(office, "account:acme", "ben")
    office.morning(EIGHT + 2 * DAY)
    _, second, third = office.mails()
    assert "Acme" in second
    assert "Ben takes care of it" not in second
    assert "Ben takes care of it" in third


def test_while_the_deployment_observes_the_operator_has_the_digest(office: Office) -> None:
    config = Config(live=False, operator_email="operator@company.example")
    ConfigStore(office.house.table).put(config)
    office.tell(OFFICE)
    office.morning(EIGHT)
    (mail,) = office.aws.ses.mails
    assert mail.to == ("operator@company.example",)
    assert office.waiting() == []


def test_while_there_is_nobody_to_mail_to_no_digest_begins(office: Office) -> None:
    ConfigStore(office.house.table).put(Config(live=False))
    office.at(EIGHT)
    assert office.begin() == 0


def test_a_first_digest_does_not_begin_in_the_middle_of_a_day(office: Office) -> None:
    office.at(EIGHT + 61 * MINUTE)
    assert office.begin() == 0
    office.at(EIGHT + DAY + 60 * MINUTE)
    assert office.begin() == 1
    office.at(EIGHT + 2 * DAY + 12 * 60 * MINUTE)  # an outage
    assert office.begin() == 1


def test_what_was_muted_meanwhile_is_not_told(office: Office) -> None:
    office.tell(OFFICE, SLOW)
    mute = Mute(kind=MuteKind.ACCOUNT, value="account:acme")
    office.prefers("anna", DigestWish.DAILY, mutes=(mute,))
    office.morning(EIGHT)
    office.morning(EIGHT + DAY)
    first, second = office.mails()
    assert told([first], OFFICE, SLOW) == [0, 1]
    assert "Acme" not in second


def test_of_very_many_stories_the_best_are_shown_and_the_others_counted(office: Office) -> None:
    office.tell(*(f"Acme opened office number {n}." for n in range(30)))
    office.morning(EIGHT)
    (mail,) = office.mails()
    shown = mail.count("Acme opened office number")
    assert 10 <= shown <= STORIES_SHOWN
    assert f"And {30 - shown} more stories" in mail
    assert len(list(OpenSignalStore(office.house.table).of_seller("anna"))) == 30


def test_a_seller_whose_digest_cannot_begin_keeps_nobody_elses_back(office: Office) -> None:
    office.prefers("ben", DigestWish.DAILY)
    left = ["anna"]

    def fail(call: Call) -> None:
        if call.operation == "TransactWriteItems" and left:
            left.pop()
            raise ServiceError("AccessDeniedException", "no")

    office.at(EIGHT)
    office.aws.before.append(fail)
    with pytest.raises(ExceptionGroup, match="digests that did not begin"):
        office.begin()
    assert (len(office.digests("anna")), len(office.digests("ben"))) == (0, 1)
    assert office.begin() == 1
