"""Answer a platform: verify the bytes as received, archive, queue, and only then say 2xx."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_lambda_powertools import Logger
from chalice.app import Request, Response

from earshot.aws.raw_archive import RawObject
from earshot.aws.secret_store import SECRET_DOUBT_SECONDS
from earshot.errors import (
    EarshotError,
    OversizedBodyError,
    SecretMissingError,
    SignatureError,
    UnknownConnectionError,
    UnknownSourceError,
)
from earshot.flows.accept_delivery import Intake, accept, delivery_of, intake
from earshot.flows.counting import count
from earshot.problems import instance_of, problem
from earshot.sources import catalog
from earshot.sources.surface import read_headers

logger = Logger()

MAX_BODY_BYTES = 4 * 1024 * 1024

REFUSALS: dict[type[EarshotError], tuple[int, str, str]] = {
    UnknownSourceError: (404, "unknown-source", "No such source takes webhooks"),
    UnknownConnectionError: (404, "unknown-connection", "No such connection is configured"),
    OversizedBodyError: (413, "oversized-body", "The body is larger than 4 MiB"),
    SignatureError: (401, "bad-signature", "The signature does not fit the body"),
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
    if shaken := shake(incoming, source, connection_id, into=into):
        return shaken
    headers = read_headers(module.reads_headers, incoming.headers)
    delivery = delivery_of(connection, headers, incoming.body, at=into.clock())
    logger.set_correlation_id(delivery.delivery_id)
    check_signature(incoming, source, connection_id, into=into)
    accept(delivery, RawObject(headers, incoming.body, connection.data_class), into)
    count("delivery_accepted")
    logger.info("delivery_accepted")
    return Response(body={"delivery_id": delivery.delivery_id}, status_code=202)


def shake(incoming: Incoming, source: str, connection_id: str, *, into: Intake) -> Response | None:
    """The answer to a platform that asks whether this address is ours; ``None`` for a delivery."""
    if handshake := catalog.handshake(source):
        secrets = into.secrets.secrets(source, connection_id)
        reply = handshake(
            incoming.method, incoming.query, headers=incoming.headers, secrets=secrets
        )
        if reply:
            count("handshake_answered")
            return Response(reply.body, {"Content-Type": reply.content_type}, reply.status)
    if incoming.method != "POST":
        return problem(
            405, "http-405", title="This method is not allowed here", headers={"Allow": "POST"}
        )
    return None


def check_signature(incoming: Incoming, source: str, connection_id: str, *, into: Intake) -> None:
    """``SignatureError`` unless one of the live secrets signed the body."""
    remembered = into.secrets.secrets(source, connection_id)
    try:
        verify(incoming, source, remembered, into=into)
    except SignatureError:
        current = into.secrets.secrets(source, connection_id, max_age=SECRET_DOUBT_SECONDS)
        if current == remembered:
            raise
        verify(incoming, source, current, into=into)


def verify(incoming: Incoming, source: str, secrets: tuple[bytes, ...], *, into: Intake) -> None:
    """Whatever goes wrong while a stranger's bytes are checked, they are not verified."""
    module = catalog.webhook(source)
    try:
        module.verify(incoming.headers, incoming.body, secrets=secrets, now=into.clock())
    except SignatureError:
        raise
    except Exception as error:
        raise SignatureError(type(error).__name__) from error
