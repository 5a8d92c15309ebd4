"""An empty table is filled from the bucket: the same signals, nothing erased, and no mail."""

from collections.abc import Callable
from typing import Any

import pytest

from earshot_ops.commands.exits import ExitCode
from earshot_ops.target import Target
from tests.house import House, entry
from tests.house_target import Earshot
from tests.integration.test_cli import LEAVING
from tests.standin import StandIn
from tests.standin.stage import forget_flows

MEANT = ("account:acme", "account:beta")


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def house(house: House) -> House:
    house.furnish()
    return house


@pytest.fixture
def lose_the_table(house: House) -> Callable[[], None]:
    """All rows but business data, which an operator imports again."""

    def lose() -> None:
        for row in list(house.rows()):
            house.table.delete_item(Key={"pk": row["pk"], "sk": row["sk"]})
        house.furnish()
        forget_flows()

    return lose


def came(house: House, *posts: dict[str, Any]) -> None:
    house.deliver(*posts)
    house.run()


def test_the_same_signals_come_back_and_nobody_is_mailed(
    house: House, earshot: Earshot, lose_the_table: Callable[[], None]
) -> None:
    assert earshot("connect", "generic", "--connection", "forum", given="a" * 40).exit_code == 0
    came(house, entry(1, LEAVING), entry(2, "Acme moves to Berlin"))
    came(house, entry(3, "Is anybody else at acme.example leaving RivalCRM?"))
    before = {name: one.post_count for name, one in house.signals(*MEANT).items()}
    assert before
    assert house.alerts()
    lose_the_table()
    for _ in range(2):
        answer = earshot("rebuild", "--yes")
        assert answer.exit_code == ExitCode.OK, answer.output
        house.run()
        after = {name: one.post_count for name, one in house.signals(*MEANT).items()}
        assert after == before
        assert house.alerts() == []
    assert "forum" in earshot("sources").stdout
    assert earshot("replay", "--since", "1d", "--dry-run").exit_code in {0, 1}


def test_what_comes_once_more_after_it_mails_nobody_and_what_is_new_does(
    house: House, earshot: Earshot, lose_the_table: Callable[[], None]
) -> None:
    came(house, entry(1, LEAVING))
    lose_the_table()
    earshot("rebuild", "--yes")
    house.run()
    came(house, entry(1, LEAVING), entry(9, "Lunch was good"))
    assert house.alerts() == []
    came(house, entry(5, "Acme here: which CRM should we buy instead of RivalCRM this week?"))
    assert {seller for _, seller, _ in house.alerts()} == {"anna"}


def test_what_was_erased_stays_away(
    house: House, target: Target, earshot: Earshot, lose_the_table: Callable[[], None]
) -> None:
    came(house, entry(1, LEAVING))
    came(house, entry(2, "We at Acme need another CRM"))
    earshot("erase", "--post", "generic:p1", "--yes")
    house.deliver(entry(1, LEAVING), entry(7, "as it came late"))
    target.sqs.purge_queue(QueueUrl=target.queues["deliveries"])
    lose_the_table()
    assert "1 tombstones" in earshot("rebuild", "--yes").stdout
    house.run()
    assert house.places_with("handle-1") == []
    assert house.signals(*MEANT)


def test_a_connection_that_was_erased_stays_away_until_it_is_made_again(
    target: Target, earshot: Earshot, lose_the_table: Callable[[], None]
) -> None:
    make = ("connect", "generic", "--connection", "forum")
    assert earshot(*make, given="a" * 40).exit_code == ExitCode.OK
    earshot("erase", "--connection", "generic/forum", "--yes")
    lose_the_table()
    assert ", 0 connections," in earshot("rebuild", "--yes").stdout
    assert earshot(*make, given="a" * 40).exit_code == ExitCode.OK
    lose_the_table()
    assert ", 1 connections," in earshot("rebuild", "--yes").stdout
    assert [one.connection_id for one in target.connections.list()] == ["forum"]


def test_business_data_comes_first(house: House, earshot: Earshot) -> None:
    for row in list(house.rows()):
        house.table.delete_item(Key={"pk": row["pk"], "sk": row["sk"]})
    assert earshot("rebuild", "--yes").exit_code == ExitCode.PROBLEMS
