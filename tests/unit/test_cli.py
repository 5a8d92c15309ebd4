"""What the command line answers before, or without, an AWS."""

from pathlib import Path
from typing import Any

import pytest
import typer
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from typer.testing import CliRunner, Result

from earshot.errors import BusyError
from earshot_ops import local_endpoint
from earshot_ops.cli import app
from earshot_ops.commands import screen
from earshot_ops.commands.exits import ExitCode, Expected, explain
from earshot_ops.commands.on_target import on_target
from earshot_ops.errors import EmbeddedAwsError, StackError
from earshot_ops.local_endpoint import LocalEndpoint
from earshot_ops.target import Target, open_target

COMMANDS = (
    "import",
    "export",
    "correct",
    "merge",
    "unmerge",
    "connect",
    "why",
    "explain",
    "account",
    "plays",
    "weights",
    "learned",
    "erase",
    "doctor",
    "go-live",
    "observe",
)
NOBODY = "http://127.0.0.1:9"


class Unreachable:
    """Where a command that should not ask AWS gets nothing from."""

    endpoint = NOBODY

    def client(self, service: str) -> Any:
        raise AssertionError(f"asked for {service}")

    resource = client


def run(*words: str, given: str | None = None) -> Result:
    target = Target("local", Unreachable())  # type: ignore[arg-type]
    return CliRunner().invoke(app, words, input=given, obj=target)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example_the_options_and_the_exit_codes(
    command: str,
) -> None:
    shown = CliRunner().invoke(app, [command, "--help"], terminal_width=200)
    assert shown.exit_code == ExitCode.OK
    for words in (f"earshot {command} ", "Exit codes: 0 done", "--stage", "--profile", "--json"):
        assert words in shown.output or f"{words.strip()}\n" in shown.output


def test_the_help_lists_every_command() -> None:
    shown = CliRunner().invoke(app, ["--help"])
    assert all(command in shown.output for command in COMMANDS)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["why"], "Missing argument 'POST'"),
        (["explain"], "Missing argument 'POST'"),
        (["account"], "Missing argument 'NAME'"),
        (["import", "robots", "x.csv"], "robots"),
        (["import", "accounts", "no-such.csv"], "does not exist"),
        (["erase"], "give either --post or --person"),
        (["erase", "--post", "github:1", "--person", "github:1"], "give either"),
        (["erase", "--person", "octocat"], "--person wants source:id"),
        (["connect", "myspace"], "there is no source 'myspace'"),
        (["connect", "rss"], "rss needs --url"),
        (["connect", "github", "--connection", "A b"], "is no name"),
        (["observe"], "--operator"),
        (["observe", "--operator", "nobody"], "is no e-mail address"),
    ],
)
def test_wrong_usage_is_answered_in_a_sentence(words: list[str], sentence: str) -> None:
    answer = run(*words)
    assert answer.exit_code == ExitCode.USAGE
    assert sentence in " ".join(answer.stderr.replace("│", " ").split())
    assert "Traceback" not in answer.output


def test_a_secret_that_cannot_work_is_refused_before_anything_is_written() -> None:
    answer = run("connect", "github", given="too-short\n")
    assert answer.exit_code == ExitCode.USAGE
    assert "shorter than 16 characters" in answer.stderr
    assert "too-short" not in answer.output


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "the file is empty"),
        ("account_id,colour\n1,red\n", "the header has no name; known columns are account_id,"),
    ],
)
def test_a_file_without_a_table_is_refused_before_aws_is_asked(
    tmp_path: Path, content: str, sentence: str
) -> None:
    file = tmp_path / "accounts.csv"
    file.write_text(content)
    answer = run("import", "accounts", str(file))
    assert answer.exit_code == ExitCode.PROBLEMS
    assert answer.stderr.startswith(f"earshot: {sentence}")


def test_a_stack_that_does_not_run_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(local_endpoint, "PATH", tmp_path / "none.json")
    answer = CliRunner().invoke(app, ["why", "generic:1"])
    assert answer.exit_code == ExitCode.UNREACHABLE
    assert "no local stack is running; start one with: make dev" in answer.stderr


def test_a_local_stack_is_found_by_the_file_it_left(tmp_path: Path) -> None:
    file = tmp_path / "dev/endpoint.json"
    LocalEndpoint(endpoint_url=NOBODY, access_key="a", secret_key="b").save(file)
    found = local_endpoint.find(path=file)
    assert found.access.endpoint == NOBODY
    assert found.access.environment["AWS_ACCESS_KEY_ID"] == "a"
    file.write_text("{")
    with pytest.raises(EmbeddedAwsError, match="cannot be read"):
        local_endpoint.find(path=file)


def test_a_stage_in_aws_is_reached_by_the_users_own_profile() -> None:
    target = open_target("prod", profile="sales", region="eu-central-1", endpoint_url=None)
    assert (target.access.endpoint, target.access.profile) == (None, "sales")
    embedded = open_target("prod", profile=None, region=None, endpoint_url=f"{NOBODY}/")
    assert embedded.access.endpoint == NOBODY


def refused(operation: str, code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "secret words"}}, operation)


def caused_by(cause: Exception) -> StackError:
    error = StackError("earshot-prod-data: long words")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "sentence", "code"),
    [
        (
            caused_by(refused("DescribeStacks", "ValidationError")),
            "the stage 'prod' is not deployed there; deploy it with: make deploy STAGE=prod",
            3,
        ),
        (refused("GetItem", "AccessDenied"), "AWS refused GetItem: AccessDenied", 3),
        (
            refused("GetItem", "ExpiredToken"),
            "AWS refuses these credentials (ExpiredToken); sign in again or name a --profile",
            3,
        ),
        (NoCredentialsError(), "AWS cannot be reached: Unable to locate credentials", 3),
        (caused_by(BotoCoreError()), "AWS cannot be reached: An unspecified error occurred", 3),
        (StackError("broken"), "broken", 3),
        (EmbeddedAwsError("not running"), "not running", 3),
        (BusyError("s1"), "s1", 1),
        (PermissionError(), "PermissionError", 1),
    ],
)
def test_what_fails_is_one_plain_sentence(error: Expected, sentence: str, code: int) -> None:
    assert explain(error, "prod") == (sentence, code)


def test_a_failure_in_a_command_becomes_its_sentence_and_exit_code() -> None:
    @on_target
    def failing(_target: Target) -> ExitCode:
        raise refused("GetItem", "[bold]Odd\x1b[31m")

    single = typer.Typer()
    single.command()(failing)
    answer = CliRunner().invoke(single, ["--endpoint-url", NOBODY])
    assert answer.exit_code == ExitCode.UNREACHABLE
    assert answer.stderr.strip() == "earshot: AWS refused GetItem: [bold]Odd[31m"


def test_words_from_elsewhere_control_neither_markup_nor_terminal() -> None:
    assert screen.safe("[red]a\x1b[2Jb\u202e\nc\x00") == "\\[red]a[2Jb c"
