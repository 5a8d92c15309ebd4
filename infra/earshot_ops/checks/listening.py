"""Do we listen to anybody, know whom for, and tell anybody?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from botocore.exceptions import ClientError

from earshot.aws import keys
from earshot.domain.models import Connection
from earshot.errors import SecretMissingError
from earshot_ops import connecting
from earshot_ops.checks.finding import Finding, fail, ok, warn
from earshot_ops.target import Target

OLDEST_WATCHLIST = timedelta(hours=1)
SILENCE = timedelta(hours=24)


def check_watchlist(target: Target) -> Iterator[Finding]:
    """It is compiled every 15 minutes."""
    what = "watchlist"
    try:
        found = target.s3.head_object(Bucket=target.bucket, Key=keys.watchlist_object())
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchKey"}:
            raise
        yield fail(what, "was never compiled", "import accounts: earshot import accounts FILE")
        return
    age = datetime.now(UTC) - found["LastModified"]
    detail = f"compiled {_words(age)} ago"
    if age > OLDEST_WATCHLIST:
        yield warn(what, detail, "see the log of compile_watchlist")
    else:
        yield ok(what, detail)


def _words(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"


def check_connections(target: Target) -> Iterator[Finding]:
    connections = list(target.connections.list())
    if not connections:
        yield warn("connections", "there are none", "add one: earshot connect github --generate")
    for connection in connections:
        yield _connection(target, connection)


def _connection(target: Target, connection: Connection) -> Finding:
    what = f"connection {connection.source}/{connection.connection_id}"
    if connecting.takes_posts(connection):
        try:
            target.secrets.secrets(connection.source, connection.connection_id)
        except SecretMissingError:
            again = f"earshot connect {connection.source} --connection {connection.connection_id}"
            return fail(what, "has no secret, so its deliveries get 503", f"give it one: {again}")
    elif problem := target.connections.last_error(connection):
        return fail(what, f"the last fetch failed: {problem}", "check its address, then its server")
    elif connection.cursor:
        return ok(what, "the last fetch worked")
    if _was_heard(target, connection):
        return ok(what, "was heard within a day")
    advice = "send a test delivery from the platform, or wait"
    is_new = datetime.now(UTC) - connection.created_at < SILENCE
    return warn(what, "nothing came yet" if is_new else "nothing came for 24 hours", advice)


def _was_heard(target: Target, connection: Connection) -> bool:
    now = datetime.now(UTC)
    found = target.receipts.since(
        connection.source, connection.connection_id, now - SILENCE, until=now
    )
    return next(iter(found), None) is not None


def check_sellers(target: Target) -> Iterator[Finding]:
    count = sum(1 for _ in target.sellers.all())
    if count:
        yield ok("sellers", f"{count}")
    else:
        yield fail("sellers", "there are none", "import them: earshot import sellers FILE")


def check_mode(target: Target) -> Iterator[Finding]:
    config = target.config.get()
    if config.live:
        yield ok("mode", "live: mails go to the sellers")
    elif config.operator_email:
        yield warn(
            "mode", "observing: mails go to the operator only", "when ready: earshot go-live"
        )
    else:
        yield fail(
            "mode",
            "observing without an operator: nobody is mailed",
            "name one: earshot observe --operator EMAIL",
        )
