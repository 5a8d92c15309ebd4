"""`earshot erase --connection`: all that a connection brought goes, and the connection itself."""

import json
from datetime import timedelta
from typing import Any

import pytest

from earshot.aws.search_cursors import SearchCursors
from earshot.domain.models import Connection, DataClass
from earshot.errors import SecretMissingError
from earshot.flows import expire_bodies
from earshot_ops.commands.exits import ExitCode
from earshot_ops.erase_connection import erase
from earshot_ops.target import Target
from tests import examples
from tests.house import House, entry
from tests.house_target import Earshot
from tests.integration.test_proving_erasures import (
    ASKING,
    LEAVING,
    aws,
    deliver,
    house,
)
from tests.standin import Call, StandIn

__all__ = ["aws", "house"]

FORUM, OTHER = (
    Connection(
        source="generic",
        connection_id=name,
        data_class=DataClass.OWNED,
        created_at=examples.NOON,
    )
    for name in ("forum", "forum2")
)


@pytest.fixture
def target(target: Target) -> Target:
    for one in (FORUM, OTHER):
        target.connections.put(one)
        target.secrets.put(one.source, one.connection_id, "whsec_of-this-test")
    return target


def test_all_that_it_brought_goes_and_nothing_else(
    house: House, target: Target, earshot: Earshot
) -> None:
    target.receipts.add(house.deliver(entry(1, LEAVING)))
    target.receipts.add(house.deliver(entry(2, ASKING), connection="forum2"))
    house.run()
    SearchCursors(target.table).save(FORUM, {"at": "3"}, at=examples.NOON)
    answer = earshot("erase", "--connection", "generic/forum", "--yes")
    assert answer.exit_code == ExitCode.OK
    assert "erased generic/forum and its secret" in answer.stdout
    assert "with 1 posts and 1 raw deliveries" in answer.stdout
    assert "nothing was found" in answer.stdout
    assert house.places_with("generic/forum/", "handle-1", "leaving", "SEARCHES#") == []
    assert [one.connection_id for one in target.connections.list()] == ["forum2"]
    with pytest.raises(SecretMissingError):
        target.secrets.live_since("generic", "forum")
    assert target.secrets.live_since("generic", "forum2")
    assert house.places_with("handle-2")
    receipts = [str(row["pk"]) for row in house.rows() if str(row["pk"]).startswith("RECEIPT#")]
    assert receipts == ["RECEIPT#generic#forum2#2026-11-18T12"]


def test_what_went_by_its_time_goes_whole(house: House, target: Target, earshot: Earshot) -> None:
    deliver(house, entry(1, LEAVING), data_class=DataClass.BORROWED)
    later = examples.NOON + timedelta(days=3)
    expire_bodies.expire_all(expire_bodies.expiring(), later, lambda: True)
    assert house.places_with("t/1")
    earshot("erase", "--connection", "generic/forum", "--yes")
    assert house.places_with("generic/forum/", "t/1", "u1") == []


def test_it_asks_and_says_what_goes(house: House, target: Target, earshot: Earshot) -> None:
    deliver(house, entry(1, LEAVING), entry(2, ASKING))
    answer = earshot("erase", "--connection", "generic/forum", given="n\n")
    assert answer.exit_code == ExitCode.PROBLEMS
    question = "Erase generic/forum with 2 posts and 1 raw deliveries from stage test, for good?"
    assert question in answer.stderr
    assert house.places_with("handle-1")
    assert len(list(target.connections.list())) == 2


def test_wherever_it_dies_the_next_run_completes_it(
    house: House, target: Target, aws: StandIn
) -> None:
    deliver(house, entry(1, LEAVING), entry(2, ASKING))
    put_back, number, done = aws.kept(), 0, False
    while not done:
        number += 1
        put_back()
        dying = _dies_at(number)
        aws.before.append(dying)
        try:
            erase(target, "generic", "forum")
            done = True
        except KeyboardInterrupt:
            aws.before.remove(dying)
            erase(target, "generic", "forum")
            assert house.places_with("generic/forum/", "handle-", "leaving") == [], number
    assert number > 10


def test_what_is_no_connection_is_told(house: House, target: Target, earshot: Earshot) -> None:
    answer = earshot("erase", "--connection", "generic/nowhere", "--yes")
    assert answer.exit_code == ExitCode.PROBLEMS
    assert "there is no such connection" in answer.stderr
    assert earshot("erase", "--connection", "generic", "--yes").exit_code == ExitCode.USAGE
    told = earshot("erase", "--connection", "generic/forum", "--yes", "--json")
    assert json.loads(told.stdout)["was_connected"] is True


def _dies_at(number: int) -> Any:
    """Before the writing call of this number."""
    writes = {"DeleteItem", "DeleteObject", "DeleteSecret", "PutItem", "TransactWriteItems"}
    seen: list[str] = []

    def dies(call: Call) -> None:
        if call.operation in writes:
            seen.append(call.operation)
            if len(seen) == number:
                raise KeyboardInterrupt

    return dies
