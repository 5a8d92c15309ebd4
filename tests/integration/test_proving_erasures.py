"""`earshot erase` proves what it did, and says where something is left."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from earshot.aws.raw_archive import RawArchive
from earshot.domain.models import DataClass
from earshot.flows import expire_bodies
from earshot_ops.commands.exits import ExitCode
from tests import examples
from tests.house import House, entry
from tests.house_target import Earshot
from tests.standin import StandIn

LEAVING = 'We at Acme are "leaving" RivalCRM,\nand our Zürich office too. Any alternatives?'
ASKING = "Acme is looking for an alternative to RivalCRM before the end of the quarter."


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def house(make_house: Callable[[], House]) -> House:
    made = make_house()
    made.furnish()
    return made


def deliver(house: House, *posts: dict[str, Any], **more: Any) -> None:
    house.deliver(*posts, **more)
    house.run()


@pytest.mark.parametrize("how", [(), ("--scan",)])
def test_nothing_is_found_of_whom_was_erased(
    house: House, earshot: Earshot, how: tuple[str, ...]
) -> None:
    deliver(house, entry(1, LEAVING), entry(2, ASKING))
    deliver(house, entry(1, f"{LEAVING} Please!", edited_at="2026-11-18T12:30:00Z"))
    answer = earshot("erase", "--person", "generic:u1", "--yes", *how)
    assert answer.exit_code == ExitCode.OK
    assert "looked for all that was known of it: nothing was found in" in answer.stdout
    assert ("any row, object or message" in answer.stdout) == bool(how)


def test_what_went_by_its_time_is_proven_too(house: House, earshot: Earshot) -> None:
    deliver(house, entry(1, LEAVING), data_class=DataClass.BORROWED)
    later = examples.NOON + timedelta(days=3)
    expire_bodies.expire_all(expire_bodies.expiring(), later, lambda: True)
    assert house.places_with("u1", "t/1")
    answer = earshot("erase", "--person", "generic:u1", "--yes", "--scan", "--json")
    assert json.loads(answer.stdout)["left"] == []
    assert answer.exit_code == ExitCode.OK


@pytest.mark.parametrize(
    "known", ["Name 1", "handle-1", "u1", LEAVING, "https://forum.example/t/1"]
)
def test_each_thing_that_was_known_is_found_where_it_is_left(
    house: House, earshot: Earshot, known: str
) -> None:
    deliver(house, entry(1, LEAVING))
    lost = {"pk": "LOST", "sk": "LOST", "data": json.dumps({"of": f"a\n{known}\nb"})}
    house.table.put_item(Item=lost)
    house.s3.put_object(Bucket=house.bucket, Key="raw/lost", Body=json.dumps([known]).encode())
    answer = earshot("erase", "--person", "generic:u1", "--yes", "--scan")
    assert answer.exit_code == ExitCode.PROBLEMS
    assert "still found in 2 places:" in answer.stdout
    assert "DynamoDB, LOST row: LOST LOST" in answer.stdout
    assert "S3, raw/: raw/lost" in answer.stdout


def test_what_others_repeat_is_told(house: House, earshot: Earshot) -> None:
    deliver(house, entry(1, ASKING), entry(2, f"RT @handle-1: {ASKING}"))
    left = json.loads(earshot("erase", "--person", "generic:u1", "--yes", "--json").stdout)["left"]
    assert {one["kind"] for one in left} == {"DynamoDB, POST row", "S3, raw/"}


def test_a_row_of_the_post_is_found_by_its_key(house: House, earshot: Earshot) -> None:
    deliver(house, entry(1, LEAVING))
    key = {"pk": "WAITING#anna", "sk": "POST#signal#generic#p1"}
    house.table.put_item(Item=key)
    answer = earshot("erase", "--post", "generic:p1", "--yes", "--scan", "--json")
    (found,) = json.loads(answer.stdout)["left"]
    assert found["name"] == "WAITING#anna POST#signal#generic#p1"


def test_answers_and_other_posts_of_the_author_are_no_remains(
    house: House, earshot: Earshot
) -> None:
    author = entry(1, "")["author"]
    answer = entry(2, "Same here at Acme with RivalCRM.", thread_id="p1", parent_id="p1")
    deliver(house, entry(1, LEAVING), answer, entry(3, ASKING, author=author))
    told = earshot("erase", "--post", "generic:p1", "--yes", "--scan")
    assert told.exit_code == ExitCode.OK, told.stdout


def test_an_id_within_another_is_none_of_theirs(house: House, earshot: Earshot) -> None:
    deliver(house, entry(1, LEAVING), entry(11, ASKING))
    answer = earshot("erase", "--person", "generic:u1", "--yes", "--scan")
    assert "nothing was found" in answer.stdout


def test_an_erasure_that_misses_a_raw_object_is_found_out(
    house: House, earshot: Earshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(house, entry(1, LEAVING))
    monkeypatch.setattr(RawArchive, "change", lambda *_: None)
    answer = earshot("erase", "--person", "generic:u1", "--yes")
    assert answer.exit_code == ExitCode.PROBLEMS
    assert "S3, raw/: raw/generic/forum/" in answer.stdout
