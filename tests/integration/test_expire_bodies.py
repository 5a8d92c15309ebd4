"""What is borrowed goes once everybody who is to hear of it has heard, and after two days at the
latest; what stays is journalled."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from earshot.aws import clients
from earshot.aws.raw_archive import RawArchive, RawObject
from earshot.domain.models import DataClass, Delivery
from earshot.errors import BusyError
from earshot.flows import expire_bodies
from earshot.flows.erase import Eraser
from earshot.settings import settings
from tests.house import entry
from tests.office import Office
from tests.standin import StandIn
from tests.standin.clock import logical_time
from tests.standin.stage import forget_container

LEAVING = "We are leaving RivalCRM, any alternatives?"
OFFICE = "Acme opened a new office in Graz."
NOBODY = "Lovely weather for a walk today."
HOUR = timedelta(hours=1)
BEGAN = datetime(2026, 11, 23, 9, tzinfo=UTC)
EIGHT = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


def borrow(office: Office, *texts: str) -> Delivery:
    posts = [entry(n, text) for n, text in enumerate(texts, 1)]
    return deliver(office, *posts, data_class=DataClass.BORROWED)


def deliver(office: Office, *posts: dict[str, Any], data_class: DataClass) -> Delivery:
    now = office.aws.clock.now()
    with logical_time(office.aws.clock):
        delivery = office.house.deliver(*posts, data_class=data_class, received_at=now)
        office.house.run()
    return delivery


def expire(office: Office, passed: timedelta) -> dict[str, int]:
    """What a run finds, so long after the day of the test began."""
    office.at(BEGAN + passed)
    forget_container()
    into = expire_bodies.expiring()
    with logical_time(office.aws.clock):
        return expire_bodies.expire_all(into, office.aws.clock.now(), lambda: True)


def journal(office: Office) -> list[dict[str, Any]]:
    keys_ = [key for key in office.house.objects("journal/") if "/expired/" in key]
    return [json.loads(office.house._body(key))["payload"] for key in keys_]


def test_what_concerns_nobody_goes_after_an_hour(office: Office) -> None:
    borrow(office, NOBODY)
    assert expire(office, HOUR / 2) == {}
    assert office.house.places_with("Lovely weather")
    assert expire(office, HOUR) == {"gone": 1}
    assert office.house.places_with("Lovely weather", "handle-1", "Name 1") == []
    assert expire(office, HOUR) == {}


def test_what_somebody_is_to_hear_of_waits_until_they_heard(office: Office) -> None:
    borrow(office, LEAVING, NOBODY)
    assert expire(office, HOUR) == {"waits": 1}
    assert office.house.places_with("leaving RivalCRM")
    office.sweep()
    office.report_sent()
    assert "SENT" in {state for *_, state in office.house.alerts()}
    assert expire(office, HOUR) == {"gone": 1}
    assert office.house.places_with("leaving RivalCRM", "Name 1") == []
    assert office.house.alerts()


def test_what_waits_for_a_digest_waits_until_that_was_sent(office: Office) -> None:
    borrow(office, OFFICE)
    assert expire(office, 2 * HOUR) == {"waits": 1}
    office.morning(EIGHT)
    assert expire(office, EIGHT - BEGAN) == {"gone": 1}
    assert "new office" in office.mails()[0]
    assert office.house.places_with("new office") == []


def test_after_two_days_words_go_whoever_still_waits(office: Office) -> None:
    borrow(office, OFFICE)
    assert expire(office, 47 * HOUR) == {"waits": 1}
    assert expire(office, 48 * HOUR) == {"gone": 1}
    assert office.house.places_with("new office") == []


def test_a_post_that_is_owned_by_another_way_stays_and_is_journalled_without_a_word(
    office: Office,
) -> None:
    deliver(office, entry(1, OFFICE), data_class=DataClass.OWNED)
    with logical_time(office.aws.clock):
        office.house.deliver(
            entry(1, OFFICE),
            data_class=DataClass.BORROWED,
            connection="lent",
            received_at=office.aws.clock.now(),
        )
        office.house.run()
    expire(office, 48 * HOUR)
    assert office.house.places_with("new office")
    assert journal(office)
    assert "new office" not in str(journal(office))
    assert "Name 1" not in str(journal(office))


def test_what_stays_is_journalled_without_a_word(office: Office) -> None:
    borrow(office, OFFICE)
    expire(office, 48 * HOUR)
    [kept] = journal(office)
    assert kept["native_id"] == "p1"
    assert kept["permalink"] == "https://forum.example/t/1"
    assert kept["story"]["quote"] == ""
    assert "office" not in json.dumps(kept)


def test_an_edit_that_is_still_to_be_told_keeps_its_words(office: Office) -> None:
    borrow(office, OFFICE)
    office.at(BEGAN + 40 * HOUR)
    edited = entry(1, f"{OFFICE} And a second.", edited_at="2026-11-18T12:30:00Z")
    deliver(office, edited, data_class=DataClass.BORROWED)
    assert expire(office, 48 * HOUR) == {"gone": 1, "waits": 1}
    assert any("WORDS#" in place for place in office.house.places_with("And a second"))
    assert expire(office, 88 * HOUR) == {"gone": 1}
    assert office.house.places_with("new office") == []


def test_what_could_not_be_read_goes_after_two_weeks(office: Office) -> None:
    delivery = deliver(office, {"id": "no post"}, data_class=DataClass.OWNED)
    assert expire(office, 14 * 24 * HOUR) == {}
    assert delivery.raw_key in office.house.objects()
    assert expire(office, (14 * 24 + 1) * HOUR) == {"gone": 1}
    assert delivery.raw_key not in office.house.objects()


def test_what_holds_no_post_goes_once_it_was_counted(office: Office) -> None:
    raw = RawObject({"x-github-event": "star"}, b'{"sender": "Jo Canary"}', DataClass.OWNED)
    with logical_time(office.aws.clock):
        office.house.deliver_raw("github", raw, received_at=office.aws.clock.now())
        office.house.run()
    assert expire(office, HOUR) == {"gone": 1}
    assert office.house.places_with("Jo Canary") == []


def test_a_deletion_stays(office: Office) -> None:
    delivery = deliver(office, {"id": "p1", "deleted": True}, data_class=DataClass.OWNED)
    assert expire(office, 1000 * HOUR) == {}
    assert delivery.raw_key in office.house.objects()


GONE = b'{"user": {"id": 32, "username": "tom", "name": "Tom Canary"}}'
HEADERS = {
    "x-discourse-event": "user_destroyed",
    "x-discourse-instance": "https://forum.acme.example",
}


@pytest.mark.parametrize("data_class", [DataClass.OWNED, DataClass.BORROWED])
def test_what_has_a_person_erased_goes_once_that_was_done(
    office: Office, data_class: DataClass, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = RawObject(HEADERS, GONE, data_class)
    with logical_time(office.aws.clock):
        office.house.deliver_raw("discourse", raw, received_at=office.aws.clock.now())
        with monkeypatch.context() as patched:
            patched.setattr(Eraser, "erase_person", _busy)
            office.house.step("deliveries")
    assert expire(office, HOUR) == {}
    assert office.house.places_with("Tom Canary")
    with logical_time(office.aws.clock):
        office.house.run()
    assert expire(office, 2 * HOUR) == {"gone": 1}
    assert office.house.places_with("Tom Canary", ":user:32", '"tom"') == []


def _busy(*_: object, **__: object) -> int:
    raise BusyError("strands")


def test_what_is_kept_for_a_time_is_kept_for_all_of_it(office: Office) -> None:
    body = json.dumps({"posts": [entry(1, NOBODY)]}).encode()
    raw = RawObject({}, body, DataClass.OWNED, keep_hours=72)
    with logical_time(office.aws.clock):
        office.house.deliver_raw("generic", raw, received_at=office.aws.clock.now())
        office.house.run()
    assert expire(office, 72 * HOUR) == {}
    assert office.house.places_with("Lovely weather")
    assert expire(office, 73 * HOUR) == {"gone": 1}
    assert office.house.places_with("Lovely weather") == []


def test_owned_words_stay(office: Office) -> None:
    deliver(office, entry(1, OFFICE), data_class=DataClass.OWNED)
    assert expire(office, 1000 * HOUR) == {}
    assert office.house.places_with("new office")


def test_killed_in_between_it_goes_on_where_it_was(office: Office) -> None:
    delivery = borrow(office, OFFICE)
    expire_bodies.expiring().archive.change(delivery.raw_key, lambda _: None)  # as far as it got
    assert expire(office, 48 * HOUR) == {"gone": 1}
    assert expire(office, 48 * HOUR) == {}


def test_a_body_that_nobody_can_read_goes_too(office: Office) -> None:
    delivery = borrow(office, OFFICE)
    clients.s3().put_object(
        Bucket=settings().EARSHOT_BUCKET,
        Key=delivery.raw_key,
        Body=b'{"data_class": "borrowed", "headers": {}}\nnew office, and no JSON',
    )
    assert expire(office, 48 * HOUR) == {"gone": 1}
    assert delivery.raw_key not in office.house.objects()


def test_one_that_fails_stops_no_other(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = borrow(office, OFFICE)
    deliver(office, entry(7, NOBODY), data_class=DataClass.BORROWED)
    change = RawArchive.change

    def fail(archive: RawArchive, raw_key: str, rest_of: Any) -> None:
        if raw_key == broken.raw_key:
            raise BusyError(raw_key)
        change(archive, raw_key, rest_of)

    monkeypatch.setattr(RawArchive, "change", fail)
    with pytest.raises(ExceptionGroup):
        expire(office, 48 * HOUR)
    assert office.house.places_with("Lovely weather") == []
    monkeypatch.setattr(RawArchive, "change", change)
    assert expire(office, 48 * HOUR) == {"gone": 1}
