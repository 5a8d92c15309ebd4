"""`earshot weights` and `earshot learned` over the production stores."""

import json
from pathlib import Path
from typing import Any

import pytest

from earshot.domain.learned_relevance import Learned
from earshot.domain.models import Intent
from earshot.domain.relevance import Weights
from earshot_ops.commands.exits import ExitCode
from earshot_ops.target import Target
from tests.house import House, entry
from tests.house_target import Earshot
from tests.standin import StandIn

LEAVING = "We at Acme are leaving RivalCRM, any alternatives?"


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


def journalled(house: House, kind: str) -> list[dict[str, Any]]:
    names = [name for name in house.objects("journal/") if f"/{kind}/" in name]
    bodies = (house.s3.get_object(Bucket=house.bucket, Key=name)["Body"] for name in names)
    return [json.loads(body.read())["payload"] for body in bodies]


def written(folder: Path, **changes: Any) -> str:
    file = folder / "weights.json"
    file.write_text(json.dumps(Weights().model_dump(mode="json") | changes))
    return str(file)


# weights


def test_the_weights_are_shown_as_they_count(earshot: Earshot) -> None:
    shown = earshot("weights").stdout
    assert f"version{Weights().version:>33}\n" in shown
    points = {line.split()[0]: line.split()[1] for line in shown.splitlines()}
    assert points["intent.purchase"] == str(Weights().intent[Intent.PURCHASE])
    assert points["alert_from"] == str(Weights().alert_from)
    assert Weights.model_validate_json(earshot("weights", "--json").stdout) == Weights()


def test_other_weights_take_their_place_and_decide_what_comes_next(
    house: House, target: Target, earshot: Earshot, tmp_path: Path
) -> None:
    house.furnish()
    intent = {**Weights().model_dump(mode="json")["intent"], "switching": 17}
    del intent["praise"]
    file = written(tmp_path, version="ours-1", intent=intent, favoured_industries=["food"])
    answer = earshot("weights", "--set", file)
    assert (answer.exit_code, answer.stderr) == (ExitCode.OK, "")
    lines = [" ".join(line.split()) for line in answer.stdout.splitlines()]
    assert lines == [
        f"intent.switching {Weights().intent[Intent.SWITCHING]} → 17",
        f"intent.praise {Weights().intent[Intent.PRAISE]} → -",
        "favoured_industries none → food",
        "version ours-1 is in place; Lambdas have it within a minute",
    ]
    assert target.weights.get().version == "ours-1"
    (entry_,) = journalled(house, "weights")
    assert (entry_["version"], entry_["instead_of"]) == ("ours-1", Weights().version)
    assert entry_["changes"]["intent.praise"][1] == "-"
    house.deliver(entry(1, LEAVING))
    house.run()
    why = target.explainer.why("generic:p1")
    assert why is not None
    relevance = why.signals[0].sellers[0].decision.relevance
    assert relevance.versions["weights"] == "ours-1"
    assert {one.name: one.points for one in relevance.contributions}["intent_switching"] == 17


def test_a_dry_run_shows_the_difference_and_the_same_again_changes_nothing(
    house: House, target: Target, earshot: Earshot, tmp_path: Path
) -> None:
    file = written(tmp_path, version="ours-1", alert_from=70)
    answer = earshot("weights", "--set", file, "--dry-run", "--json")
    told = json.loads(answer.stdout)
    before = str(Weights().alert_from)
    assert told["changes"] == {"alert_from": {"before": before, "after": "70"}}
    assert (told["written"], target.weights.get()) == (False, Weights())
    earshot("weights", "--set", file)
    again = earshot("weights", "--set", file)
    assert again.stdout == "nothing to change: these are the present weights\n"
    assert len(journalled(house, "weights")) == 1


