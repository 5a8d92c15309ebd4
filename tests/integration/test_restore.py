"""Rows of a recovered table come back where they are missing, and nothing that was erased since."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earshot.aws import keys
from earshot.domain.models import DataClass
from earshot.domain.retention import Found
from earshot.flows import expire_bodies, scan_holdings
from earshot.flows.erase import eraser
from earshot_ops.commands.exits import ExitCode
from earshot_ops.target import Target
from tests import examples
from tests.histories import PERSON, STEPS, Step, Way
from tests.house import House, entry
from tests.house_target import Earshot, commands_on, target_of
from tests.standin import Call, StandIn
from tests.standin.stage import Aws, forget_flows, make_table
from tests.standin.workers import Killed

LEAVING = "We are leaving RivalCRM, any alternatives?"
BUYING = "Acme here: which CRM should we buy instead of RivalCRM this week?"
ACME = "Is anybody else at acme.example leaving RivalCRM this quarter?"
SUBJECTS = ("account:acme", "account:beta")


@pytest.fixture
def aws(request: pytest.FixtureRequest) -> Aws:
    """The stand-in, where a test does not say otherwise."""
    found: Aws = request.getfixturevalue(getattr(request, "param", "standin_environment"))
    return found


@pytest.fixture
def house(house: House) -> House:
    house.furnish()
    return house


def came(house: House, *posts: dict[str, Any], **more: Any) -> None:
    house.deliver(*posts, **more)
    house.run()


def recovered(house: House, aws: Aws) -> str:
    """What point-in-time recovery makes: a table with all rows of now."""
    name = f"{house.table.name}-recovered"
    make_table(aws, name)
    client = house.table.meta.client
    for row in house.rows():
        client.put_item(TableName=name, Item=row)
    return name


def lose(house: House, *kinds: str) -> None:
    """All rows, or those whose keys begin so."""
    for row in list(house.rows()):
        if not kinds or str(row["pk"]).startswith(kinds):
            house.table.delete_item(Key={"pk": row["pk"], "sk": row["sk"]})
    forget_flows()


def rows(house: House) -> dict[str, dict[str, Any]]:
    return {f"{row['pk']} {row['sk']}": row for row in house.rows()}


def restore(earshot: Earshot, table: str, *more: str) -> dict[str, Any]:
    answer = earshot("restore", "--from", table, "--json", *more)
    assert answer.exit_code == ExitCode.OK, answer.output
    told: dict[str, Any] = json.loads(answer.stdout)
    return told


def on_its_way(place: str, row: dict[str, Any]) -> bool:
    begun = row.get("state") in {"PENDING", "SENDING"}
    by_alert = "GUARD#" in place and row["alert_id"]
    return begun or bool(by_alert) or place.startswith("WAITING#")


def test_a_lost_table_comes_back_but_for_what_was_on_its_way(
    house: House, aws: StandIn, earshot: Earshot
) -> None:
    came(house, entry(1, LEAVING), entry(2, ACME), entry(3, "Acme moved to Berlin"))
    before, table = rows(house), recovered(house, aws)
    lose(house)
    for _ in range(2):
        restore(earshot, table, "--yes")
        assert rows(house) == {k: v for k, v in before.items() if not on_its_way(k, v)}
    assert house.signals(*SUBJECTS)
    assert house.alerts() == []


def test_what_is_there_stays_as_it_is_and_what_was_told_stays_told(
    house: House, aws: StandIn, earshot: Earshot
) -> None:
    came(house, entry(2, BUYING))
    table = recovered(house, aws)
    for row in house.rows():
        if row.get("state") == "PENDING":
            house.outbox().claim(row["alert_id"], examples.NOON + timedelta(days=999))
            house.outbox().settle(row["alert_id"], "m1", examples.NOON + timedelta(days=999))
    before = rows(house)
    lose(house, "POST#", "SUBJECT#", "SIGNAL#")
    told = restore(earshot, table, "--yes")["rows"]
    assert rows(house) == before
    assert "restored" in told["POST GUARD"]
    assert told["OUTBOX"] == {"there": 1}


def test_who_was_mailed_since_is_not_told_again(
    house: House, aws: StandIn, earshot: Earshot, target: Target
) -> None:
    came(house, entry(2, BUYING))
    table = recovered(house, aws)
    (alert,) = (row for row in house.rows() if row.get("state") == "PENDING")
    target.journal.append("sent", examples.NOON, str(alert["alert_id"]), payload={})
    lose(house)
    restore(earshot, table, "--yes")
    assert any("GUARD#anna" in place for place in rows(house))
    assert house.alerts() == []


@pytest.mark.parametrize(
    ("aws", "whole"),
    [("standin_environment", True), ("standin_environment", False), ("aws_environment", True)],
    indirect=["aws"],
)
def test_what_was_erased_since_stays_away(
    house: House, aws: Aws, earshot: Earshot, *, whole: bool
) -> None:
    came(house, entry(1, LEAVING), entry(2, ACME))
    came(house, entry(4, ACME, thread_id="p2", parent_id="p2"))
    table = recovered(house, aws)
    eraser().erase_person("generic", "u1")
    eraser().erase_person("generic", "u4")
    before = rows(house)
    if whole:
        lose(house)
    told = restore(earshot, table, "--yes")
    assert house.places_with("handle-1", "handle-4", "#p1", "#p4") == []
    assert told["rows"]["POST HEAD"]["erased"] == 2
    (signal,) = house.signals(*SUBJECTS).values()
    assert signal.post_count == 1
    gone = rows(house).keys() - before.keys()
    assert {place.split("#")[0] for place in gone} <= {"WAITING", "OUTBOX", "SIGNAL"}


def test_tombstones_come_first_from_the_journal_too(
    house: House, aws: StandIn, earshot: Earshot
) -> None:
    came(house, entry(1, LEAVING))
    table = recovered(house, aws)
    eraser().erase_post("generic", "p1")
    lose(house)
    seen: list[str] = []
    aws.after.append(lambda call: seen.append(call.body().decode()) if _puts(call) else None)
    assert restore(earshot, table, "--yes")["tombstones"] == 1
    assert "TOMBSTONE#" in seen[0]
    (row,) = (row for row in house.rows() if row["sk"] == keys.TOMBSTONE)
    assert row["buried_at"]


def _puts(call: Call) -> bool:
    return call.operation in {"PutItem", "BatchWriteItem"}


def test_a_connection_that_was_erased_since_stays_away(
    house: House, aws: StandIn, earshot: Earshot
) -> None:
    assert earshot("connect", "generic", "--connection", "forum", given="a" * 40).exit_code == 0
    assert earshot("connect", "generic", "--connection", "inbox", given="a" * 40).exit_code == 0
    table = recovered(house, aws)
    earshot("erase", "--connection", "generic/forum", "--yes")
    lose(house)
    told = restore(earshot, table, "--yes")["rows"]["CONNECTIONS"]
    assert told == {"of an erased connection": 1, "restored": 1}


def test_borrowed_words_and_names_that_went_since_stay_away(
    house: House, aws: StandIn, earshot: Earshot
) -> None:
    came(house, entry(1, LEAVING), data_class=DataClass.BORROWED)
    table = recovered(house, aws)
    later = examples.NOON + timedelta(days=3)
    expire_bodies.expire_all(expire_bodies.expiring(), later, lambda: True)
    assert house.places_with("Name 1", "leaving") == []
    lose(house)
    restore(earshot, table, "--yes")
    assert house.places_with("Name 1", "leaving") == []
    assert any(place.startswith("SUBJECT#prospect:") for place in rows(house))


def test_a_post_that_was_edited_since_hangs_where_it_hangs_now(
    house: House, aws: StandIn, earshot: Earshot
) -> None:
    came(house, entry(2, ACME))
    table = recovered(house, aws)
    edited = "Acme is hiring, and the office in Graz is too small by now, they say."
    came(house, entry(2, edited, edited_at="2026-11-18T12:30:00Z"))
    before = rows(house)
    restore(earshot, table, "--yes")
    assert {k for k in rows(house) if k.startswith("STRAND#")} == {
        k for k in before if k.startswith("STRAND#")
    }


def test_a_rehearsal_writes_nothing_and_counts_by_kind(
    house: House, aws: StandIn, earshot: Earshot
) -> None:
    came(house, entry(1, LEAVING), entry(2, ACME))
    table = recovered(house, aws)
    eraser().erase_person("generic", "u1")
    lose(house, "POST#", "AUTHOR#")
    before = rows(house)
    told = restore(earshot, table, "--dry-run")
    assert rows(house) == before
    assert told["dry_run"]
    assert told["rows"]["POST HEAD"] == {"erased": 1, "restored": 1}
    assert told["rows"]["ACCOUNTS"] == {"there": 2}


def test_it_asks_before_it_writes_and_wants_another_table(
    house: House, aws: StandIn, earshot: Earshot
) -> None:
    table = recovered(house, aws)
    lose(house)
    assert earshot("restore", "--from", table, given="n\n").exit_code == 1
    assert rows(house) == {}
    for wrong in (house.table.name, "nowhere"):
        assert earshot("restore", "--from", wrong, "--yes").exit_code == ExitCode.PROBLEMS
    assert earshot("restore", "--from", table, given="y\n").exit_code == ExitCode.OK
    assert rows(house)


@pytest.mark.parametrize("calls", [1, 3, 10, 30, 60, 100])
def test_it_can_be_cut_short_and_run_again(
    house: House, aws: StandIn, earshot: Earshot, calls: int
) -> None:
    came(house, entry(1, LEAVING), entry(2, ACME), entry(5, LEAVING))
    table = recovered(house, aws)
    eraser().erase_person("generic", "u1")
    lose(house)
    count = [calls]

    def hook(call: Call) -> None:
        count[0] -= _puts(call) or call.operation == "TransactWriteItems"
        if count[0] == 0:
            raise Killed

    aws.after.append(hook)
    with suppress(Killed):
        earshot("restore", "--from", table, "--yes")
    aws.after.remove(hook)
    restore(earshot, table, "--yes")
    cut_short = rows(house)
    lose(house)
    restore(earshot, table, "--yes")
    assert rows(house).keys() == cut_short.keys()
    assert house.places_with("handle-1", "#p1") == []


# Whatever happened before


def told_by(way: Way) -> dict[str, Any]:
    """Every signal as its posts tell it, and how its latest decisions score. A name that went with
    borrowed words may come back where other words of the same person have it, and may stay away."""
    found = {}
    for place, row in rows(way.house).items():
        if place.startswith("SUBJECT#"):
            signal = {k: v for k, v in row["data"].items() if k not in {"revision", "absorbed"}}
            signal["subject"] = signal["subject"]["subject_id"]
            found[place] = (signal, scores(way, row["data"]))
    return found


def wrongly_named(way: Way) -> list[Found]:
    """What the nightly scan finds of signals."""
    forget_flows()
    found = (row for place, row in rows(way.house).items() if place.startswith("SUBJECT#"))
    later = examples.NOON + timedelta(days=3)
    return scan_holdings.scanning().rows.found_in(list(found), later)


def scores(way: Way, signal: dict[str, Any]) -> dict[str, int]:
    key = keys.decisions(signal["signal_id"], int(signal["revision"]))
    row: Any = way.house.table.get_item(Key=key)["Item"]
    return {one["seller_id"]: int(one["relevance"]["score"]) for one in row["data"]["decisions"]}


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    before=st.lists(STEPS, min_size=1, max_size=4),
    lost=st.sampled_from([(), ("POST#", "AUTHOR#"), ("STRAND#", "SUBJECT#", "SIGNAL#")]),
)
def test_no_erasure_between_is_undone_and_signals_are_as_they_were(
    make_way: Callable[[], Way], aws: StandIn, before: Sequence[Step], lost: tuple[str, ...]
) -> None:
    way = make_way()
    for step in before:
        way.take(step)
    way.settle()
    table = recovered(way.house, aws)
    eraser().erase_person("generic", PERSON)
    way.expire()
    was = told_by(way)
    lose(way.house, *lost)
    restore(commands_on(target_of(way.house, aws.session)), table, "--yes")
    assert way.left() == []
    assert told_by(way) == was
    assert wrongly_named(way) == []
    way.replay()
    assert way.left() == []
