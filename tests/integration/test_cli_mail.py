"""`earshot mail` over a real table and bucket."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from typer.testing import CliRunner

from earshot.aws import keys
from earshot.aws.config_store import Config
from earshot.domain.mail_health import MailFigures
from earshot_ops.aws_access import AwsAccess
from earshot_ops.checks import mail
from earshot_ops.cli import app
from earshot_ops.commands.exits import ExitCode
from earshot_ops.target import Target
from tests import examples
from tests.house import House
from tests.house_target import Earshot

ANNA = examples.seller("anna").email


@pytest.fixture
def target(target: Target) -> Target:
    target.sellers.put(examples.seller("anna"))
    target.sellers.put(examples.seller("ben"))
    return target


def state(earshot: Earshot, *words: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(earshot("mail", *words, "--json").stdout)
    return told


def journalled(house: House) -> list[str]:
    found = house.s3.list_objects_v2(Bucket=house.bucket, Prefix="journal/").get("Contents", [])
    bodies = [house.s3.get_object(Bucket=house.bucket, Key=one["Key"])["Body"] for one in found]
    entries = [json.loads(body.read()) for body in bodies]
    assert "@" not in json.dumps(entries)
    return sorted(entry["payload"]["change"] for entry in entries if entry["kind"] == "mail")


def test_a_pause_ends_when_the_operator_says_so_and_counts_anew(
    house: House, target: Target, earshot: Earshot
) -> None:
    now = datetime.now(UTC)
    for moment in (now, now - timedelta(days=1)):
        day = keys.mail_figures(moment.date().isoformat())
        house.table.put_item(Item={**day, "sent": 400, "bounced": 20, "complained": 1})
    target.config.put(Config(live=True))
    target.config.pause("bounces", now, seen=target.config.get())
    told = earshot("mail").stdout
    assert told.startswith("paused since ")
    assert "bounces\nat most 10 mails a second\n" in told
    assert "800 mails in 7 days: 40 bounced (5.00 %), 2 complained about (0.25 %)" in told
    (found,) = mail.check_flow(target)
    assert (found.level, found.what) == ("fail", "mail")
    assert "is paused since" in found.detail
    assert "(bounces)" in found.detail
    answer = earshot("mail", "--resume")
    assert (answer.exit_code, answer.stdout.splitlines()[0]) == (ExitCode.OK, "mail flows")
    assert "0 mails in 7 days: 0 bounced, 0 complained about" in answer.stdout
    config = target.config.get()
    assert (config.live, config.mail_paused_at) == (True, None)
    assert target.mail_health.figures(datetime.now(UTC), None) == MailFigures(
        sent=800, bounced=40, complained=2
    )
    (found,) = mail.check_flow(target)
    assert (found.level, found.detail[:5]) == ("ok", "flows")
    today = keys.mail_figures(now.date().isoformat())
    house.table.update_item(
        Key=today, UpdateExpression="ADD sent :one", ExpressionAttributeValues={":one": 1}
    )
    again = earshot("mail", "--resume")
    assert "1 mails in 7 days" in again.stdout
    assert (again.exit_code, again.stderr) == (ExitCode.PROBLEMS, "mail is not paused\n")
    assert journalled(house) == ["resume"]


def test_the_operator_pauses_by_hand_and_observing_ends_no_pause(
    house: House, target: Target, earshot: Earshot
) -> None:
    told = state(earshot, "--pause")
    assert (told["paused"], told["mail_paused_reason"]) == (True, "operator")
    assert earshot("mail", "--pause").exit_code == ExitCode.PROBLEMS
    assert earshot("observe", "--operator", "ops@x.example").exit_code == ExitCode.OK
    assert earshot("go-live").exit_code == ExitCode.OK
    assert state(earshot)["paused"]
    assert target.config.get().live
    assert journalled(house) == ["pause"]


def test_the_suppressed_are_told_by_their_ids_and_taken_off_the_list(
    house: House, target: Target, earshot: Earshot
) -> None:
    assert state(earshot)["suppressed"] == []
    assert [one.level for one in mail.check_suppressed(target)] == ["ok"]
    (one,) = state(earshot, "--suppress", ANNA.upper())["suppressed"]
    assert (one["seller_id"], one["reason"]) == ("anna", "operator")
    told = earshot("mail").stdout
    assert "suppressed anna: operator, 20" in told
    assert "@" not in told
    (found,) = mail.check_suppressed(target)
    assert (found.level, found.detail) == ("warn", "1 of 2 sellers get no mail")
    again = earshot("mail", "--suppress", ANNA)
    assert (again.exit_code, again.stderr) == (ExitCode.PROBLEMS, "it is on the list already\n")
    assert earshot("mail", "--unsuppress", ANNA).exit_code == ExitCode.OK
    absent = earshot("mail", "--unsuppress", ANNA)
    assert (absent.exit_code, absent.stderr) == (ExitCode.PROBLEMS, "it is not on the list\n")
    assert state(earshot)["suppressed"] == []
    assert journalled(house) == ["suppress", "unsuppress"]


class Account:
    """Not the embedded AWS, as far as commands can see; its SES has one address on its list."""

    endpoint = None

    def __init__(self, access: AwsAccess) -> None:
        self.resource, self._client = access.resource, access.client
        self.listed = {ANNA}

    def client(self, service: str) -> Any:
        return self if service == "sesv2" else self._client(service)

    @property
    def exceptions(self) -> Any:
        return SimpleNamespace(NotFoundException=KeyError)

    def delete_suppressed_destination(self, *, EmailAddress: str) -> None:  # noqa: N803 (AWS's)
        self.listed.remove(EmailAddress)


def test_in_aws_an_address_comes_off_the_list_of_ses_too(target: Target) -> None:
    account = Account(target.access)
    there = Target("test", cast(Any, account), target.known)
    words = ["mail", "--unsuppress", ANNA]
    there.mail_health.suppress(ANNA, "bounced", examples.NOON)
    for exit_code in (ExitCode.OK, ExitCode.PROBLEMS):
        answer = CliRunner().invoke(app, words, obj=there, catch_exceptions=False)
        assert answer.exit_code == exit_code
        assert account.listed == set()
        assert not there.mail_health.is_suppressed(ANNA)
    account.listed.add(ANNA)
    answer = CliRunner().invoke(app, words, obj=there, catch_exceptions=False)
    assert (answer.exit_code, account.listed) == (ExitCode.OK, set())


def test_a_suppressed_operator_is_told_while_observing(target: Target, earshot: Earshot) -> None:
    target.config.observe("ops@x.example")
    (one,) = state(earshot, "--suppress", "ops@x.example")["suppressed"]
    assert one["seller_id"] == "the operator"


def test_the_rate_is_set_and_shown(target: Target, earshot: Earshot) -> None:
    assert state(earshot, "--rate", "14")["mails_per_second"] == 14
    assert target.config.get().mails_per_second == 14


@pytest.mark.parametrize(
    "words",
    [
        ("--resume", "--pause"),
        ("--rate", "0"),
        ("--suppress", "no address"),
        ("--pause", "--suppress", "a@b.example"),
    ],
)
def test_what_cannot_be_meant_changes_nothing(
    target: Target, earshot: Earshot, words: tuple[str, ...]
) -> None:
    assert earshot("mail", *words).exit_code == ExitCode.USAGE
    assert target.config.get() == Config()