def test_on_a_terminal_weights_are_changed_after_a_question(
    target: Target, earshot: Earshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("earshot_ops.commands.weights.is_attended", lambda: True)
    file = written(tmp_path, version="ours-1", alert_from=70)
    answer = earshot("weights", "--set", file, given="n\n")
    assert "Write this?" in answer.stderr
    assert "nothing was written" in answer.stderr
    assert answer.stdout.count("→ 70") == 1
    assert target.weights.get() == Weights()
    earshot("weights", "--set", file, given="y\n")
    assert target.weights.get().alert_from == 70


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"alert_from": 70}, f"version: {Weights().version!r} is that of the present weights"),
        ({"version": "v", "digest_from": 0}, "digest_from and alert_from: 1 to 100"),
        ({"version": "v", "digest_from": 99}, "that of the digest not above the other"),
        ({"version": "v", "colour": 1}, "colour: Extra inputs are not permitted"),
        ({"version": "v", "conversation": 1.5}, "conversation: Input should be a valid integer"),
        ({"version": "v", "conversation": True}, "conversation: Input should be a valid integer"),
        ({"version": "v", "intent": {"gossip": 1}}, "intent.gossip.[key]: Input should be"),
        ({"version": "v", "role": {"owner": 1001}}, "role.owner: 1001 is more than 1,000 points"),
        ({"version": "v", "young_days": -1}, "young_days: -1 is less than none"),
        ({"version": " "}, "version: has 1 to 40 characters"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_and_nothing_is_written(
    target: Target, earshot: Earshot, tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    answer = earshot("weights", "--set", written(tmp_path, **changes))
    assert answer.exit_code == ExitCode.PROBLEMS
    assert reason in answer.stderr
    assert target.weights.get() == Weights()


@pytest.mark.parametrize(
    ("body", "reason"),
    [("{}", "version: is missing"), ("[1", "the file: Invalid JSON"), ("[]", "the file: ")],
)
def test_a_file_that_is_none_is_refused(
    earshot: Earshot, tmp_path: Path, body: str, reason: str
) -> None:
    file = tmp_path / "weights.json"
    file.write_text(body)
    answer = earshot("weights", "--set", str(file))
    assert answer.exit_code == ExitCode.PROBLEMS
    assert reason in answer.stderr


# learned


def test_what_a_seller_taught_is_shown_and_forgotten(
    house: House, target: Target, earshot: Earshot
) -> None:
    house.furnish()
    assert earshot("learned", "anna").stdout == "anna: learned from 0 answers\n"
    taught = {"intent_news": -3250, "role_owner": 12, "degree_asking": 1400}
    target.learned.put(Learned(seller_id="anna", thousandths=taught, labels=7, refused=2), None)
    lines = [" ".join(line.split()) for line in earshot("learned", "anna").stdout.splitlines()]
    assert lines == [
        "anna: learned from 7 answers",
        "2 were passed over: their sources may not be learned from",
        "intent news -3.250",
        "degree asking +1.400",
        "role owner +0.012",
        "together at most 15 points, up or down",
    ]
    assert json.loads(earshot("learned", "anna", "--json").stdout)["thousandths"] == taught
    answer = earshot("learned", "anna", "--reset")
    assert "learned from 0 answers since 20" in answer.stdout
    found = target.learned.get("anna")
    assert found is not None
    assert (found.thousandths, found.labels) == ({}, 0)
    assert found.since is not None
    assert journalled(house, "learned_reset") == [{"seller_id": "anna", "labels": 7}]


def test_on_a_terminal_what_was_learned_is_forgotten_after_a_question(
    house: House, target: Target, earshot: Earshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.furnish()
    monkeypatch.setattr("earshot_ops.commands.learned.is_attended", lambda: True)
    target.learned.put(Learned(seller_id="anna", thousandths={"role_owner": 900}, labels=3), None)
    answer = earshot("learned", "anna", "--reset", given="n\n")
    assert "learned from 3 answers" in answer.stdout
    assert target.learned.get("anna") is not None
    earshot("learned", "anna", "--reset", given="y\n")
    found = target.learned.get("anna")
    assert found is not None
    assert found.labels == 0


def test_who_is_no_seller_taught_nothing(earshot: Earshot) -> None:
    answer = earshot("learned", "nobody", "--reset")
    assert (answer.exit_code, answer.stdout) == (ExitCode.PROBLEMS, "")
    assert "there is no seller nobody" in answer.stderr
