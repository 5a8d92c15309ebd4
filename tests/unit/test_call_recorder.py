"""What the recorder reads off requests as boto3 signs them."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSPreparedRequest

from earshot_ops import policies
from earshot_ops.call_recorder import CallRecorder, Message, Receive, Send

OWN = "arn:aws:{}:eu-central-1:123456789012:{}"
TABLE = OWN.format("dynamodb", "table/t")
QUEUE = OWN.format("sqs", "q")
QUEUE_URL = "http://127.0.0.1:1/123456789012/q"
SECRET = OWN.format("secretsmanager", "secret:of-ours-a1b2c3")
ROW = {"TableName": "t", "Key": {"pk": {"S": "a"}}}
PUT = {"TableName": "t", "Item": {"pk": {"S": "a"}}}
CHANGE = {**ROW, "UpdateExpression": "SET a = b"}
QUERY = {
    "TableName": "t",
    "KeyConditionExpression": "pk = :a",
    "ExpressionAttributeValues": {":a": {"S": "a"}},
}
OBJECT = {"Bucket": "b", "Key": "raw/a b/c"}
MAIL = {
    "FromEmailAddress": "Earshot <alerts@acme.example>",
    "Destination": {"ToAddresses": ["a@b.example"]},
    "Content": {"Raw": {"Data": b"x"}},
}
LAMBDA = "arn:aws:sts::123456789012:assumed-role/some-role/earshot-prod-learn"


class _AboutToBeSentError(Exception):
    def __init__(self, request: AWSPreparedRequest) -> None:
        super().__init__(request.url)
        self.request = request


def _keep(request: AWSPreparedRequest, **_: Any) -> None:
    raise _AboutToBeSentError(request)


def sent(service: str, operation: str, asked: dict[str, Any]) -> AWSPreparedRequest:
    client: Any = boto3.client(
        service,  # type: ignore[call-overload]
        region_name="eu-central-1",
        endpoint_url="http://127.0.0.1:1",
        aws_access_key_id="ASIALEARN",
        aws_secret_access_key="none",
    )
    client.meta.events.register("before-send", _keep)
    with pytest.raises(_AboutToBeSentError) as kept:
        getattr(client, operation)(**asked)
    return kept.value.request


def _bytes(body: Any) -> bytes:
    if hasattr(body, "read"):
        return bytes(body.read())
    return str(body).encode() if isinstance(body, str) else bytes(body or b"")


def record(
    file: Path, request: AWSPreparedRequest, *, status: int = 200, caller: str = LAMBDA
) -> None:
    """As it comes in, in pieces of the body."""
    url = urlsplit(request.url)
    body = _bytes(request.body)
    pieces = [body[:5], body[5:]]
    scope: Message = {
        "type": "http",
        "method": request.method,
        "path": unquote(url.path),
        "query_string": url.query.encode(),
        "headers": [
            (name.lower().encode(), _bytes(value)) for name, value in request.headers.items()
        ],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

    async def send(message: Message) -> None:
        assert message["type"].startswith("http.response.")

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        while (await receive())["more_body"]:
            pass
        if status:
            await send({"type": "http.response.start", "status": status})
            await send({"type": "http.response.body", "body": b"{}"})

    recorder = CallRecorder(app, file, caller={"ASIALEARN": caller}.__getitem__)
    asyncio.run(recorder(scope, receive, send))


def recorded(file: Path) -> set[tuple[str, str]]:
    if not file.exists():
        return set()
    found = policies.recorded(file, "prod")
    assert {one.function for one in found} == {"learn"}
    return {(one.action, one.resource) for one in found}


@pytest.mark.parametrize(
    ("service", "operation", "asked", "permissions"),
    [
        ("dynamodb", "get_item", ROW, {("dynamodb:GetItem", TABLE)}),
        ("dynamodb", "query", QUERY, {("dynamodb:Query", TABLE)}),
        (
            "dynamodb",
            "query",
            QUERY | {"IndexName": "due"},
            {("dynamodb:Query", f"{TABLE}/index/due")},
        ),
        (
            "dynamodb",
            "batch_get_item",
            {"RequestItems": {"t": {"Keys": [ROW["Key"]]}}},
            {("dynamodb:BatchGetItem", TABLE)},
        ),
        (
            "dynamodb",
            "batch_write_item",
            {"RequestItems": {"t": [{"DeleteRequest": {"Key": ROW["Key"]}}]}},
            {("dynamodb:BatchWriteItem", TABLE)},
        ),
        (
            "dynamodb",
            "transact_write_items",
            {
                "TransactItems": [
                    {"Put": PUT},
                    {"Update": CHANGE},
                    {"Delete": ROW},
                    {"ConditionCheck": ROW | {"ConditionExpression": "attribute_exists(pk)"}},
                ]
            },
            {
                ("dynamodb:PutItem", TABLE),
                ("dynamodb:UpdateItem", TABLE),
                ("dynamodb:DeleteItem", TABLE),
                ("dynamodb:ConditionCheckItem", TABLE),
            },
        ),
        (
            "dynamodb",
            "transact_get_items",
            {"TransactItems": [{"Get": ROW}]},
            {("dynamodb:GetItem", TABLE)},
        ),
        ("s3", "get_object", OBJECT, {("s3:GetObject", "arn:aws:s3:::b/raw/a b/c")}),
        ("s3", "head_object", OBJECT, {("s3:GetObject", "arn:aws:s3:::b/raw/a b/c")}),
        ("s3", "delete_object", OBJECT, {("s3:DeleteObject", "arn:aws:s3:::b/raw/a b/c")}),
        (
            "s3",
            "put_object",
            OBJECT | {"Body": b"words", "IfNoneMatch": "*"},
            {("s3:PutObject", "arn:aws:s3:::b/raw/a b/c")},
        ),
        (
            "s3",
            "put_object",
            OBJECT | {"Body": b"words", "IfMatch": "etag"},
            {
                ("s3:PutObject", "arn:aws:s3:::b/raw/a b/c"),
                ("s3:GetObject", "arn:aws:s3:::b/raw/a b/c"),
            },
        ),
        (
            "s3",
            "delete_object",
            OBJECT | {"IfMatch": "etag"},
            {
                ("s3:DeleteObject", "arn:aws:s3:::b/raw/a b/c"),
                ("s3:GetObject", "arn:aws:s3:::b/raw/a b/c"),
            },
        ),
        (
            "s3",
            "list_objects_v2",
            {"Bucket": "b", "Prefix": "raw/"},
            {("s3:ListBucket", "arn:aws:s3:::b")},
        ),
        (
            "s3",
            "list_objects_v2",
            {"Bucket": "b", "StartAfter": "raw/a"},
            {("s3:ListBucket", "arn:aws:s3:::b")},
        ),
        (
            "sqs",
            "send_message",
            {"QueueUrl": QUEUE_URL, "MessageBody": "x"},
            {("sqs:SendMessage", QUEUE)},
        ),
        (
            "sqs",
            "send_message_batch",
            {"QueueUrl": QUEUE_URL, "Entries": [{"Id": "1", "MessageBody": "x"}]},
            {("sqs:SendMessage", QUEUE)},
        ),
        (
            "secretsmanager",
            "get_secret_value",
            {"SecretId": SECRET},
            {("secretsmanager:GetSecretValue", SECRET)},
        ),
        (
            "secretsmanager",
            "get_secret_value",
            {"SecretId": "of/ours"},
            {("secretsmanager:GetSecretValue", OWN.format("secretsmanager", "secret:of/ours"))},
        ),
        (
            "secretsmanager",
            "create_secret",
            {"Name": "of/ours", "SecretString": "x"},
            {("secretsmanager:CreateSecret", OWN.format("secretsmanager", "secret:of/ours"))},
        ),
        (
            "sesv2",
            "send_email",
            MAIL | {"ConfigurationSetName": "events"},
            {
                (f"ses:{action}", OWN.format("ses", resource))
                for action in ("SendEmail", "SendRawEmail")
                for resource in ("identity/acme.example", "configuration-set/events")
            },
        ),
        (
            "sesv2",
            "send_email",
            MAIL | {"Content": {"Simple": {"Subject": {"Data": "a"}, "Body": {}}}},
            {("ses:SendEmail", OWN.format("ses", "identity/acme.example"))},
        ),
    ],
)
def test_a_call_needs_what_aws_asks_for(
    tmp_path: Path,
    service: str,
    operation: str,
    asked: dict[str, Any],
    permissions: set[tuple[str, str]],
) -> None:
    record(tmp_path / "calls", sent(service, operation, asked))
    assert recorded(tmp_path / "calls") == permissions


def test_who_is_told_that_an_object_is_absent_may_list_the_bucket(tmp_path: Path) -> None:
    record(tmp_path / "calls", sent("s3", "get_object", OBJECT), status=404)
    assert ("s3:ListBucket", "arn:aws:s3:::b") in recorded(tmp_path / "calls")


@pytest.mark.parametrize(
    ("service", "operation", "asked"),
    [
        ("s3", "get_object_tagging", OBJECT),
        ("s3", "copy_object", OBJECT | {"CopySource": "b/other"}),
        ("s3", "delete_objects", {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}]}}),
        ("sesv2", "get_account", {}),
        ("sns", "publish", {"TopicArn": OWN.format("sns", "t"), "Message": "x"}),
        ("dynamodb", "list_tables", {}),
        ("sqs", "list_queues", {}),
    ],
)
def test_what_is_not_known_here_is_on_everything_which_no_policy_allows(
    tmp_path: Path, service: str, operation: str, asked: dict[str, Any]
) -> None:
    record(tmp_path / "calls", sent(service, operation, asked))
    assert {resource for _, resource in recorded(tmp_path / "calls")} == {"*"}


def test_a_refused_call_was_made_and_one_that_was_never_answered_was_not(tmp_path: Path) -> None:
    request = sent("dynamodb", "get_item", ROW)
    record(tmp_path / "calls", request, status=0)
    assert recorded(tmp_path / "calls") == set()
    record(tmp_path / "calls", request, status=403)
    assert recorded(tmp_path / "calls") == {("dynamodb:GetItem", TABLE)}


def test_a_call_is_written_once_whoever_wrote_it_before(tmp_path: Path) -> None:
    request = sent("dynamodb", "get_item", ROW)
    for _ in range(2):  # each time by another recorder, as after a restart
        record(tmp_path / "calls", request)
    assert len((tmp_path / "calls").read_text().splitlines()) == 1


@pytest.mark.parametrize("caller", ["", "arn:aws:iam::123456789012:root"])
def test_what_is_no_lambda_is_not_recorded(tmp_path: Path, caller: str) -> None:
    record(tmp_path / "calls", sent("dynamodb", "get_item", ROW), caller=caller)
    assert recorded(tmp_path / "calls") == set()
