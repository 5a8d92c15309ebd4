"""A scan of all stores finds what may not be there, and nothing in a house that is kept well."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earshot.aws import keys
from earshot.aws.raw_archive import RawArchive, RawObject
from earshot.aws.scan_store import ScanStore
from earshot.domain.models import DataClass
from earshot.domain.retention import Round, Violation
from earshot.flows import scan_holdings
from earshot.flows.erase import eraser
from earshot.sources import catalog, displayed
from earshot.sources.surface import delivery_id
from tests import examples
from tests.histories import STEPS, Step, Way
from tests.house import House, entry
from tests.house_target import Earshot, commands_on, target_of
from tests.integration.test_expire_bodies import deliver, expire
from tests.office import Office
from tests.standin import Call, StandIn
from tests.standin.clock import logical_time
from tests.standin.stage import forget_container
from tests.standin.workers import Killed

LEAVING = "We are leaving RivalCRM, any alternatives?"
ACME = "Acme opened a new office in Graz."
NOBODY = "Lovely weather for a walk today."
BEGAN = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ENOUGH_MS = 300_000


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_holdings, "PAUSE_SECONDS", 0)


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def earshot_on(aws: StandIn) -> Callable[[Office], Earshot]:
    return lambda office: commands_on(target_of(office.house, aws.session))


def scan(
    office: Office, passed: timedelta = timedelta(0), remaining: Callable[[], int] | None = None
) -> dict[str, Any]:
    """What a run says, so long after the day of the test began."""
    if passed:
        office.at(BEGAN + passed)
    forget_container()
    into, now = scan_holdings.scanning(), office.aws.clock.now()
    return scan_holdings.scan(into, now, remaining_ms=remaining or (lambda: ENOUGH_MS))


def report(office: Office) -> Round:
    found = store(office.house).report()
    assert found
    return found


def store(house: House) -> ScanStore:
    return ScanStore(house.table, house.s3, house.bucket)


def found(office: Office, passed: timedelta = timedelta(0)) -> dict[str, str]:
    """By place, what a round of its own finds there."""
    assert scan(office, passed)["state"] == "finished"
    return {one.place: one.violation.value for one in report(office).named}


def erase_person(office: Office, author_id: str) -> None:
    with logical_time(office.aws.clock):
        eraser().erase_person("generic", author_id)


def row_like(office: Office, beginning: str) -> dict[str, Any]:
    """The first row whose key begins so."""
    return next(row for row in office.house.rows() if str(row["pk"]).startswith(beginning))


def strand_row(office: Office, sort_key: str) -> dict[str, Any]:
    return next(row for row in office.house.rows() if str(row["sk"]).startswith(sort_key))


# A house that is kept well


@pytest.mark.parametrize("data_class", list(DataClass))
def test_nothing_is_found_on_the_whole_way(office: Office, data_class: DataClass) -> None:
    posts = [entry(1, LEAVING), entry(2, ACME), entry(3, NOBODY)]
    if data_class is DataClass.DISPLAYED:
        deliver_reduced(office, *posts)
    else:
        deliver(office, *posts, data_class=data_class)
    assert found(office) == {}
    office.sweep()
    office.report_sent()
    office.morning(BEGAN + 23 * HOUR)
    office.report_sent()
    expire(office, 24 * HOUR)
    assert found(office, 41 * HOUR) == {}
    expire(office, 48 * HOUR)
    office.house.table.delete_item(Key=keys.scan_round())
    assert found(office, 9 * DAY) == {}
    assert report(office).rows > 10


def deliver_reduced(office: Office, *posts: dict[str, Any]) -> None:
    """As ingest archives what may only be displayed."""
    now = office.aws.clock.now()
    sent = RawObject({}, json.dumps({"posts": posts}).encode(), DataClass.DISPLAYED)
    lent = replace(sent, data_class=DataClass.OWNED)
    items = catalog.normalise(examples.delivery(received_at=now), lent)
    raw = replace(sent, body=displayed.reduced(items))
    with logical_time(office.aws.clock):
        office.house.deliver_raw("generic", raw, connection="forum", received_at=now)
        office.house.run()


def test_nothing_is_found_after_erasures(office: Office) -> None:
    deliver(office, entry(1, LEAVING), entry(2, ACME), data_class=DataClass.OWNED)
    deliver(office, entry(3, LEAVING), entry(4, NOBODY), data_class=DataClass.BORROWED)
    expire(office, 3 * DAY)
    for author in ("u1", "u2", "u3"):
        erase_person(office, author)
    office.sweep()
    assert found(office, 10 * DAY) == {}


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(before=st.lists(STEPS, max_size=4), after=st.lists(STEPS, max_size=2))
def test_no_history_with_an_erasure_leaves_anything_to_find(
    make_way: Callable[[], Way], before: Sequence[Step], after: Sequence[Step]
) -> None:
    way = make_way()
    way.go(before, after)
    way.expire()
    forget_container()
    later = datetime.now(UTC) + 2 * DAY
    scan_holdings.scan(scan_holdings.scanning(), later, remaining_ms=lambda: ENOUGH_MS)
    told = store(way.house).report()
    assert told
    assert told.named == ()


def test_an_erasure_that_is_still_at_work_is_no_finding(office: Office) -> None:
    deliver(office, entry(1, LEAVING), data_class=DataClass.OWNED)
    with logical_time(office.aws.clock):
        eraser().tombstones.bury_author("generic", "u1", office.aws.clock.now())
    assert found(office, 23 * HOUR) == {}
    office.house.table.delete_item(Key=keys.scan_round())
    places = found(office, 25 * HOUR)
    assert set(places.values()) == {Violation.ERASED}


# Each kind of finding


def test_words_of_a_displayed_source_are_found(office: Office) -> None:
    deliver(office, entry(1, LEAVING), data_class=DataClass.OWNED)
    row = strand_row(office, "POST#generic#p1")
    told = json.loads(row["data"]) | {"data_class": "displayed"}
    office.house.table.put_item(Item={**row, "data": json.dumps(told)})
    assert found(office)[f"{row['pk']} {row['sk']}"] == Violation.WORDS
    (named,) = (one for one in report(office).named if one.violation is Violation.WORDS)
    assert {"quote", "author.name", "author.handle"} <= set(named.fields)
    assert "leaving" not in str(report(office))


def test_words_of_a_displayed_raw_object_are_found(office: Office) -> None:
    bodies = (
        json.dumps([{"is": "post", "fields": {"native_id": "p1", "text": "canary"}}]),
        json.dumps({"posts": [entry(1, "canary")]}),
    )
    raws = [RawObject({}, body.encode(), DataClass.DISPLAYED) for body in bodies]
    places = [put_raw(office, raw) for raw in raws]
    assert found(office) == dict.fromkeys(places, Violation.WORDS)
    assert {one.fields for one in report(office).named} == {("text",), ("body",)}


def put_raw(office: Office, raw: RawObject, folder: str = "raw") -> str:
    key = f"{folder}/generic/forum/{delivery_id(raw.headers, raw.body)}"
    RawArchive(office.house.s3, office.house.bucket).put(key, raw)
    return key


def test_words_that_outlived_their_time_are_found(office: Office) -> None:
    deliver(office, entry(1, ACME), data_class=DataClass.BORROWED)
    raw = next(key for key in office.house.objects("raw/"))
    assert found(office, 53 * HOUR) == {}
    office.house.table.delete_item(Key=keys.scan_round())
    late = found(office, 54 * HOUR)
    assert set(late.values()) == {Violation.EXPIRED}
    assert {place.split("#")[0] for place in late} == {"STRAND", "EXPIRY"}
    office.house.table.delete_item(Key=keys.scan_round())
    assert found(office, 96 * HOUR)[raw] == Violation.EXPIRED


def test_a_name_that_outlived_all_words_of_its_person_is_found(office: Office) -> None:
    deliver(office, entry(1, LEAVING), data_class=DataClass.BORROWED)
    named = row_like(office, "SUBJECT#prospect:")
    assert named["data"]["subject"]["name"] == "Name 1"
    expire(office, 48 * HOUR)
    assert found(office, 4 * DAY) == {}
    office.house.table.put_item(Item=named)
    office.house.table.delete_item(Key=keys.scan_round())
    assert found(office) == {f"{named['pk']} {named['sk']}": Violation.NAME}


def test_what_dynamodb_should_have_removed_is_found(office: Office) -> None:
    deliver(office, entry(1, NOBODY), data_class=DataClass.OWNED)
    assert found(office, 16 * DAY) == {}
    office.house.table.delete_item(Key=keys.scan_round())
    assert found(office, 17 * DAY) == {"POST#generic#p1 HEAD": Violation.TTL}


def test_every_row_and_object_of_whom_was_erased_is_found(office: Office) -> None:
    raw = bring_back(office, "u1")
    places = {place for place, what in found(office, 2 * DAY).items() if what == Violation.ERASED}
    assert raw in places
    kinds = {place.split("#")[0] for place in places - {raw}}
    assert kinds == {"POST", "LINK", "AUTHOR", "STRAND"}
    assert not any("p2" in place for place in places)


def test_what_was_erased_and_is_still_there_goes_when_it_is_erased_once_more(
    office: Office, earshot_on: Callable[[Office], Earshot]
) -> None:
    raw = bring_back(office, "u1")
    assert raw in found(office, 2 * DAY)
    earshot = earshot_on(office)
    with logical_time(office.aws.clock):
        assert earshot("erase", "--person", "generic:u1", "--yes", "--scan").exit_code == 0
    assert report(office).named == ()
    office.house.table.delete_item(Key=keys.scan_round())
    assert found(office) == {}


def bring_back(office: Office, author_id: str) -> str:
    """All that an erasure took, as if it had never been at work, but for its tombstones. The raw
    object."""
    deliver(office, entry(1, LEAVING), entry(2, ACME), data_class=DataClass.OWNED)
    rows = list(office.house.rows())
    (raw,) = office.house.objects("raw/")
    body = office.house.s3.get_object(Bucket=office.house.bucket, Key=raw)["Body"].read()
    erase_person(office, author_id)
    for row in [row for row in rows if not is_there(office, row)]:
        office.house.table.put_item(Item=row)
    office.house.s3.put_object(Bucket=office.house.bucket, Key=raw, Body=body)
    return raw


def is_there(office: Office, row: dict[str, Any]) -> bool:
    key = {"pk": row["pk"], "sk": row["sk"]}
    return "Item" in office.house.table.get_item(Key=key, ConsistentRead=True)


@pytest.mark.parametrize("key", [
    keys.waiting_post("anna", "s1", "generic", native_id="p9"),
    keys.outbox("a9"),
])  # fmt: skip
def test_what_waits_or_fans_out_for_an_erased_post_is_found(office: Office, key: keys.Key) -> None:
    with logical_time(office.aws.clock):
        eraser().erase_post("generic", "p9")
    told = {"seller_id": "anna", "subject_id": "account:acme", "signal_id": "s1"}
    waits = {**told, "source": "generic", "native_id": "p9", "score": 40, "reason": "digest"}
    beside = {"state": "PENDING", "alert_id": "a9", "post": ["generic", "p9"]}
    since = {"since": keys.timestamp(BEGAN)}
    row = {"data": waits | since} if key["pk"].startswith("WAITING") else told | beside
    office.house.table.put_item(Item={**key, **row})
    assert found(office, 2 * DAY) == {f"{key['pk']} {key['sk']}": Violation.ERASED}


def test_what_the_journal_says_of_whom_was_erased_is_found(office: Office) -> None:
    deliver(office, entry(1, ACME), data_class=DataClass.BORROWED)
    expire(office, 48 * HOUR)
    (key,) = (key for key in office.house.objects("journal/") if "/expired/" in key)
    body = office.house._body(key)
    erase_person(office, "u1")
    office.house.s3.put_object(Bucket=office.house.bucket, Key=key, Body=body.encode())
    assert found(office, 4 * DAY) == {key: Violation.ERASED}


def test_words_in_the_journal_are_found(office: Office) -> None:
    deliver(office, entry(1, ACME), data_class=DataClass.BORROWED)
    expire(office, 48 * HOUR)
    (key,) = (key for key in office.house.objects("journal/") if "/expired/" in key)
    said = json.loads(office.house._body(key))
    said["payload"]["story"]["quote"] = "canary"
    put = office.house.s3.put_object
    put(Bucket=office.house.bucket, Key=key, Body=json.dumps(said).encode())
    assert found(office) == {key: Violation.WORDS}
    said["payload"]["text"] = "canary"
    put(Bucket=office.house.bucket, Key=key, Body=json.dumps(said).encode())
    office.house.table.delete_item(Key=keys.scan_round())
    assert found(office) == {key: Violation.UNKNOWN}


@pytest.mark.parametrize("row", [
    {"pk": "NOTES#anna", "sk": "N1", "text": "canary"},
    {**keys.permalink("https://forum.example/1"), "source": "generic", "native_id": "p1",
     "title": "canary"},
    {**keys.signal("account:acme", "s1"), "revision": 1, "data": {"quote": "canary"}},
    {**keys.strand_post("words:1", "generic", "p1"), "version": "1", "data": "canary"},
])  # fmt: skip
def test_what_no_rule_knows_is_found(office: Office, row: dict[str, Any]) -> None:
    office.house.table.put_item(Item=row)
    assert found(office) == {f"{row['pk']} {row['sk']}": Violation.UNKNOWN}


@pytest.mark.parametrize("key", ["dump/all.json", "raw/short", "borrowed/generic/forum/d1"])
def test_an_object_that_no_rule_knows_is_found(office: Office, key: str) -> None:
    office.house.s3.put_object(Bucket=office.house.bucket, Key=key, Body=b"canary")
    assert found(office) == {key: Violation.UNKNOWN}


# Rounds and runs


def test_a_finding_counts_once_it_was_read_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = {"pk": "NOTES#anna", "sk": "N1"}
    rows = ScanStore.rows
    monkeypatch.setattr(ScanStore, "rows", lambda *known: _with(rows(*known), strange))
    assert found(office) == {}


def _with(page: tuple[list[Any], dict[str, str]], row: Any) -> tuple[list[Any], dict[str, str]]:
    return [*page[0], row], page[1]


def test_a_round_goes_on_from_run_to_run_and_begins_once_a_night(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.house.table.put_item(Item={"pk": "NOTES#anna", "sk": "N1"})
    deliver(office, entry(1, LEAVING), data_class=DataClass.OWNED)
    monkeypatch.setattr("earshot.aws.scan_store.ROWS_AT_ONCE", 5)
    states = [scan(office, remaining=lambda: 20_000)["state"] for _ in range(40)]
    assert "goes_on" in states
    assert "rests" in states
    assert states == sorted(states, key=("goes_on", "finished", "rests").index)
    assert states.count("finished") == 1
    assert report(office).counts == {Violation.UNKNOWN: 1}
    assert report(office).rows == len(list(office.house.rows())) - 1  # the report is new
    assert scan(office, 14 * HOUR)["state"] == "rests"
    assert scan(office, 16 * HOUR)["state"] == "rests"
    assert scan(office, 41 * HOUR)["state"] == "finished"
    assert scan(office, 42 * HOUR)["state"] == "rests"


def test_one_run_walks_at_a_time(office: Office) -> None:
    now = office.aws.clock.now()
    mine = store(office.house).rounds
    assert mine.begin(now, now + HOUR)
    assert scan(office) == {"state": "runs_already"}
    assert scan(office, HOUR)["state"] == "finished"


def test_a_run_whose_lease_was_taken_notes_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earshot.aws.scan_store.ROWS_AT_ONCE", 1)
    rows, mine = ScanStore.rows, store(office.house).rounds

    def taken(*known: Any) -> Any:
        later = office.aws.clock.now() + HOUR
        mine.begin(later, later + HOUR)
        return rows(*known)

    monkeypatch.setattr(ScanStore, "rows", taken)
    assert scan(office)["state"] == "goes_on"
    assert store(office.house).report() is None


def test_a_run_may_be_killed_at_any_call_and_is_repeated(office: Office) -> None:
    office.house.table.put_item(Item={"pk": "NOTES#anna", "sk": "N1"})
    deliver(office, entry(1, LEAVING), data_class=DataClass.OWNED)
    put_back = office.aws.kept()
    clean = found(office)
    for last in range(1, 40):
        put_back()
        calls = killed_after(office, last)
        office.at(office.aws.clock.now() + HOUR)  # the lease of whoever died
        if scan(office)["state"] != "rests":
            assert {one.place: one.violation for one in report(office).named} == clean
            assert report(office).counts == {Violation.UNKNOWN: 1}
        if calls < last:
            return
    pytest.fail("no run was long enough to end by itself")


def killed_after(office: Office, last: int) -> int:
    """How many calls it made."""
    calls = 0

    def count(_: Call) -> None:
        nonlocal calls
        calls += 1
        if calls == last:
            raise Killed

    office.aws.after.append(count)
    with suppress(Killed):
        scan(office)
    office.aws.after.remove(count)
    return calls


def test_what_was_found_is_counted_and_named_without_a_word(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    office.house.table.put_item(Item={"pk": "NOTES#anna", "sk": "N1", "text": "canary"})
    capsys.readouterr()
    scan(office)
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["retention_violation"] for line in said if "retention_violation" in line] == [[1]]
    assert sum("scan_finished" in line for line in said) == 1
    assert "canary" not in json.dumps(said)
    row = office.house.table.get_item(Key=keys.scan_report())["Item"]
    assert "canary" not in str(row)


def test_erasing_forgets_which_keys_were_found(office: Office) -> None:
    office.house.table.put_item(Item={"pk": "NOTES#anna", "sk": "N1"})
    scan(office)
    store(office.house).forget_names()
    assert report(office).named == ()
    assert report(office).counts == {Violation.UNKNOWN: 1}
