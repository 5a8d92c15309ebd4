"""Answer a platform: verify the bytes as received, archive, queue, and only then say 2xx."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from aws_lambda_powertools import Logger
from chalice.app import Request, Response

from earshot.aws.secret_store import SECRET_DOUBT_SECONDS
from earshot.domain.deliveries import Connection, Delivery
from earshot.errors import (
    EarshotError,
    OversizedBodyError,
    ReplayedError,
    SecretMissingError,
    SignatureError,
    UnknownConnectionError,
    UnknownSourceError,
)
from earshot.flows.accept_delivery import Intake, accept, delivery_of, intake, raw_object
from earshot.flows.counting import count
from earshot.problems import instance_of, problem
from earshot.sources import catalog
from earshot.sources.surface import Question, Reply, read_headers

logger = Logger()
T = TypeVar("T")

MAX_BODY_BYTES = 4 * 1024 * 1024

REFUSALS: dict[type[EarshotError], tuple[int, str, str]] = {
    UnknownSourceError: (404, "unknown-source", "No such source takes webhooks"),
    UnknownConnectionError: (404, "unknown-connection", "No such connection is configured"),
    OversizedBodyError: (413, "oversized-body", "The body is larger than 4 MiB"),
    SignatureError: (401, "bad-signature", "The signature does not fit the body"),
    ReplayedError: (406, "replayed", "Another delivery was accepted with this token"),
    SecretMissingError: (503, "missing-secret", "The connection has no secret stored yet"),
}


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as the sources see it: header names in lower case, the body as received."""

    method: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


def handle(request: Request, source: str, connection_id: str) -> Response:
    incoming = Incoming(
        method=request.method,
        query=request.query_params or {},
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body if isinstance(body := request.raw_body, bytes) else body.encode(),
    )
    try:
        return receive(incoming, source, connection_id, into=intake())
    except tuple(REFUSALS) as error:
        status, name, title = REFUSALS[type(error)]
        count("delivery_refused")
        if isinstance(error, SecretMissingError):
            count("secret_missing")
        logger.warning("delivery_refused", reason=name)
        return problem(status, name, title=title, instance=instance_of(request))


def receive(incoming: Incoming, source: str, connection_id: str, *, into: Intake) -> Response:
    """2xx only when the delivery can no longer be lost."""
    module = catalog.webhook(source)
    connection = into.connections.get(source, connection_id)
    logger.append_keys(source=source, connection_id=connection_id)
    if len(incoming.body) > MAX_BODY_BYTES:
        raise OversizedBodyError(str(len(incoming.body)))
    if incoming.method != "POST":
        return shake(incoming, connection, into=into)
    headers = read_headers(module.reads_headers, incoming.headers)
    delivery = delivery_of(connection, headers, incoming.body, at=into.clock())
    logger.set_correlation_id(delivery.delivery_id)
    check_signature(incoming, connection, into=into)
    raw = raw_object(connection, delivery, headers, body=incoming.body)
    with spending(incoming, delivery, into):
        accept(delivery, raw, into)
    count("delivery_accepted")
    logger.info("delivery_accepted")
    return answered(incoming, connection, delivery)


def shake(incoming: Incoming, connection: Connection, *, into: Intake) -> Response:
    """The answer to a platform that asks whether this address is ours, or (HEAD) is there."""
    if incoming.method == "HEAD":
        return Response("", {"Content-Type": "text/plain"}, 200)
    handshake = catalog.handshake(connection.source)

    def ask(secrets: tuple[bytes, ...]) -> Reply | None:
        question = Question(incoming.method, incoming.query, incoming.headers, connection, secrets)
        return handshake(question) if handshake else None

    reply = with_live_secrets(ask, connection, into) if handshake else None
    if reply is None:
        return problem(
            405, "http-405", title="This method is not allowed here", headers={"Allow": "POST"}
        )
    if reply.denied:
        into.connections.note_denial(connection, into.clock())
    elif reply.agrees:
        lease = reply.lease_seconds
        into.connections.note_handshake(connection, into.clock(), lease_seconds=lease)
    count("handshake_answered")
    return response_of(reply)


def check_signature(incoming: Incoming, connection: Connection, *, into: Intake) -> None:
    """``SignatureError`` unless one of the live secrets signed the body."""
    module = catalog.webhook(connection.source)

    def check(secrets: tuple[bytes, ...]) -> None:
        module.verify(incoming.headers, incoming.body, secrets=secrets, now=into.clock())

    with_live_secrets(check, connection, into)


def with_live_secrets(
    check: Callable[[tuple[bytes, ...]], T], connection: Connection, into: Intake
) -> T:
    """What ``check`` says of the secrets that are remembered, or else of those that are live now.
    Whatever goes wrong while a stranger's bytes are checked, they are not verified."""
    place = (connection.source, connection.connection_id)
    remembered = into.secrets.secrets(*place)
    try:
        return _checked(check, remembered)
    except SignatureError:
        current = into.secrets.secrets(*place, max_age=SECRET_DOUBT_SECONDS)
        if current == remembered:
            raise
        return _checked(check, current)


def _checked(check: Callable[[tuple[bytes, ...]], T], secrets: tuple[bytes, ...]) -> T:
    try:
        return check(secrets)
    except SignatureError:
        raise
    except Exception as error:
        raise SignatureError(type(error).__name__) from error


@contextmanager
def spending(incoming: Incoming, delivery: Delivery, into: Intake) -> Iterator[None]:
    """``ReplayedError`` where the platform signs a token that was good for another delivery."""
    token_of = catalog.token_of(delivery.source)
    token = token_of(incoming.headers, incoming.body) if token_of else None
    if token and into.spent.is_spent(token, delivery):
        raise ReplayedError(delivery.source)
    yield
    if token:
        into.spent.spend(token, delivery, at=delivery.received_at)


def answered(incoming: Incoming, connection: Connection, delivery: Delivery) -> Response:
    """What the platform waits for."""
    answer = catalog.answer(connection.source)
    reply = (
        answer(incoming.headers, incoming.body, connection=connection, delivery=delivery)
        if answer
        else None
    )
    if reply:
        return response_of(reply)
    return Response(body={"delivery_id": delivery.delivery_id}, status_code=202)


def response_of(reply: Reply) -> Response:
    return Response(reply.body, {"Content-Type": reply.content_type, **reply.headers}, reply.status)
