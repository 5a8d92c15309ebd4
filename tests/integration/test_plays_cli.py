"""`earshot import plays` and `earshot plays` over the production stores."""

import json
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from earshot.domain.models import Alert, AlertState, Feedback, FeedbackKind
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.commands import screen
from earshot_ops.commands.exits import ExitCode
from earshot_ops.target import Target
from tests.examples import NOON
from tests.house import House
from tests.house_target import Earshot
from tests.standin import StandIn

SAMPLE = ROOT / "infra/sample"


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def earshot(earshot: Earshot, monkeypatch: pytest.MonkeyPatch) -> Earshot:
    monkeypatch.setattr(screen.out, "width", 100)
    return earshot


@pytest.fixture
def plays(earshot: Earshot, tmp_path: Path) -> Path:
    """A folder of the sample plays, in a house that knows what they name."""
    for kind in ("watchlist", "sellers", "accounts"):
        assert earshot("import", kind, str(SAMPLE / f"{kind}.csv")).exit_code == ExitCode.OK
    return copytree(SAMPLE / "plays", tmp_path / "plays")


def journalled(house: House) -> list[dict[str, Any]]:
    names = [name for name in house.objects("journal/") if "/plays-" in name]
    bodies = (house.s3.get_object(Bucket=house.bucket, Key=name)["Body"] for name in names)
    return [json.loads(body.read())["payload"] for body in bodies]


def test_the_sample_is_imported_and_listed_and_imported_again_to_no_end(
    house: House, target: Target, earshot: Earshot, plays: Path
) -> None:
    answer = earshot("import", "plays", str(plays))
    assert (answer.exit_code, answer.stderr) == (ExitCode.OK, "")
    assert answer.stdout == "10 plays imported: 10 new, 0 changed, 0 as they were\n"
    (entry,) = journalled(house)
    assert len(entry["versions"]) == 10
    assert "contract" not in json.dumps(entry)
    answer = earshot("import", "plays", str(plays))
    assert answer.stdout == "nothing to change in plays: 0 new, 0 changed, 10 as they were\n"
    assert len(journalled(house)) == 1
    listed = earshot("plays").stdout
    assert "leaving_a_competitor  They are leaving a competitor\n" in listed
    assert "  intent switching or recommendation; product competitor\n  not used yet\n" in listed
    assert {play.play_id for play in target.plays.all()} == {file.stem for file in plays.iterdir()}


def test_without_plays_the_list_says_how_to_get_some(earshot: Earshot) -> None:
    answer = earshot("plays")
    assert (answer.exit_code, answer.stdout) == (ExitCode.OK, "")
    assert "earshot import plays DIR" in answer.stderr
    assert json.loads(earshot("plays", "--json").stdout) == {"plays": []}


def test_a_broken_file_keeps_itself_out_and_what_is_stored_of_it_stays(
    target: Target, earshot: Earshot, plays: Path
) -> None:
    earshot("import", "plays", str(plays))
    before = {play.play_id: play for play in target.plays.all()}
    broken, changed = plays / "money_raised.md", plays / "new_head_of_it.md"
    broken.write_text(broken.read_text().replace("[news]", "[gossip]"))
    changed.write_text(changed.read_text().replace("90 days", "60 days"))
    answer = earshot("import", "plays", str(plays), "--prune")
    assert answer.exit_code == ExitCode.PROBLEMS
    assert answer.stderr == "left out: money_raised.md:3: 'gossip' is no intent\n"
    assert answer.stdout == "1 plays imported: 0 new, 1 changed, 8 as they were, 1 left out\n"
    after = {play.play_id: play for play in target.plays.all()}
    assert after["money_raised"] == before["money_raised"]
    assert "60 days" in after["new_head_of_it"].text


@pytest.mark.parametrize("option", ["--strict", "--dry-run"])
def test_nothing_is_written_when_it_should_not_be(
    house: House, target: Target, earshot: Earshot, plays: Path, option: str
) -> None:
    (plays / "broken.md").write_text("Call them.")
    answer = earshot("import", "plays", str(plays), option)
    assert answer.exit_code == ExitCode.PROBLEMS
    assert answer.stdout == "plays, not written: 10 new, 0 changed, 0 as they were, 1 left out\n"
    assert "broken.md:1: it does not begin with front matter" in answer.stderr
    assert target.plays.all() == ()
    assert journalled(house) == []


