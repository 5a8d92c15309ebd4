"""What ingest talks to, answered at the HTTP layer: every line of ours and of boto3 runs."""

import json
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.httpsession import URLLib3Session

from earshot.flows import accept_delivery
from tests.conftest import forget_clients

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "EARSHOT_STAGE": "test",
    "EARSHOT_TABLE": "earshot",
    "EARSHOT_BUCKET": "earshot-raw",
    "EARSHOT_DELIVERIES_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/1/deliveries",
    "EARSHOT_DELIVERIES_DLQ_URL": "https://sqs.eu-central-1.amazonaws.com/1/deliveries-dlq",
    "EARSHOT_MENTIONS_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/1/mentions.fifo",
    "EARSHOT_MENTIONS_DLQ_URL": "https://sqs.eu-central-1.amazonaws.com/1/mentions-dlq.fifo",
    "EARSHOT_INBOX_DLQ_URL": "https://sqs.eu-central-1.amazonaws.com/1/inbox-dlq",
    "EARSHOT_SECRET_PREFIX": "earshot/test/connections/",
    "EARSHOT_TOMBSTONE_SECRET": "tombstones",
    "EARSHOT_ACTION_SECRET": "actions",
    "EARSHOT_CONFIGURATION_SET": "earshot",
    "EARSHOT_MAIL_FROM": "alerts@earshot.example",
}

Answer = tuple[int, dict[str, Any] | bytes]


class FakeAws:
    """``failing`` names operations that answer with an error nobody retries."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.rows: dict[tuple[str, str], dict[str, Any]] = {}
        self.messages: list[str] = []
        self.secrets: dict[str, str] = {}
        self.calls: Counter[str] = Counter()
        self.failing: set[str] = set()

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        target = request.headers.get("X-Amz-Target", b"")
        target = target.decode() if isinstance(target, bytes) else str(target)
        operation = target.rpartition(".")[2] or f"{request.method.title()}Object"
        self.calls[operation] += 1
        if operation in self.failing:
            status, body = _refusal("AccessDenied", 403)
        elif target:
            given = json.loads(_bytes(request.body))
            status, body = getattr(self, f"_{operation}")(given)
        else:
            status, body = self._PutObject(request)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return AWSResponse(request.url, status, HTTPHeaders(), _Stream(content))

    def _PutObject(self, request: AWSPreparedRequest) -> Answer:  # noqa: N802
        key = unquote(urlsplit(request.url).path).lstrip("/")
        if key in self.objects and request.headers.get("If-None-Match"):
            return 412, b"<Error><Code>PreconditionFailed</Code></Error>"
        self.objects[key] = _bytes(request.body)
        return 200, b""

    def _GetItem(self, given: dict[str, Any]) -> Answer:  # noqa: N802
        row = self.rows.get(_key(given["Key"]))
        return 200, {"Item": row} if row else {}

    def _PutItem(self, given: dict[str, Any]) -> Answer:  # noqa: N802
        if "ConditionExpression" in given and _key(given["Item"]) in self.rows:
            return _refusal("ConditionalCheckFailedException")
        self.rows[_key(given["Item"])] = given["Item"]
        return 200, {}

    def _UpdateItem(self, given: dict[str, Any]) -> Answer:  # noqa: N802
        """``SET name = :name``, which is all that ingest writes while a platform waits."""
        if (row := self.rows.get(_key(given["Key"]))) is None:
            return _refusal("ConditionalCheckFailedException")
        row.update({n.lstrip(":"): v for n, v in given["ExpressionAttributeValues"].items()})
        return 200, {}

    def _GetSecretValue(self, given: dict[str, Any]) -> Answer:  # noqa: N802
        if given["SecretId"] not in self.secrets:
            return _refusal("ResourceNotFoundException")
        return 200, {"SecretString": self.secrets[given["SecretId"]]}

    def _SendMessage(self, given: dict[str, Any]) -> Answer:  # noqa: N802
        self.messages.append(given["MessageBody"])
        return 200, {"MessageId": str(len(self.messages))}

    def connect(
        self, source: str, connection_id: str, *secrets: str, data_class: str = "copied"
    ) -> None:
        """A connection with its secrets, as the operator would leave it."""
        row = {
            "pk": "CONNECTIONS",
            "sk": f"{source}#{connection_id}",
            "source": source,
            "connection_id": connection_id,
            "data_class": data_class,
            "created_at": "2026-01-01T00:00:00Z",
        }
        self.rows["CONNECTIONS", row["sk"]] = {name: {"S": value} for name, value in row.items()}
        name = f"earshot/test/connections/{source}/{connection_id}"
        if secrets:
            self.secrets[name] = json.dumps({"secrets": secrets})

    @property
    def receipts(self) -> list[dict[str, Any]]:
        return [row for (pk, _), row in self.rows.items() if pk.startswith("RECEIPT#")]

    @property
    def is_untouched(self) -> bool:
        return not (self.objects or self.messages or self.receipts)


def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAws]:
    """The fake in place of the network, behind fresh clients."""
    aws = FakeAws()
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the region of its first use
    monkeypatch.setattr(URLLib3Session, "send", lambda _, request: aws.send(request))
    forget_clients()
    accept_delivery.intake.cache_clear()
    yield aws
    forget_clients()
    accept_delivery.intake.cache_clear()


class _Stream(BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.getvalue()


def _key(key: dict[str, Any]) -> tuple[str, str]:
    return key["pk"]["S"], key["sk"]["S"]


def _refusal(code: str, status: int = 400) -> Answer:
    return status, {"__type": f"com.amazonaws#{code}", "message": code}


def _bytes(body: Any) -> bytes:
    """Over https S3 gets its bodies in chunks with a checksum behind them."""
    content = body.read() if hasattr(body, "read") else body
    return content if isinstance(content, bytes) else str(content or "").encode()
