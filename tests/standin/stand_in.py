"""The AWS that production code talks to, in this process and below botocore."""

import copy
import itertools
from collections import Counter
from collections.abc import Callable
from functools import cache
from threading import RLock
from typing import Any, Protocol, cast

import boto3
import botocore.session
from botocore import UNSIGNED, xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config

from tests.standin.clock import LogicalClock
from tests.standin.dynamodb import DynamoDb
from tests.standin.s3 import S3
from tests.standin.secrets_manager import SecretsManager
from tests.standin.ses import Ses
from tests.standin.sqs import Sqs
from tests.standin.wire import Call, Reply, ServiceError, response

REGION = "us-east-1"

Before = Callable[[Call], None]
After = Callable[[Call], Reply | None]
Listener = Callable[[Call, Reply], None]


class _Service(Protocol):
    def refuse(self, error: ServiceError) -> Reply: ...


class StandIn:
    """DynamoDB, S3, SQS, SES and Secrets Manager for every client of its `session`.

    ``before`` and ``after`` are called around each request, outside of the lock. What ``before``
    raises happens instead of the call; what ``after`` raises or returns takes the place of its
    answer, when the service has done its part already. A `ServiceError` is answered as the service
    would, an exception of botocore's is retried as one of the network, and a `BaseException` ends
    the caller.
    ``answered`` is told of what goes back, whatever it is.
    """

    def __init__(self, clock: LogicalClock | None = None) -> None:
        self.clock = clock or LogicalClock()
        self.dynamodb = DynamoDb(self.clock)
        self.s3 = S3(self.clock)
        self.sqs = Sqs(self.clock)
        self.ses = Ses()
        self.secrets = SecretsManager()
        self.before: list[Before] = []
        self.after: list[After] = []
        self.answered: list[Listener] = []
        self.calls: Counter[str] = Counter()
        self.session = _session(self._send)
        self._numbers = itertools.count(1)
        self._lock = RLock()
        self._services: dict[str, _Service] = {
            "dynamodb": self.dynamodb,
            "s3": self.s3,
            "sqs": self.sqs,
            "sesv2": self.ses,
            "secrets-manager": self.secrets,
        }

    @property
    def environment(self) -> dict[str, str]:
        """For code that asks the environment for its region."""
        return {"AWS_DEFAULT_REGION": REGION, "AWS_REGION": REGION}

    def client(self, service: str) -> Any:
        return cast(Any, self.session).client(service)

    def kept(self) -> Callable[[], None]:
        """Puts everything back as it is now, the time too: cheaper than furnishing again."""
        kept = copy.deepcopy(self._contents)

        def put_back() -> None:
            again = copy.deepcopy(kept)
            self.dynamodb.tables, self.s3.buckets, self.sqs.queues, self.ses.mails = again
            self.clock.restart()

        return put_back

    def clear(self) -> None:
        """All of it goes, but for the secrets."""
        for content in self._contents:
            content.clear()

    @property
    def _contents(self) -> tuple[Any, ...]:
        return self.dynamodb.tables, self.s3.buckets, self.sqs.queues, self.ses.mails

    def table(self, name: str) -> Any:
        return self.session.resource("dynamodb").Table(name)

    def _send(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        service, operation = event_name.split(".")[1:]
        call = self.call(service, operation, request)
        return response(call, self.reply_to(call))

    def call(self, service: str, operation: str, request: AWSPreparedRequest) -> Call:
        return Call(next(self._numbers), service, operation, request)

    def reply_to(self, call: Call) -> Reply:
        """By way of the hooks."""
        answering = self._services[call.service]
        try:
            for hook in self.before:
                hook(call)
            reply = self._answer(call, answering)
            for look in self.after:
                reply = look(call) or reply
        except ServiceError as error:
            reply = answering.refuse(error)
        for listen in self.answered:
            listen(call, reply)
        return reply

    def _answer(self, call: Call, answering: _Service) -> Reply:
        answer = getattr(answering, xform_name(call.operation), None)
        if answer is None:
            raise NotImplementedError(f"{call.service}.{call.operation}")
        with self._lock:
            self.calls[f"{call.service}.{call.operation}"] += 1
            try:
                reply: Reply = answer(call)
            except ServiceError as error:
                return answering.refuse(error)
            return reply


# A third of a call would go into signing and into saying who calls; nobody here looks at either.
_QUICKLY = Config(signature_version=UNSIGNED, user_agent="earshot-tests")


@cache
def _loader() -> Any:
    """The models of the services are read once for all sessions."""
    return botocore.session.get_session().get_component("data_loader")


def _session(send: Any) -> boto3.Session:
    core = botocore.session.get_session()
    core.register_component("data_loader", _loader())
    core.register("before-send", send)
    core.set_default_client_config(_QUICKLY)
    return boto3.Session("test", "test", region_name=REGION, botocore_session=core)
