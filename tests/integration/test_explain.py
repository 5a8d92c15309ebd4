"""`earshot explain` and `earshot account` over the production stores."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from earshot.aws.raw_archive import RawArchive
from earshot.domain.facts import Origin, Statement
from earshot.domain.models import DataClass, EntryKind
from earshot.flows import compile_watchlist
from earshot_ops.commands import screen
from earshot_ops.commands.exits import ExitCode
from earshot_ops.target import Target
from tests import examples
from tests.house import House, entry
from tests.house_target import Earshot
from tests.standin import StandIn

LEAVING = "We at Acme are leaving RivalCRM, any alternatives? Ask jo@acme.example about the move."
NOW = datetime.now(UTC)


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def earshot(earshot: Earshot, monkeypatch: pytest.MonkeyPatch) -> Earshot:
    monkeypatch.setattr(screen.out, "width", 80)
    return earshot


def lately(number: int, text: str, **changes: Any) -> dict[str, Any]:
    """A post of some minutes ago."""
    posted_at = (NOW - timedelta(minutes=60 - number)).isoformat()
    return entry(number, text, posted_at=posted_at, **changes)


# explain


def test_a_post_is_explained_with_its_evidence_account_story_and_hearers(
    house: House, target: Target, earshot: Earshot
) -> None:
    house.furnish()
    house.deliver(lately(1, LEAVING))
    house.deliver(lately(2, LEAVING))
    house.deliver(lately(3, "Same here.", thread_id="p1"))
    house.run()
    found = target.explaining.explain("https://forum.example/t/2", NOW)
    assert found is not None
    assert found.understood is not None
    assert found.understood.post.quote == LEAVING
    for mention in found.understood.post.mentions:
        spans = [one for one in mention.evidence if one.start >= 0]
        assert spans
        assert all(LEAVING[one.start : one.end] == one.value for one in spans)
    story = next(s for s in found.stories if s.signal.subject.account_id == "acme")
    assert {one.field: one.fact.value for one in story.account}["owner"] == "anna"
    assert [(b.post.native_id, b.tie, b.to) for b in story.bonds] == [
        ("p1", "begins", None),
        ("p2", "same_words", ("generic", "p1")),
    ]
    heard = {one.decision.seller_id: one.decision.outcome for one in story.sellers}
    assert heard["anna"] == "alert"
    shown = earshot("explain", "generic:p2")
    assert shown.exit_code == ExitCode.OK
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert "“We at «Acme» are " in shown.stdout
    assert "says the same words as generic:p1" in shown.stdout
    assert "anna (owner): will be alerted" in shown.stdout


def test_a_post_that_concerned_nobody_is_understood_again_by_the_present_watchlist(
    house: House, target: Target, earshot: Earshot
) -> None:
    house.furnish()
    house.deliver(lately(3, "Zephyrix is leaving us, says their director."))
    house.run()
    target.accounts.put_accounts([examples.account(account_id="z", name="Zephyrix Power")])
    target.accounts.put_entries([examples.entry(EntryKind.ACCOUNT, "zx", "Zephyrix")])
    compile_watchlist.compile_from(target.accounts, target.watchlist)
    told = json.loads(earshot("explain", "generic:p3", "--json").stdout)
    assert (told["understood"], told["stories"]) == (None, [])
    assert told["head"]["outcome"] == "names_nobody"
    again = told["again"]
    assert again["post"]["watchlist_version"] != told["head"]["watchlist_version"]
    names = [one["entry_id"] for one in (*again["post"]["mentions"], *again["unsure"])]
    assert "account:zx" in names
    words = earshot("explain", "generic:p3").stdout
    assert "Understood again, as of now" in words
    assert "«Zephyrix»" in words


def test_a_post_whose_words_went_is_explained_by_what_its_head_keeps(
    house: House, earshot: Earshot
) -> None:
    house.furnish()
    delivery = house.deliver(lately(3, "RivalCRM had a booth at the fair."))
    house.run()
    RawArchive(house.s3, house.bucket).change(delivery.raw_key, lambda _: None)
    told = earshot("explain", "generic:p3")
    assert told.exit_code == ExitCode.OK
    assert "nearest      competitor:rival, " in told.stdout
    assert "it cannot be understood again" in told.stdout


def test_a_post_nobody_knows_is_explained_by_nothing(house: House, earshot: Earshot) -> None:
    answer = earshot("explain", "generic:p99")
    assert (answer.exit_code, answer.stdout) == (ExitCode.PROBLEMS, "")
    assert "no such post is known" in answer.stderr


# account


def test_an_account_is_the_single_place_to_go(
    house: House, target: Target, earshot: Earshot
) -> None:
    house.furnish()
    said = Statement(
        account_id="acme",
        origin=Origin.WEBSITE,
        seen_at=examples.NOON,
        values={"name": "Acme Rockets", "industry": "Rockets"},
        covers=frozenset({"name", "industry"}),
        data_class=DataClass.COPIED,
    )
    target.accounts.put_facts([said])
    house.deliver(lately(1, LEAVING))
    house.deliver(entry(2, "Acme had a booth at the fair.", posted_at="2026-01-02T11:00:00Z"))
    house.run()
    told = json.loads(earshot("account", "acme.example", "--json").stdout)
    fields = {one["field"]: one for one in told["fields"]}
    assert (fields["name"]["reason"], fields["industry"]["reason"]) == ("ranks_higher", "only_one")
    assert fields["name"]["others"][0]["data_class"] == "copied"
    assert (told["owner"], [one["seller"]["seller_id"] for one in told["team"]]) == (
        "anna",
        ["anna", "ben"],
    )
    assert [len(told["open"]), len(told["earlier"])] == [1, 1]
    assert [post["native_id"] for post in told["posts"]] == ["p1", "p2"]
    words = earshot("account", "acme").stdout
    assert max(map(len, words.splitlines())) <= 80
    assert "shown, because the CRM goes before the website" in words
    assert "and 1 earlier" in words


@pytest.mark.parametrize("typed", ["acme", "account:acme", "Acme", "acme.example", "acm", "other"])
def test_an_account_is_found_by_what_is_known_of_it_merged_or_not(
    house: House, target: Target, earshot: Earshot, typed: str
) -> None:
    house.furnish()
    target.accounts.put_accounts([examples.account(account_id="other", name="Other Ltd")])
    target.accounts.merge("acme", "other")
    told = json.loads(earshot("account", typed, "--json").stdout)
    assert (told["account_id"], told["merged"]) == ("acme", ["other"])


def test_signals_of_a_merged_account_are_shown_with_the_kept_one(
    house: House, target: Target
) -> None:
    house.furnish()
    house.deliver(lately(1, "We at Betatron are leaving RivalCRM, any alternatives?"))
    house.run()
    target.accounts.merge("acme", "beta")
    sheet = target.showing.show("acme", NOW)
    assert sheet is not None
    assert [signal.subject.subject_id for signal in sheet.open] == ["account:beta"]
    assert [post.native_id for post in sheet.posts] == ["p1"]


def test_names_that_several_bear_or_nobody_are_answered_with_what_there_is(
    house: House, target: Target, earshot: Earshot
) -> None:
    house.furnish()
    target.accounts.put_accounts([examples.account(account_id="acorn", name="Acorn", domains=())])
    compile_watchlist.compile_from(target.accounts, target.watchlist)
    several = earshot("account", "ac")
    assert (several.exit_code, several.stdout) == (ExitCode.PROBLEMS, "")
    assert several.stderr.splitlines() == [
        "2 accounts are known by ac; give the id of one:",
        "  acme  Acme",
        "  acorn  Acorn",
    ]
    assert "spelled alike:\n  beta  Betatron\n" in earshot("account", "Betatorn").stderr
    assert earshot("account", "Xyzzy").stderr == "no account is known by Xyzzy\n"


def test_accounts_are_found_before_a_watchlist_was_ever_compiled(
    target: Target, earshot: Earshot
) -> None:
    target.accounts.put_accounts([examples.account(owner="nobody-here")])
    told = earshot("account", "acme gmbh").stdout
    assert "Acme GmbH (account:acme)" in told
    assert "owned by nobody-here, who is no seller here" in told