def test_what_is_gone_from_the_folder_is_named_and_removed_only_when_asked(
    house: House, target: Target, earshot: Earshot, plays: Path
) -> None:
    earshot("import", "plays", str(plays))
    (plays / "money_raised.md").unlink()
    answer = earshot("import", "plays", str(plays))
    kept = "no longer in the folder, kept (--prune removes it): money_raised\n"
    assert (answer.exit_code, answer.stderr) == (ExitCode.OK, kept)
    answer = earshot("import", "plays", str(plays), "--prune", "--dry-run")
    would = "no longer in the folder, to be removed: money_raised\n"
    assert (answer.exit_code, answer.stderr) == (ExitCode.OK, would)
    assert len(target.plays.all()) == 10
    answer = earshot("import", "plays", str(plays), "--prune", "--json")
    told = json.loads(answer.stdout)
    assert (told["vanished"], told["removed"], told["written"]) == (["money_raised"],) * 2 + (0,)
    assert len(target.plays.all()) == 9
    assert [entry["removed"] for entry in journalled(house)] == [[], ["money_raised"]]
    (plays / "new_head_of_it.md").unlink()
    words = earshot("import", "plays", str(plays), "--prune").stdout
    assert words == "nothing to change in plays: 0 new, 0 changed, 8 as they were, 1 removed\n"


def test_on_a_terminal_plays_are_shown_before_they_are_written(
    target: Target, earshot: Earshot, plays: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earshot_ops.commands.import_file.is_attended", lambda: True)
    (plays / "broken.md").write_text("Call them.")
    answer = earshot("import", "plays", str(plays), given="n\n")
    assert answer.stderr.count("broken.md:1") == 1
    assert "10 new, 0 changed, 0 as they were, 1 left out" in answer.stdout
    assert "Write this?" in answer.stderr
    assert target.plays.all() == ()
    earshot("import", "plays", str(plays), given="y\n")
    assert len(target.plays.all()) == 10
    again = earshot("import", "plays", str(plays))
    assert "Write this?" not in again.stderr


def test_an_empty_folder_prunes_nothing(target: Target, earshot: Earshot, plays: Path) -> None:
    earshot("import", "plays", str(plays))
    for file in plays.iterdir():
        file.unlink()
    answer = earshot("import", "plays", str(plays), "--prune")
    assert answer.exit_code == ExitCode.PROBLEMS
    assert "there is no play that can be read" in answer.stderr
    assert len(target.plays.all()) == 10


def test_a_file_is_no_folder_and_a_folder_no_file_and_only_plays_are_pruned(
    earshot: Earshot, plays: Path
) -> None:
    for words, told in {
        ("plays", str(SAMPLE / "accounts.csv")): "plays are a folder of Markdown files",
        ("accounts", str(plays)): "is a directory",
        ("accounts", str(SAMPLE / "accounts.csv"), "--prune"): "other imports delete nothing",
    }.items():
        answer = earshot("import", *words)
        assert answer.exit_code == ExitCode.USAGE
        assert told in answer.stderr


def test_a_play_is_listed_with_its_uses_and_what_came_of_them(
    target: Target, earshot: Earshot, plays: Path
) -> None:
    earshot("import", "plays", str(plays))
    for number, kind in enumerate(["won", "useful", "useful", "not_relevant", "opened", None]):
        told = Alert(
            alert_id=f"a{number}",
            signal_id="s1",
            subject_id="account:northwind",
            seller_id="nora",
            state=AlertState.SENT,
            told_at=NOON,
            play_id="leaving_a_competitor",
        )
        target.plays.record_use(told)
        if kind:
            target.plays.record_outcome(
                Feedback(
                    signal_id="s1",
                    subject_id="account:northwind",
                    alert_id=told.alert_id,
                    seller_id="nora",
                    kind=FeedbackKind(kind),
                    given_at=NOON,
                    play_id=told.play_id,
                )
            )
    words = "  6 uses: 1 won, 2 useful, 1 not relevant, 1 opened, 1 unanswered\n"
    assert words in earshot("plays").stdout
    listed = json.loads(earshot("plays", "--json").stdout)["plays"]
    used = {play["play_id"]: (play["uses"], play["outcomes"]) for play in listed if play["uses"]}
    counts = {"won": 1, "useful": 2, "not_relevant": 1, "opened": 1, "unanswered": 1}
    assert used == {"leaving_a_competitor": (6, counts)}
