"""The command line over a real table, bucket, queues and secrets."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from earshot.aws import keys
from earshot.aws.config_store import Config
from earshot.aws.guard_store import GuardStore
from earshot.domain.models import Account, Contact, WatchlistEntry
from earshot.imports.columns import ImportKind
from earshot.sources import catalog
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.cli import app
from earshot_ops.commands.exits import ExitCode
from earshot_ops.demo import post_office
from earshot_ops.target import Target
from tests import examples
from tests.conftest import Stack
from tests.house import House, entry
from tests.house_target import Earshot, commands_on

SAMPLE = ROOT / "infra/sample"
LEAVING = "We at Acme are leaving RivalCRM, any alternatives?"


def journal(house: House, kind: str) -> list[dict[str, Any]]:
    found = house.s3.list_objects_v2(Bucket=house.bucket, Prefix="journal/").get("Contents", [])
    names = [one["Key"] for one in found if f"/{kind}/" in one["Key"]]
    return [
        json.loads(house.s3.get_object(Bucket=house.bucket, Key=name)["Body"].read())
        for name in names
    ]


# import


def test_the_sample_is_imported_compiled_and_journalled(
    house: House, target: Target, earshot: Earshot
) -> None:
    for kind in (
        ImportKind.WATCHLIST,
        ImportKind.SELLERS,
        ImportKind.ACCOUNTS,
        ImportKind.CONTACTS,
    ):
        answer = earshot("import", kind, str(SAMPLE / f"{kind}.csv"))
        assert (answer.exit_code, answer.stderr) == (ExitCode.OK, "")
        assert "imported" in answer.stdout
    assert {seller.seller_id for seller in target.sellers.all()} == {
        "nora",
        "theo",
        "maya",
        "jonas",
        "sana",
    }
    northwind = target.accounts.get("northwind")
    assert northwind
    routes = target.sellers.candidates(northwind, ["competitor:rivalcrm"], None)
    assert {(str(one.role), one.seller.seller_id) for one in routes} == {
        ("owner", "nora"),
        ("deputy", "jonas"),
        ("territory", "jonas"),
        ("desk", "maya"),
        ("desk", "nora"),
        ("desk", "theo"),
    }
    watchlist = target.watchlist.current()
    known = watchlist.of_domain("northwind-tooling.example")
    assert [entry.entry_id for entry in known] == ["account:northwind"]
    assert watchlist.of_author("github", examples.author(handle="petra-lindqvist")) == known
    entries = [entry["payload"] for entry in journal(house, "import")]
    assert {entry["kind"]: len(entry["ids"]) for entry in entries} == {
        "watchlist": 4,
        "sellers": 5,
        "accounts": 8,
        "contacts": 6,
    }
    assert "Lindqvist" not in json.dumps(entries)


def test_an_import_can_be_repeated_and_moves_the_routes(
    target: Target, earshot: Earshot, tmp_path: Path
) -> None:
    for owner, written in (("nora", 1), ("theo", 1), ("theo", 0)):
        file = tmp_path / "accounts.csv"
        file.write_text(f"account_id,name,owner\nacme,Acme,{owner}\n")
        answer = earshot("import", "accounts", str(file), "--json")
        told = json.loads(answer.stdout)
        assert told["warnings"]["first"] == [f"account acme: owner '{owner}' is no seller"]
        assert told["written"] == written
    found = target.accounts.get("acme")
    assert found == Account(account_id="acme", name="Acme", owner="theo")
    rows = target.table.query(
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": keys.route("account", "acme")},
    )["Items"]
    assert [row["sk"] for row in rows] == ["owner#theo"]


@pytest.fixture
def broken(tmp_path: Path) -> str:
    file = tmp_path / "watchlist.csv"
    file.write_text("kind,name,colour\ntopic,CRM,red\nrobot,R2,\ntopic,CRM,\n")
    return str(file)


@pytest.mark.parametrize("option", ["--strict", "--dry-run"])
def test_nothing_is_written_when_it_should_not_be(
    house: House, earshot: Earshot, broken: str, option: str
) -> None:
    answer = earshot("import", "watchlist", broken, option)
    assert answer.exit_code == ExitCode.PROBLEMS
    assert answer.stderr.splitlines() == [
        "column colour is not used",
        "left out: line 3, kind: 'robot' is neither brand, competitor nor topic",
        "left out: line 4, entry_id: 'topic:crm' is in line 2 already",
    ]
    shown = answer.stdout.splitlines()
    summary = "watchlist entries, not written: 1 new, 0 changed, 0 as they were, 2 left out"
    assert shown[-1] == summary
    assert (shown[:-1] == ["kind → kind", "name → name"]) is (option == "--dry-run")
    assert list(house.rows()) == []
    assert house.objects() == []


def test_a_broken_row_rejects_itself_alone(target: Target, earshot: Earshot, broken: str) -> None:
    answer = earshot("import", "watchlist", broken, "--yes")
    assert answer.exit_code == ExitCode.PROBLEMS
    assert answer.stdout.startswith("1 watchlist entries imported: 1 new, 0 changed, ")
    assert list(target.accounts.entries()) == [
        WatchlistEntry(entry_id="topic:crm", kind="topic", name="CRM")  # type: ignore[arg-type]
    ]


def test_an_import_of_nothing_but_broken_rows_says_so(
    target: Target, earshot: Earshot, tmp_path: Path
) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text("account_id,name\n" + "1,\n" * 60)
    answer = earshot("import", "accounts", str(file))
    assert answer.exit_code == ExitCode.PROBLEMS
    assert "left out: 10 more: --json lists up to 1,000" in answer.stderr
    assert "nothing was written: no row can be read" in answer.stderr


@pytest.mark.parametrize(("said", "written"), [("n\n", 0), ("y\n", 1)])
def test_somebody_at_a_terminal_sees_what_would_change_and_is_asked(
    target: Target,
    earshot: Earshot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    written: int,
) -> None:
    monkeypatch.setattr("earshot_ops.commands.import_file.is_attended", lambda: True)
    file = tmp_path / "accounts.csv"
    file.write_text("Account Name,Website\nAcme,acme.example\n")
    answer = earshot("import", "accounts", str(file), given=said)
    assert answer.exit_code == ExitCode.OK
    assert "Account Name → name" in answer.stdout
    assert "accounts, not written: 1 new" in answer.stdout
    assert "Write this?" in answer.stderr
    assert len(list(target.accounts.accounts())) == written


@pytest.mark.parametrize("kind", ImportKind)
def test_the_same_file_twice_changes_nothing(
    house: House, earshot: Earshot, kind: ImportKind
) -> None:
    def everything() -> list[str]:
        rows = sorted(json.dumps(row, default=str, sort_keys=True) for row in house.rows())
        return rows + house.objects()

    earshot("import", kind, str(SAMPLE / f"{kind}.csv"))
    before = everything()
    answer = earshot("import", kind, str(SAMPLE / f"{kind}.csv"))
    assert answer.stdout.startswith("nothing to change in ")
    assert everything() == before


def test_rows_that_vanished_are_named_and_kept(
    target: Target, earshot: Earshot, tmp_path: Path
) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text("id,name,employees\n1,Acme,1\n2,Beta,2\n3,Gamma,3\n")
    earshot("import", "accounts", str(file))
    file.write_text("id,name,employees\n1,Acme,1\n3,Gamma,many\n")
    answer = earshot("import", "accounts", str(file))
    assert "no longer in the file, and kept: 2\n" in answer.stderr
    assert "kept: 3" not in answer.stderr
    assert {one.account_id for one in target.accounts.accounts()} == {"1", "2", "3"}


def test_owners_are_found_by_name_or_address_and_duplicates_are_shown(
    target: Target, earshot: Earshot, tmp_path: Path
) -> None:
    earshot("import", "sellers", str(SAMPLE / "sellers.csv"))
    file = tmp_path / "accounts.csv"
    file.write_text(
        "id,name,website,account owner\n"
        "1,Acme GmbH,https://acme.example,nora brandt\n"
        "2,Acme Shops,shop.acme.example,theo.lindqvist@fernwave.example\n"
        "3,ACME,,Some Body\n"
        ",Beta,www.acme.example,\n"
        ",Acme Inc.,,\n"
    )
    answer = earshot("import", "accounts", str(file))
    assert [line for line in answer.stderr.splitlines() if not line.startswith("column")] == [
        "account 3: owner 'Some Body' is no seller, and is left out",
        "likely the same: account 2: acme.example belongs to 1 too",
        "likely the same: account 3: 1 has the same name",
        "left out: line 5, account_id: '1' is in line 2 already",
        (
            "left out: line 6, account_id: is empty, there is no domain, and the name is that of "
            "account '1': give the row an id or a domain"
        ),
    ]
    owners = {one.account_id: one.owner for one in target.accounts.accounts()}
    assert owners == {"1": "nora", "2": "theo", "3": None}


# accounts as people see them


@pytest.fixture
def two(earshot: Earshot, tmp_path: Path) -> str:
    file = tmp_path / "two.csv"
    file.write_text(
        "id,name,website,phone,owner\n"
        "1,Acme,acme.example,+49 30 1,nora\n"
        "2,Acme Shop,shop.example,,\n"
    )
    earshot("import", "sellers", str(SAMPLE / "sellers.csv"))
    earshot("import", "accounts", str(file))
    return str(file)


def test_a_correction_outlives_every_import_until_it_is_withdrawn(
    target: Target, earshot: Earshot, two: str
) -> None:
    answer = earshot("correct", "1", "owner", "Theo Lindqvist")
    assert answer.stdout == "1: owner is theo, says human\n"
    assert earshot("import", "accounts", two).stdout.startswith("nothing to change in accounts")
    found = target.accounts.get("1")
    assert found
    assert found.owner == "theo"
    assert [one.role for one in target.sellers.candidates(found, [], None)] == ["owner"]
    assert earshot("correct", "1", "owner", "--withdraw").stdout == "1: owner is nora, says crm\n"
    gone = earshot("correct", "2", "phone", "--withdraw")
    assert gone.stdout == "2: nobody says anything of phone\n"


@pytest.mark.parametrize(
    ("words", "sentence", "code"),
    [
        (("1", "colour", "red"), "there is no field 'colour'", ExitCode.USAGE),
        (("1", "employees", "many"), "'many' is no whole number", ExitCode.USAGE),
        (("1", "owner", "nobody"), "there is no seller 'nobody'", ExitCode.USAGE),
        (("1", "phone", "n/a"), "the value says nothing", ExitCode.USAGE),
        (("1", "phone"), "give either a VALUE or --withdraw", ExitCode.USAGE),
        (("9", "phone", "1"), "there is no account '9'", ExitCode.PROBLEMS),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    earshot: Earshot, words: tuple[str, ...], sentence: str, code: ExitCode
) -> None:
    answer = earshot("correct", *words)
    assert answer.exit_code == code
    assert sentence in " ".join(answer.stderr.replace("│", " ").split())


def test_two_accounts_are_merged_and_taken_apart_again(
    house: House, target: Target, earshot: Earshot, two: str
) -> None:
    before = {one.account_id: one for one in target.accounts.accounts()}
    answer = earshot("merge", "1", "2")
    assert answer.stdout == "2 is shown with 1, as Acme\n"
    (merged,) = target.accounts.accounts()
    assert (merged.aliases, merged.domains) == (("Acme Shop",), ("acme.example", "shop.example"))
    target.accounts.put_contacts([Contact(contact_id="c", name="C", account_id="2")])
    assert [one.account_id for one in target.accounts.contacts()] == ["1"]
    assert earshot("import", "accounts", two).stdout.startswith("nothing to change in accounts")
    assert earshot("merge", "2", "1").exit_code == ExitCode.PROBLEMS
    answer = earshot("unmerge", "2")
    assert answer.stdout == "2 is an account of its own again: Acme Shop\n"
    assert {one.account_id: one for one in target.accounts.accounts()} == before
    assert [one.account_id for one in target.accounts.contacts()] == ["2"]
    again = earshot("unmerge", "2")
    assert again.exit_code == ExitCode.PROBLEMS
    assert "'2' is merged into no account" in again.stderr
    assert [entry["payload"] for entry in journal(house, "merge")] == [{"kept": "1", "gone": "2"}]


def test_an_export_holds_no_formula_and_is_imported_as_it_was(
    target: Target, earshot: Earshot, two: str, tmp_path: Path
) -> None:
    earshot("correct", "1", "description", "=HYPERLINK(1)")
    file = tmp_path / "export.csv"
    answer = earshot("export", "accounts", str(file), "--json")
    assert json.loads(answer.stdout)["rows"] == 2
    written = file.read_text("utf-8-sig")
    assert "'+49 30 1" in written
    assert "'=HYPERLINK(1)" in written
    before = list(target.accounts.accounts())
    assert earshot("import", "accounts", str(file)).exit_code == ExitCode.OK
    assert list(target.accounts.accounts()) == before
    assert earshot("export", "sellers", str(file)).exit_code == ExitCode.USAGE


# connect


def test_a_platform_is_connected_with_a_secret_that_was_made_here(
    house: House, target: Target, earshot: Earshot
) -> None:
    answer = earshot("connect", "generic", "--connection", "forum", "--generate", "--json")
    told = json.loads(answer.stdout)
    assert told["url"] == "https://api.example/test/hooks/generic/forum"
    assert target.secrets.secrets("generic", "forum") == (told["secret"].encode(),)
    made = target.connections.get("generic", "forum")
    assert made.data_class == catalog.listing("generic").data_class
    assert [entry["payload"]["connection_id"] for entry in journal(house, "connection")] == [
        "forum"
    ]
    assert house.places_with(told["secret"]) == []


def test_a_new_secret_is_taken_beside_the_former_one_until_it_is_replaced(
    target: Target, earshot: Earshot, tmp_path: Path
) -> None:
    first, second, third = (f"a-secret-of-github-{number}" for number in (1, 2, 3))
    assert "former" not in earshot("connect", "github", given=f"{first}\n").stderr
    created_at = target.connections.get("github", "main").created_at
    assert "still taken" in earshot("connect", "github", given=second).stderr
    assert target.secrets.secrets("github", "main") == (second.encode(), first.encode())
    again = earshot("connect", "github", "--json", given=second)
    assert json.loads(again.stdout)["former_secret_valid"] is True
    file = tmp_path / "secret"
    file.write_text(f"{third}\n")
    answer = earshot("connect", "github", "--secret-file", str(file), "--replace")
    assert third not in answer.output
    assert target.secrets.secrets("github", "main") == (third.encode(),)
    assert target.connections.get("github", "main").created_at == created_at


def test_a_feed_is_connected_by_its_address_and_keeps_its_cursor(
    target: Target, earshot: Earshot
) -> None:
    url = "https://news.example/feed.xml"
    assert url in earshot("connect", "rss", "--url", url).stdout
    made = target.connections.get("rss", "news-example")
    assert target.connections.save_cursor(made, {"url": url, "etag": '"1"'}, at=datetime.now(UTC))
    earshot("connect", "rss", "--url", url)
    found = target.connections.get("rss", "news-example")
    assert (found.url, found.cursor["etag"]) == (url, '"1"')


def test_a_connection_is_learned_from_once_the_operator_says_so_and_stays_so(
    target: Target, earshot: Earshot
) -> None:
    url = "https://news.example/feed.xml"
    purposes: list[str] = []
    for options in ((), ("--purpose", "analytic"), ()):
        earshot("connect", "rss", "--url", url, *options)
        purposes.append(target.connections.get("rss", "news-example").purpose)
    assert purposes == ["operational", "analytic", "analytic"]


# erase


def test_a_post_is_erased_everywhere_and_cannot_be_erased_twice(
    house: House, earshot: Earshot
) -> None:
    house.furnish()
    house.deliver(entry(1, LEAVING))
    house.run()
    answer = earshot("erase", "--post", "https://forum.example/t/1", "--yes", "--json")
    told = json.loads(answer.stdout)
    assert told["erased"] == ["generic:p1"]
    assert (told["raw_deliveries"], told["signals"], told["mails_stopped"]) == (1, 1, 1)
    assert house.places_with("leaving RivalCRM") == []
    assert earshot("why", "generic:p1").exit_code == ExitCode.PROBLEMS
    again = earshot("erase", "--post", "generic:p1", "--yes")
    assert again.exit_code == ExitCode.PROBLEMS
    assert "nothing of it was here; it is refused from now on" in again.stderr


def test_a_person_is_erased_after_a_question(house: House, earshot: Earshot) -> None:
    house.furnish()
    house.deliver(entry(1, LEAVING))
    house.run()
    asked = earshot("erase", "--person", "generic:u1", given="n\n")
    assert asked.exit_code == ExitCode.PROBLEMS
    assert "Erase 1 posts of generic:u1 from stage test, for good?" in asked.stderr
    assert house.places_with("leaving RivalCRM") != []
    answered = earshot("erase", "--person", "generic:u1", given="y\n")
    assert answered.exit_code == ExitCode.OK
    assert "erased generic:p1" in answered.stdout
    house.deliver(entry(1, LEAVING, id="p7", url="https://forum.example/t/7"))
    house.run()
    assert earshot("why", "generic:p7").exit_code == ExitCode.PROBLEMS


def test_a_mail_that_was_sent_is_told_because_it_cannot_be_erased(
    house: House, target: Target, earshot: Earshot
) -> None:
    house.furnish()
    house.deliver(entry(1, LEAVING))
    house.run()
    guards = GuardStore(target.table).of_post("generic", "p1")
    (alert_id,) = filter(None, (guard.alert_id for guard in guards))
    assert target.outbox.settle(alert_id, "message-1", datetime.now(UTC))
    assert "mail SENT" in earshot("why", "generic:p1").stdout
    answer = earshot("erase", "--post", "generic:p1", "--yes")
    assert "1 mails about it were sent before" in answer.stderr


def test_an_address_that_names_no_post_erases_nothing(house: House, earshot: Earshot) -> None:
    answer = earshot("erase", "--post", "https://forum.example/t/404", "--yes")
    assert answer.exit_code == ExitCode.PROBLEMS
    assert "no post is known by that address" in answer.stderr
    assert list(house.rows()) == []


# observe, go-live


def test_a_deployment_observes_until_it_goes_live(
    house: House, target: Target, earshot: Earshot
) -> None:
    answer = earshot("observe", "--operator", "ops@x.example")
    assert answer.stdout == "observing: mails go to ops@x.example only\n"
    assert target.config.get() == Config(live=False, operator_email="ops@x.example")
    assert json.loads(earshot("go-live", "--json").stdout) == {"live": True}
    assert target.config.get() == Config(live=True, operator_email="ops@x.example")
    assert earshot("go-live").stdout == "live: mails go to the sellers\n"
    entries = journal(house, "mode")
    assert sorted(entry["payload"]["live"] for entry in entries) == [False, True, True]
    assert "@" not in json.dumps(entries)


# Against a deployed stage


@pytest.fixture
def on_stack(stack: Stack) -> Earshot:
    return commands_on(Target("local", stack.aws.access))


def test_the_printed_address_and_secret_are_all_that_a_platform_needs(
    stack: Stack, on_stack: Earshot
) -> None:
    told = json.loads(
        on_stack("connect", "github", "--connection", "cli", "--generate", "--json").stdout
    )
    body = {"zen": "Keep it simple"}
    ping = post_office.github("cli", told["secret"].encode(), body, event="ping")
    base = told["url"].removesuffix("/hooks/github/cli")
    assert base == stack.deployed.api_url.rstrip("/")
    assert post_office.post(f"{base}/", ping) in {200, 202}
    assert post_office.post(f"{base}/", post_office.forged(ping)) == 401


def test_the_doctor_says_what_is_wrong_and_what_to_do(stack: Stack, on_stack: Earshot) -> None:
    dlq = stack.deployed.outputs["DeliveriesDlqUrl"]
    sqs = stack.client("sqs")
    sqs.send_message(QueueUrl=dlq, MessageBody="{}")
    try:
        answer, words = on_stack("doctor", "--json"), on_stack("doctor")
    finally:
        sqs.purge_queue(QueueUrl=dlq)
    told = json.loads(answer.stdout)
    assert (answer.exit_code, told["ok"]) == (ExitCode.PROBLEMS, False)
    levels = {check["what"]: check["level"] for check in told["checks"]}
    assert levels["stack earshot-local-alerts"] == "ok"
    assert levels["queue deliveries-dlq"] == "fail"
    assert levels["alarms"] == "ok"
    assert all(check["advice"] for check in told["checks"] if check["level"] != "ok")
    assert "SES" not in levels
    assert words.exit_code == ExitCode.PROBLEMS
    assert "fail queue deliveries-dlq: 1 messages\n     earshot letters; see the" in words.stdout


def test_a_stage_that_is_not_deployed_is_told_plainly(stack: Stack) -> None:
    asked = (["doctor"], ["why", "generic:p1"], ["explain", "generic:p1"], ["account", "acme"])
    for command in asked:
        words = [*command, "--stage", "nowhere", "--endpoint-url", stack.aws.endpoint]
        answer = CliRunner().invoke(app, words)
        assert answer.exit_code == ExitCode.UNREACHABLE
        assert "the stage 'nowhere' is not deployed there" in answer.stderr
