"""How long a warm container takes for a delivery, against a bare handler with the same calls.

AWS is answered at botocore's HTTP layer: signing, serialising and parsing run on both sides.
"""

import hashlib
import hmac
import importlib.util
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any, Final

import pytest

from tests import fakes_ingest
from tests.bench import bare_webhook
from tests.bench.measured import Measured

ROOT: Final = Path(__file__).parents[2]
GOAL: Final = 1.3
TIMES: Final = 400
WARMING: Final = 40
SECRET: Final = "of the bench"

App = Callable[[dict[str, Any], Any], dict[str, Any]]


class Context:
    function_name = "receive_webhook"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-central-1:000000000000:function:receive_webhook"
    aws_request_id = "bench"


def measure() -> Iterator[Measured]:
    with _quiet(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Earshot")
        patch.setenv("POWERTOOLS_SERVICE_NAME", "ingest")
        for aws in fakes_ingest.installed(patch):
            aws.connect("github", "main", SECRET)
            bare, ours = bare_webhook.make_app(SECRET), _ingest()
            samples = [
                (_seconds(bare, number), _seconds(ours, number))
                for number in range(WARMING + TIMES)
            ][WARMING:]
            sides = tuple(zip(*samples, strict=True))
            yield Measured("webhook handler, warm", sides[0], sides[1], GOAL)


def _seconds(app: App, number: int) -> float:
    event = _event(number)
    started = time.process_time()
    answer = app(event, Context())
    took = time.process_time() - started
    if answer["statusCode"] != 202:
        raise RuntimeError(f"the handler answered {answer['statusCode']}")
    return took


def _event(number: int) -> dict[str, Any]:
    """API Gateway's event for a GitHub delivery that nobody has seen."""
    payload = json.loads((ROOT / "tests/events/github/issue.opened.json").read_text())
    body = json.dumps({**payload, "number_of_run": number})
    signature = hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/044aadd",
        "X-GitHub-Delivery": f"72d3162e-cc78-11e3-81ab-{number:012d}",
        "X-GitHub-Event": "issues",
        "X-Hub-Signature-256": f"sha256={signature}",
    }
    return {
        "body": body,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "isBase64Encoded": False,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"source": "github", "connection_id": "main"},
        "stageVariables": None,
        "requestContext": {
            "httpMethod": "POST",
            "resourcePath": "/hooks/{source}/{connection_id}",
            "identity": {"sourceIp": "192.0.2.1"},
        },
    }


def _ingest() -> App:
    spec = importlib.util.spec_from_file_location("ingest_app", ROOT / "functions/ingest/app.py")
    if spec is None or spec.loader is None:
        raise RuntimeError("functions/ingest/app.py is not there")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    app: App = module.app
    return app


@contextmanager
def _quiet() -> Iterator[None]:
    """Log lines and metrics are written, as in Lambda, but not onto the screen."""
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        yield
