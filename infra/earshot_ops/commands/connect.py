"""`earshot connect`: a platform or feed that we listen to."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from earshot.aws.keys import timestamp
from earshot.domain.models import Connection, DataClass, Purpose
from earshot.errors import SecretMissingError, UnknownConnectionError
from earshot.sources import catalog
from earshot_ops import connecting, pushing
from earshot_ops.commands import awaiting
from earshot_ops.commands import connect_options as options
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.screen import is_attended, note, print_json, safe, say
from earshot_ops.connecting import ConnectingError
from earshot_ops.setups import SETUPS, Whose
from earshot_ops.target import Target

WAIT_SECONDS = 600


@on_target
def connect(
    target: Target,
    source: options.Source,
    *,
    connection: options.Name = None,
    url: options.Url = None,
    query: options.Query = None,
    push: options.Push = False,
    hub: options.Hub = None,
    secret_file: options.SecretFile = None,
    generate: options.Generate = False,
    replace: options.Replace = False,
    retire: options.Retire = False,
    purpose: options.WhatFor = None,
    data_class: options.Class = None,
    keep_hours: options.KeepHours = None,
    wait: options.Wait = None,
    as_json: AsJson = False,
) -> ExitCode:
    """Connect a platform that posts to us, a feed, or a source that is searched.

    The secret comes from --secret-file, from standard input or a hidden prompt, or is made by
    --generate. It prints what to enter at the platform, and waits until that is heard. Connecting
    again gives a new secret, and the former one stays valid beside it until --retire.
    What each source needs: docs/sources.md.

    [bold]Examples[/bold]

      earshot connect github --generate

      earshot connect slack --secret-file slack.secret --stage prod

      earshot connect rss --url https://news.example/feed.xml --push

      earshot connect reddit --query "RivalCRM alternative"

      earshot connect github --retire
    """
    connecting.check_source(source)
    if retire:
        return _retire(target, source, connection or connecting.DEFAULT_NAME)
    address, words = connecting.address_of(source, url, query)
    name = connecting.name_of(source, connection, url, query=words)
    is_pushed = bool(push or hub or source == "youtube")
    whose = connecting.whose_secret(source, address, is_pushed=is_pushed)
    secret = _secret(source, whose, secret_file, generate=generate)
    made = _connection(target, source, name).model_copy(update={"url": address, "query": words})
    made = _keeping(made, purpose, data_class, keep_hours=keep_hours)
    if is_pushed:
        made = pushing.with_hub(target, made, hub)
    if connecting.takes_posts(made):
        hook = f"{target.deployed.api_url.rstrip('/')}/hooks/{source}/{name}"
        made = made.model_copy(update={"hook_url": hook})
    former_valid = bool(secret) and _keep(target, made, secret, replace=replace)
    began = datetime.now(UTC)
    _put(target, made)
    if made.hub and (reason := pushing.subscribe(target, made, secret)):
        note(f"its hub did not accept yet ({reason}); it is asked again every hour")
    _tell(made, secret, generated=generate, former_valid=former_valid, as_json=as_json)
    return _await(target, made, began, seconds=wait)


def _retire(target: Target, source: str, name: str) -> ExitCode:
    try:
        target.connections.get(source, name)
    except UnknownConnectionError as error:
        raise ConnectingError(f"there is no connection {source}/{name}") from error
    if not target.secrets.retire(source, name):
        raise ConnectingError(f"{source}/{name} has one secret only, which stays")
    say(f"the former secret of [bold]{source}/{name}[/bold] is refused from now on")
    note("containers that still run may take it for five minutes more")
    return ExitCode.OK


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


def _keeping(
    made: Connection,
    purpose: Purpose | None,
    data_class: DataClass | None,
    *,
    keep_hours: int | None,
) -> Connection:
    """With another class, the hours of the former one no longer hold."""
    if data_class and data_class is not made.data_class:
        made = made.model_copy(update={"data_class": data_class, "keep_hours": None})
    if keep_hours is not None:
        made = made.model_copy(update={"keep_hours": keep_hours})
    if purpose:
        made = made.model_copy(update={"purpose": purpose})
    connecting.check_keeping(made.data_class, made.keep_hours)
    return made


def _secret(source: str, whose: Whose, secret_file: Path | None, *, generate: bool) -> str:
    """Empty where none is needed."""
    if whose is Whose.NONE:
        return ""
    if generate or whose is Whose.HUB:
        return connecting.generate(source)
    if secret_file:
        given = secret_file.read_text(encoding="utf-8")
    elif sys.stdin.isatty():
        prompt = f"{SETUPS[source].secret} of {source}"
        given = typer.prompt(prompt, hide_input=True, err=True, default="", show_default=False)
    else:
        given = sys.stdin.readline()
    return connecting.check_secret(source, given)


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


def _tell(
    made: Connection, secret: str, *, generated: bool, former_valid: bool, as_json: bool
) -> None:
    if as_json:
        answer: dict[str, Any] = {
            "source": made.source,
            "connection": made.connection_id,
            "url": made.hook_url if connecting.takes_posts(made) else made.url,
            "query": made.query,
            "data_class": made.data_class,
            "former_secret_valid": former_valid,
        }
        print_json(answer | ({"secret": secret} if generated else {}))
        return
    say(f"[bold]{made.source}/{made.connection_id}[/bold] is connected")
    if connecting.is_polled(made):
        say(f"fetched from: {safe(made.url)}{safe(connecting.asked_for(made))}")
    if connecting.takes_posts(made) and not made.hub:
        token = connecting.verify_token(made, secret)
        for step in SETUPS[made.source].steps:
            say(safe(step.format(url=made.hook_url, token=token)))
    if generated:
        say(f"secret, shown this once: {safe(secret)}")
    if former_valid:
        note("the former secret is still taken; --retire refuses it, once the platform changed")


def _await(target: Target, made: Connection, began: datetime, *, seconds: int | None) -> ExitCode:
    if seconds is None:
        seconds = WAIT_SECONDS if is_attended() else 0
    if not seconds or not connecting.takes_posts(made):
        return ExitCode.OK
    if awaiting.wait_for(target, made, began, seconds=seconds):
        note("it was heard: the address and the secret work")
        return ExitCode.OK
    note("nothing was heard yet; earshot sources shows when it is")
    return ExitCode.OK
