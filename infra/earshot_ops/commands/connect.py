"""`earshot connect`: a platform or feed that we listen to."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from earshot.aws.keys import timestamp
from earshot.domain.models import Connection, Purpose
from earshot.errors import SecretMissingError, UnknownConnectionError
from earshot.sources import catalog
from earshot_ops import connecting
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.screen import note, print_json, safe, say
from earshot_ops.target import Target

Source = Annotated[
    str, typer.Argument(help="github, generic or rss.", show_default=False, metavar="SOURCE")
]
Name = Annotated[
    str | None,
    typer.Option("--connection", help="Its name, a part of its URL; else main, or a feed's host."),
]
Url = Annotated[str | None, typer.Option(help="The address of a feed.")]
SecretFile = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, readable=True, help="A file with the secret."),
]
Generate = Annotated[bool, typer.Option("--generate", help="Make the secret, and print it once.")]
Replace = Annotated[
    bool,
    typer.Option("--replace", help="Refuse the former secret at once; else both are taken."),
]

WhatFor = Annotated[
    Purpose | None,
    typer.Option(
        "--purpose",
        help="analytic: what sellers click on its posts may be learned from.",
        show_default=False,
    ),
]


@on_target
def connect(
    target: Target,
    source: Source,
    *,
    connection: Name = None,
    url: Url = None,
    secret_file: SecretFile = None,
    generate: Generate = False,
    replace: Replace = False,
    purpose: WhatFor = None,
    as_json: AsJson = False,
) -> ExitCode:
    """Connect a platform that posts to us (github, generic), or a feed that we fetch (rss).

    The secret comes from --secret-file, from standard input or a hidden prompt, or is made by
    --generate. Connecting again gives a new secret, and the former one stays valid beside it.

    [bold]Examples[/bold]

      earshot connect github --generate

      earshot connect generic --connection forum --secret-file forum.secret --stage prod

      earshot connect rss --url https://news.example/feed.xml
    """
    connecting.check_source(source)
    connecting.check_address(source, url)
    name = connecting.name_of(source, connection, url)
    answer: dict[str, Any] = {"source": source, "connection": name, "url": url}
    is_webhook = source in catalog.WEBHOOKS
    secret = _secret(source, secret_file, generate=generate) if is_webhook else ""
    made = _connection(target, source, name).model_copy(update={"url": url})
    if purpose:
        made = made.model_copy(update={"purpose": purpose})
    if is_webhook:
        answer["former_secret_valid"] = _keep(target, made, secret, replace=replace)
        answer["url"] = f"{target.deployed.api_url.rstrip('/')}/hooks/{source}/{name}"
        if generate:
            answer["secret"] = secret
    _put(target, made)
    if as_json:
        print_json(answer)
    else:
        _tell(answer)
    return ExitCode.OK


def _secret(source: str, secret_file: Path | None, *, generate: bool) -> str:
    if generate:
        return connecting.generate(source)
    if secret_file:
        given = secret_file.read_text(encoding="utf-8")
    elif sys.stdin.isatty():
        given = typer.prompt(f"Secret of {source}", hide_input=True, err=True)
    else:
        given = sys.stdin.readline()
    return connecting.check_secret(source, given)


def _connection(target: Target, source: str, name: str) -> Connection:
    """As it is, or as one of the source begins."""
    try:
        return target.connections.get(source, name)
    except UnknownConnectionError:
        defaults = catalog.listing(source)
        return Connection(
            source=source,
            connection_id=name,
            data_class=defaults.data_class,
            purpose=defaults.purpose,
            keep_hours=defaults.keep_hours,
            created_at=datetime.now(UTC),
        )


def _keep(target: Target, made: Connection, secret: str, *, replace: bool) -> bool:
    """Whether a former secret stays valid."""
    store, place = target.secrets, (made.source, made.connection_id)
    try:
        former = store.secrets(*place, max_age=0)
    except SecretMissingError:
        former = ()
    if replace or not former:
        store.put(*place, secret)
        return False
    if former[0] == secret.encode():
        return len(former) > 1
    store.rotate(*place, secret)
    return True


def _put(target: Target, made: Connection) -> None:
    """Written after its secret: a connection without one would answer 503. The cursor tells its
    address itself, so that of another feed does no harm."""
    target.connections.put(made)
    now = datetime.now(UTC)
    target.journal.append(
        "connection",
        now,
        f"{made.source}-{made.connection_id}-{timestamp(now)}",
        payload=made.model_dump(mode="json", exclude={"cursor"}),
    )


def _tell(answer: dict[str, Any]) -> None:
    polled = answer["source"] in catalog.POLLED
    say(f"[bold]{answer['source']}/{answer['connection']}[/bold] is connected")
    say(f"{'fetched from' if polled else 'post to'}: {safe(answer['url'])}")
    if "secret" in answer:
        say(f"secret, shown this once: {safe(answer['secret'])}")
    if answer.get("former_secret_valid"):
        note("the former secret is still taken; connect again with --replace to refuse it")
