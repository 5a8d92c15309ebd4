"""What comes in below botocore, and what goes back: requests as they were signed, answers as the
services write them, so that botocore's own serialising, retrying and parsing stay in between."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

READS = frozenset(
    (
        "BatchGetItem",
        "DescribeTable",
        "GetItem",
        "GetObject",
        "GetQueueAttributes",
        "GetQueueUrl",
        "GetSecretValue",
        "HeadObject",
        "ListObjectsV2",
        "Query",
        "Scan",
    )
)


class ServiceError(Exception):
    """An answer that refuses: `code` and `status` as the service documents them."""

    def __init__(self, code: str, message: str = "", *, status: int = 400, **fields: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.fields = fields


@dataclass(frozen=True)
class Call:
    """One request on its way to a service; a retry is a call of its own."""

    number: int
    service: str
    operation: str
    request: AWSPreparedRequest

    @property
    def is_side_effect(self) -> bool:
        return self.operation not in READS

    def header(self, name: str) -> str | None:
        value = self.request.headers.get(name)
        return value.decode() if isinstance(value, bytes) else value

    @property
    def host(self) -> str:
        return urlsplit(self.request.url).netloc

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.request.url).path)

    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.request.url).query, keep_blank_values=True))

    def body(self) -> bytes:
        body: Any = self.request.body or b""
        given = body.read() if hasattr(body, "read") else body
        content = given.encode() if isinstance(given, str) else bytes(given)
        chunked = "aws-chunked" in (self.header("Content-Encoding") or "")
        return _joined(content) if chunked else content

    def json(self) -> Any:
        return json.loads(self.body())


def _joined(content: bytes) -> bytes:
    """The payload of an aws-chunked body, its trailer dropped:
    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html"""
    stream, payload = BytesIO(content), b""
    while size := int(stream.readline().split(b";")[0], 16):
        payload += stream.read(size)
        stream.readline()
    return payload


@dataclass(frozen=True)
class Reply:
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


def json_reply(answer: Mapping[str, Any]) -> Reply:
    return Reply(json.dumps(answer).encode())


def json_refusal(error: ServiceError) -> Reply:
    answer = {"__type": f"com.amazonaws#{error.code}", "message": error.message, **error.fields}
    headers = {"x-amzn-errortype": error.code}
    return Reply(json.dumps(answer).encode(), error.status, headers)


def xml_refusal(error: ServiceError) -> Reply:
    code, message = error.code, error.message
    text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>" if code else ""
    return Reply(text.encode(), error.status)


class _Raw(BytesIO):
    """As urllib3 gives it to botocore."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()


def response(call: Call, reply: Reply) -> AWSResponse:
    headers = {
        "x-amzn-requestid": f"request-{call.number}",
        "content-length": str(len(reply.body)),
        **reply.headers,
    }
    return AWSResponse(call.request.url, reply.status, cast(Any, headers), _Raw(reply.body))
