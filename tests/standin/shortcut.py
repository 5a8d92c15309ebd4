"""A shorter way from a client of DynamoDB to the stand-in, for runs of a million calls.

It leaves out what botocore does on the wire: validating, serialising, endpoints, retries and
parsing, which is most of the time of a call. What boto3 does to values stays, and so do hooks.
"""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

from tests.standin.queries import READ_BYTES
from tests.standin.wire import Reply

if TYPE_CHECKING:
    from tests.standin.stand_in import StandIn

_BINARY = (b'"B": ', b'"BS": ')


@contextmanager
def shorter(standin: "StandIn") -> Iterator[None]:
    """For every client that is made meanwhile, as long as it lives."""

    def make_api_call(client: Any, operation: str, api_params: dict[str, Any]) -> dict[str, Any]:
        model = client.meta.service_model.operation_model(operation)
        params = client._emit_api_params(api_params, model, {})
        body = json.dumps(params, default=_text).encode()
        request = AWSPreparedRequest("POST", "https://dynamodb/", HTTPHeaders(), body, False)
        reply = standin.reply_to(standin.call("dynamodb", operation, request))
        parsed = _parsed(reply)
        client.meta.events.emit(
            f"after-call.dynamodb.{operation}",
            http_response=SimpleNamespace(status_code=reply.status),
            parsed=parsed,
            model=model,
            context={},
        )
        if reply.status >= 300:
            raise client.exceptions.from_code(parsed["Error"]["Code"])(parsed, operation)
        return parsed

    def add(class_attributes: dict[str, Any], **_: Any) -> None:
        class_attributes["_make_api_call"] = make_api_call

    events = standin.session.events
    events.register("creating-client-class.dynamodb", add)
    try:
        yield
    finally:
        events.unregister("creating-client-class.dynamodb", add)


def _text(value: Any) -> str:
    return base64.b64encode(bytes(value)).decode()


def _parsed(reply: Reply) -> dict[str, Any]:
    """As botocore's parser gives it."""
    answer: dict[str, Any] = json.loads(reply.body)
    answer.pop(READ_BYTES, None)
    if any(kind in reply.body for kind in _BINARY):
        answer = _decoded(answer)
    if reply.status >= 300:
        code, message = answer.pop("__type").rpartition("#")[2], answer.pop("message")
        answer["Error"] = {"Code": code, "Message": message}
    return {**answer, "ResponseMetadata": {"HTTPStatusCode": reply.status}}


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(one) for one in value]
    if not isinstance(value, dict):
        return value
    if isinstance(value.get("B"), str):
        return {"B": base64.b64decode(value["B"])}
    if value.keys() == {"BS"}:
        return {"BS": [base64.b64decode(one) for one in value["BS"]]}
    return {name: _decoded(one) for name, one in value.items()}
