"""Run ministack, and write down what each Lambda asks of it.

    python -P call_recorder.py FILE

under ministack's own interpreter. FILE gets a line for each call that was not made before: the
function, the IAM action, and the ARN that AWS checks it on. The Lambdas themselves know nothing of
it: they are told by the credentials of their roles. Standard library and ministack only.
"""

import json
import re
import sys
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

_CREDENTIAL = re.compile(r"Credential=(\w+)/\d+/([\w-]+)/([\w-]+)/aws4_request")
_OF_OBJECT = {"DELETE": "Delete", "GET": "Get", "HEAD": "Get", "PUT": "Put"}
_OF_LISTING = {
    "continuation-token", "encoding-type", "list-type", "max-keys", "prefix", "start-after",
}  # fmt: skip

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


class Request(NamedTuple):
    """One signed request, as ASGI tells it, and the status of its answer."""

    service: str
    region: str
    account: str
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes
    status: int

    @property
    def operation(self) -> str:
        return self.headers.get("x-amz-target", "").rpartition(".")[2]

    def arn(self, resource: str) -> str:
        return f"arn:aws:{self.service}:{self.region}:{self.account}:{resource}"


def permissions(request: Request) -> set[tuple[str, str]]:
    """The IAM actions and ARNs that AWS asks for, by its service authorization reference; of what
    is not known here the operation on ``*``, which no policy allows.
    https://docs.aws.amazon.com/service-authorization/latest/reference/"""
    try:
        found = set(_READERS[request.service](request))
    except (KeyError, TypeError, ValueError):
        found = set()
    unknown = request.operation or f"{request.method} {request.path} {sorted(request.query)}"
    return {(f"{request.service}:{action}", arn) for action, arn in found or {(unknown, "*")}}


def _of_dynamodb(request: Request) -> Iterator[tuple[str, str]]:
    """A transaction is what its parts are, a batch an action of its own; an index is no table."""
    asked = json.loads(request.body)
    for item in asked.get("TransactItems", ()):
        for part, of in item.items():
            yield f"{part}Item", request.arn(f"table/{of['TableName']}")
    for table in asked.get("RequestItems", ()):
        yield request.operation, request.arn(f"table/{table}")
    if table := asked.get("TableName"):
        index = f"/index/{asked['IndexName']}" if "IndexName" in asked else ""
        yield request.operation, request.arn(f"table/{table}{index}")


def _of_s3(request: Request) -> Iterator[tuple[str, str]]:
    """Whether an object is absent or only forbidden is told to those who may list its bucket, and
    who replaces or deletes what was read has to be able to read.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html"""
    bucket, _, key = request.path.lstrip("/").partition("/")
    if not key and request.method == "GET" and set(request.query) <= _OF_LISTING:
        yield "ListBucket", f"arn:aws:s3:::{bucket}"
    if not key or request.query or "x-amz-copy-source" in request.headers:
        return
    yield f"{_OF_OBJECT[request.method]}Object", f"arn:aws:s3:::{bucket}/{key}"
    if "if-match" in request.headers:
        yield "GetObject", f"arn:aws:s3:::{bucket}/{key}"
    if request.method in {"GET", "HEAD"} and request.status == 404:
        yield "ListBucket", f"arn:aws:s3:::{bucket}"


def _of_secrets_manager(request: Request) -> Iterator[tuple[str, str]]:
    """By its ARN, or by the name that a new one gets."""
    asked = json.loads(request.body)
    secret = str(asked["SecretId"] if "SecretId" in asked else asked["Name"])
    yield (
        request.operation,
        secret if secret.startswith("arn:") else request.arn(f"secret:{secret}"),
    )


def _of_ses(request: Request) -> Iterator[tuple[str, str]]:
    """For a raw message AWS asks for ``SendRawEmail``, although the operation is ``SendEmail``, of
    the identity, which is a domain here, and of the configuration set."""
    if (request.method, request.path) != ("POST", "/v2/email/outbound-emails"):
        return
    asked = json.loads(request.body)
    domain = parseaddr(asked["FromEmailAddress"])[1].rpartition("@")[2]
    for action in ("SendEmail", "SendRawEmail") if "Raw" in asked["Content"] else ("SendEmail",):
        yield action, request.arn(f"identity/{domain}")
        if "ConfigurationSetName" in asked:
            yield action, request.arn(f"configuration-set/{asked['ConfigurationSetName']}")


def _of_sqs(request: Request) -> Iterator[tuple[str, str]]:
    """A batch is no action of its own."""
    queue = str(json.loads(request.body)["QueueUrl"]).rpartition("/")[2]
    yield request.operation.removesuffix("Batch"), request.arn(queue)


_READERS = {
    "dynamodb": _of_dynamodb,
    "s3": _of_s3,
    "secretsmanager": _of_secrets_manager,
    "ses": _of_ses,
    "sqs": _of_sqs,
}


class CallRecorder:
    """An ASGI application around another one. ``caller`` gives the ARN of whom an access key is of:
    ``arn:…:assumed-role/{role}/{function}`` for a Lambda's."""

    def __init__(self, app: App, file: Path, *, caller: Callable[[str], str]) -> None:
        self._app = app
        self._file = file
        self._caller = caller
        written = file.read_text(encoding="utf-8") if file.exists() else ""
        self._known = set(written.splitlines())

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        raw = scope.get("headers", ())
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}
        signed = _CREDENTIAL.search(headers.get("authorization", ""))
        caller = self._caller(signed[1]) if signed else ""
        exchange = _Exchange(receive, send)
        await self._app(scope, exchange.receive, exchange.send)
        if signed and ":assumed-role/" in caller and exchange.status:  # else nobody waited for it
            request = Request(
                service=signed[3],
                region=signed[2],
                account=caller.split(":")[4],
                method=scope["method"],
                path=scope["path"],
                query=parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True),
                headers=headers,
                body=bytes(exchange.body),
                status=exchange.status,
            )
            self._write(caller.rpartition("/")[2], permissions(request))

    def _write(self, function: str, used: set[tuple[str, str]]) -> None:
        """At once: whoever runs this may be killed."""
        lines = {json.dumps([function, *one]) for one in used} - self._known
        if lines:
            self._known |= lines
            with self._file.open("a", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in sorted(lines))


class _Exchange:
    def __init__(self, receive: Receive, send: Send) -> None:
        self.body = bytearray()
        self.status = 0
        self._receive = receive
        self._send = send

    async def receive(self) -> Message:
        message = await self._receive()
        self.body += message.get("body", b"")
        return message

    async def send(self, message: Message) -> None:
        self.status = message.get("status", self.status)
        await self._send(message)


def main() -> None:
    from ministack import app as ministack
    from ministack.core import iam_evaluator

    def caller(access_key: str) -> str:
        known = iam_evaluator.resolve_caller_identity(access_key)
        return str(known["userArn"]) if known else ""

    ministack.app = CallRecorder(ministack.app, Path(sys.argv.pop(1)), caller=caller)
    ministack.main()


if __name__ == "__main__":
    main()
