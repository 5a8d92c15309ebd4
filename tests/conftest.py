"""Fixtures that need an AWS: nothing starts before a test asks, and all ends with the run."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from earshot import settings as environment_settings
from earshot.aws import clients
from earshot_ops import deployment
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.deployment import Deployed
from earshot_ops.embedded_aws import EmbeddedAws
from earshot_ops.loopback import free_port
from tests.standin import StandIn

MAIL_FROM = "alerts@earshot.example"

# An error with a path in it breaks nowhere, however deep the path of this run's files is.
os.environ["COLUMNS"] = "250"


@dataclass(frozen=True)
class Stack:
    """The local stage, deployed with every role policy enforced. ``aws.stop()`` and
    ``aws.start()`` keep its state. Lambdas may fetch from 127.0.0.1:``feed_port``."""

    aws: EmbeddedAws
    deployed: Deployed
    feed_port: int

    def client(self, service: str) -> Any:
        return self.aws.client(service)

    @property
    def environment(self) -> dict[str, str]:
        """For a process that uses `earshot.settings` and boto3."""
        return {**self.aws.environment, **self.deployed.settings}


@contextmanager
def _folder(name: str) -> Iterator[Path]:
    """One of this process alone; what remains of it are ministack's log and the calls of Lambdas,
    for who asks why."""
    folder = ROOT / "build/tests" / f"{name}-{os.getpid()}"
    yield folder
    for file, kept in (("ministack.log", f"{name}.log"), ("calls.jsonl", f"{name}.calls.jsonl")):
        if (folder / file).exists():
            (folder / file).replace(folder.parent / kept)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def embedded_aws() -> Iterator[EmbeddedAws]:
    """An empty embedded AWS shared by the run: name what you make after your test."""
    with _folder("integration") as folder, EmbeddedAws(folder) as aws:
        yield aws


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """What goes to production, deployed to an embedded AWS of its own."""
    feed_port = free_port()
    choices = deployment.Choices(
        mail_from=MAIL_FROM, loopback_hosts=f"127.0.0.1:{feed_port},localhost:{feed_port}"
    )
    with (
        _folder("stack") as folder,
        EmbeddedAws(folder, enforce_policies=True, keep_state=True, record_calls=True) as aws,
    ):
        made = deployment.deploy("local", aws.access, choices, say=lambda _: None)
        yield Stack(aws=aws, deployed=made, feed_port=feed_port)


@pytest.fixture
def aws_environment(
    embedded_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
) -> Iterator[EmbeddedAws]:
    """`earshot.aws.clients` talk to the embedded AWS for one test."""
    _enter(embedded_aws.environment, monkeypatch)
    yield embedded_aws
    forget_clients()


@pytest.fixture
def standin_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """`earshot.aws.clients` talk to an AWS in this process, for one test that needs no network."""
    standin = StandIn()
    _enter(standin.environment, monkeypatch)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", standin.session)
    yield standin
    forget_clients()


@pytest.fixture
def stack_environment(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """`earshot.settings` and `earshot.aws.clients` mean the deployed stage for one test."""
    _enter(stack.environment, monkeypatch)
    yield stack
    forget_clients()


def _enter(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("AWS_", "EARSHOT_"))]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    forget_clients()


def forget_clients() -> None:
    """Clients and settings are cached for the life of a container; a test is shorter."""
    environment_settings.settings.cache_clear()
    for made in vars(clients).values():
        if forget := getattr(made, "cache_clear", None):
            forget()
