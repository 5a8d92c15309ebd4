"""Set up, send, wait, look, and say whether it all came true."""

import secrets
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from earshot_ops import deployment
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.demo import drain, mails, post_office, scenario, sellers
from earshot_ops.demo.feed import Feed
from earshot_ops.demo.operator_commands import Operator
from earshot_ops.embedded_aws import EmbeddedAws
from earshot_ops.errors import OperationError
from earshot_ops.local_endpoint import LocalEndpoint
from earshot_ops.target import Target

STAGE = "local"
SAMPLE = ROOT / "infra/sample"
MAIL_FROM = "alerts@earshot.example"
OPERATOR = "operator@seller.example"


@dataclass
class Progress:
    """One line per step, with the seconds since the start; on standard error, so that what is
    printed on standard output is the result."""

    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))
    started: float = field(default_factory=time.monotonic)

    def say(self, sentence: str) -> None:
        self.console.print(
            f"[dim]{time.monotonic() - self.started:5.0f} s[/dim]  {sentence}", soft_wrap=True
        )


@dataclass(frozen=True)
class Secrets:
    github: bytes
    forum: bytes


def make_secrets() -> Secrets:
    forum = b"whsec_" + b64encode(secrets.token_bytes(24))
    return Secrets(github=secrets.token_hex(20).encode(), forum=forum)


def set_up(aws: EmbeddedAws, feed: Feed, say: Callable[[str], None]) -> Target:
    """Deploys the production templates and returns the stage."""
    identity = MAIL_FROM.rpartition("@")[2]
    aws.client("sesv2").create_email_identity(EmailIdentity=identity)
    choices = deployment.Choices(mail_from=MAIL_FROM, loopback_hosts=feed.host)
    made = deployment.deploy(STAGE, aws.access, choices, say=say)
    target = Target(STAGE, aws.access)
    LocalEndpoint(endpoint_url=aws.endpoint, api_url=made.api_url).save(
        aws.folder / "endpoint.json"
    )
    return target


def configure(operator: Operator, feed: Feed, keys: Secrets, *, say: Callable[[str], None]) -> None:
    """What an operator does once: import, connect, go live."""
    for kind in ("sellers", "accounts", "contacts", "watchlist"):
        say(f"earshot import {kind} infra/sample/{kind}.csv")
        operator.run("import", kind, str(SAMPLE / f"{kind}.csv"))
    say("earshot import plays infra/sample/plays")
    operator.run("import", "plays", str(SAMPLE / "plays"))
    say("earshot connect github, generic, rss")
    connecting = ("connect", "github", "--connection", scenario.GITHUB)
    operator.run(*connecting, secret=keys.github.decode())
    connecting = ("connect", "generic", "--connection", scenario.FORUM)
    operator.run(*connecting, secret=keys.forum.decode())
    operator.run("connect", "rss", "--connection", scenario.NEWS, "--url", feed.url)
    operator.run("observe", "--operator", OPERATOR)
    operator.run("go-live")


def send(target: Target, keys: Secrets, now: datetime, *, say: Callable[[str], None]) -> None:
    """The deliveries of the scenario that come first; ``OperationError`` on an unexpected
    answer."""
    say("sending signed deliveries of GitHub and of a forum over HTTP")
    _post(target, scenario.steps(keys.github, keys.forum, now))
    say("polling the news feed")
    drain.invoke(target, "poll_sources")
    say("waiting until the queues are empty and the mails are out")
    drain.drained(target)


def go_on(target: Target, keys: Secrets, now: datetime, *, say: Callable[[str], None]) -> None:
    """Sellers act from their mails, and more is said."""
    sellers.act(mails.sent(target.access.endpoint or ""), say)
    say("more is said about Northwind, and somebody else asks for an alternative to RivalCRM")
    _post(target, scenario.later_steps(keys.github, keys.forum, now))
    drain.drained(target)


def digest(target: Target, *, say: Callable[[str], None]) -> None:
    """The digests' hour is moved to a few minutes ago, for whoever works at this hour."""
    say("sending the digests")
    sellers.expect_digests(target, datetime.now(UTC))
    drain.invoke(target, "send_digests")
    drain.drained(target)


def _post(target: Target, steps: Iterable[scenario.Step]) -> None:
    for step in steps:
        for _ in range(step.times):
            status = post_office.post(target.deployed.api_url, step.envelope)
            if status != step.expects:
                raise OperationError(
                    f"a delivery to {step.envelope.connection} was answered {status} where "
                    f"{step.expects} was expected"
                )


def invitation(target: Target, aws: EmbeddedAws) -> Iterator[str]:
    """What somebody who stays may do next."""
    for path in (f"github/{scenario.GITHUB}", f"generic/{scenario.FORUM}"):
        yield f"post to {target.deployed.api_url}hooks/{path}"
    yield "a new secret to sign with: .venv/bin/earshot connect github --generate"
    yield f"what was understood: .venv/bin/earshot explain {scenario.POSTS[0]}"
    yield "all about an account: .venv/bin/earshot account northwind"
    yield f"what was mailed: {aws.endpoint}/_ministack/ses/messages"
    yield "Ctrl-C ends it; the state stays in build/dev"


def erase(operator: Operator, say: Callable[[str], None]) -> None:
    say(f"earshot erase --post {scenario.ERASED_URL}")
    operator.run("erase", "--post", scenario.ERASED_URL, "--yes")


def save_mails(aws: EmbeddedAws, folder: Path) -> list[mails.SentMail]:
    found = mails.sent(aws.endpoint)
    mails.save(found, folder)
    return found
