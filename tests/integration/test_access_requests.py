"""`earshot export --person`: all that is held of a person, and nothing of others."""

import json
from pathlib import Path

import pytest

from earshot.domain.models import DataClass
from earshot.flows.erase import eraser
from earshot_ops.commands.exits import ExitCode
from tests.house import House, entry
from tests.house_target import Earshot
from tests.integration.test_proving_erasures import (
    ASKING,
    LEAVING,
    aws,
    deliver,
    house,
)

__all__ = ["aws", "house"]

STRANGER = "After six years we are leaving RivalCRM: the price went up three times. Alternatives?"


def test_what_is_held_of_a_person_is_written(
    house: House, earshot: Earshot, tmp_path: Path
) -> None:
    deliver(house, entry(1, LEAVING), entry(2, ASKING))
    answer = earshot("export", "--person", "generic:u1", str(tmp_path / "u1.json"))
    assert answer.exit_code == ExitCode.OK
    assert "1 posts of generic:u1, with all that is held of them, are in" in answer.stdout
    held = json.loads((tmp_path / "u1.json").read_text())
    (post,) = held["posts"]
    assert [one["text"] for one in post["versions"]] == [LEAVING]
    assert [one["author"]["name"] for one in post["in_stories"]] == ["Name 1"]
    assert post["raw_deliveries"] == house.objects("raw/")
    assert {one["seller_id"] for one in post["told_to"]} == {"anna", "ben", "carla"}
    (signal,) = held["signals"]
    assert signal["signal_id"] in post["signals"]
    decided = {one["seller_id"] for each in signal["decisions"] for one in each["decisions"]}
    assert {"anna", "carla"} <= decided


def test_nothing_of_others_is_in_it(house: House, earshot: Earshot, tmp_path: Path) -> None:
    deliver(house, entry(1, LEAVING), entry(2, ASKING))
    earshot("export", "--person", "generic:u1", str(tmp_path / "u1.json"))
    text = (tmp_path / "u1.json").read_text()
    assert not [word for word in ("handle-2", "Name 2", ASKING) if word in text]


def test_whose_words_somebody_repeated_is_not_told(
    house: House, earshot: Earshot, tmp_path: Path
) -> None:
    deliver(house, entry(1, STRANGER), entry(2, STRANGER))
    earshot("export", "--person", "generic:u2", str(tmp_path / "u2.json"))
    text = (tmp_path / "u2.json").read_text()
    assert json.loads(text)["signals"]
    assert "Name 1" not in text


def test_words_that_went_are_not_there(house: House, earshot: Earshot, tmp_path: Path) -> None:
    deliver(house, entry(1, LEAVING), data_class=DataClass.BORROWED)
    for key in house.objects("raw/"):
        house.s3.delete_object(Bucket=house.bucket, Key=key)
    house.table.delete_item(Key=_words(house))
    earshot("export", "--person", "generic:u1", str(tmp_path / "u1.json"))
    (post,) = json.loads((tmp_path / "u1.json").read_text())["posts"]
    assert post["versions"] == []
    assert [one["quote"] for one in post["in_stories"]] == [""]


def test_of_an_erased_person_nothing_is_held(
    house: House, earshot: Earshot, tmp_path: Path
) -> None:
    deliver(house, entry(1, LEAVING))
    eraser().erase_person("generic", "u1")
    answer = earshot("export", "--person", "generic:u1", str(tmp_path / "u1.json"))
    assert answer.exit_code == ExitCode.PROBLEMS
    assert "nothing is held of them by that id" in answer.stderr
    assert json.loads((tmp_path / "u1.json").read_text())["signals"] == []


@pytest.mark.parametrize(
    "words",
    [("accounts",), ("posts", "x"), ("accounts", "x", "--person", "generic:u1"), ("a", "b", "c")],
)
def test_either_accounts_or_a_person(earshot: Earshot, words: tuple[str, ...]) -> None:
    answer = earshot("export", *words)
    assert answer.exit_code == ExitCode.USAGE


def _words(house: House) -> dict[str, str]:
    (row,) = (row for row in house.rows() if str(row["sk"]).startswith("WORDS#"))
    return {"pk": str(row["pk"]), "sk": str(row["sk"])}
