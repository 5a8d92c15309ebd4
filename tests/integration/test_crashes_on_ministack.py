"""One delivery through queue, decision, mail and settlement on the embedded AWS, once for each of
its side effects: the process ends right after that one, and others go on."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from earshot.aws import clients, keys
from earshot.aws.account_store import AccountStore
from earshot.aws.config_store import Config, ConfigStore
from earshot.aws.seller_store import SellerStore
from earshot.flows import (
    compile_watchlist,
    decide_signals,
    send_alerts,
    settle_mail,
    sweep_outbox,
    understand_posts,
)
from earshot.settings import settings
from earshot_ops.demo import mails
from earshot_ops.embedded_aws import EmbeddedAws
from tests import examples
from tests.e2e import ses_events
from tests.e2e.companies import COMPANIES
from tests.house import House, entry, queue_record
from tests.standin.clock import LogicalClock, logical_time
from tests.standin.event_sources import Context
from tests.standin.wire import READS
from tests.standin.workers import Killed

MOST = 60
LEASE = timedelta(minutes=16)


class Deaths:
    """Whoever runs inside of `at_work` dies after its ``last``-th side effect."""

    def __init__(self, aws_clients: list[Any]) -> None:
        self.last = -1
        self.done = 0
        self.is_at_work = False
        for client in aws_clients:
            client.meta.events.register("before-call", self._before)
            client.meta.events.register("after-call", self._after)

    def arm(self, last: int) -> None:
        self.last, self.done = last, 0

    @property
    def has_struck(self) -> bool:
        return self.last < 0

    @contextmanager
    def at_work(self) -> Iterator[None]:
        self.is_at_work = True
        try:
            yield
        finally:
            self.is_at_work = False

    def _before(self, model: Any, **_: Any) -> None:
        if self.last == 0 and self._counts(model):
            self._strike()

    def _after(self, model: Any, **_: Any) -> None:
        if self._counts(model):
            self.done += 1
            if self.done == self.last:
                self._strike()

    def _counts(self, model: Any) -> bool:
        return self.is_at_work and model.name not in READS

    def _strike(self) -> None:
        self.last = -1
        raise Killed


class Way:
    """From the queue to the settled mail, each Lambda's batch in its turn."""

    def __init__(self, aws: EmbeddedAws, house: House, clock: LogicalClock) -> None:
        self.house = house
        self._aws = aws
        self._clock = clock
        table = house.table.meta.client
        self.deaths = Deaths([table, clients.s3(), clients.sqs(), clients.ses()])

    def go(self, number: int) -> None:
        """Three rounds, in each of which more time has passed."""
        for _ in range(3):
            for step in (self._deliveries, self._mentions, self._stream, self._events, self._sweep):
                with suppress(Killed):
                    step(number)
            self._clock.advance(LEASE)

    def _deliveries(self, _: int) -> None:
        self._poll(settings().EARSHOT_DELIVERIES_QUEUE_URL, understand_posts.handle)

    def _mentions(self, _: int) -> None:
        self._poll(settings().EARSHOT_MENTIONS_QUEUE_URL, decide_signals.handle)

    def _poll(self, url: str, handle: Callable[[Any, Any], dict[str, Any]]) -> None:
        sqs = clients.sqs()
        found = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        ).get("Messages", [])
        if not found:
            return
        try:
            with self.deaths.at_work():
                records = [queue_record(message, "queue") for message in found]
                answer = handle({"Records": records}, Context())
        except Killed:
            for message in found:  # as when the lease ends
                receipt = message["ReceiptHandle"]
                sqs.change_message_visibility(
                    QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0
                )
            raise
        assert answer == {"batchItemFailures": []}
        for message in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def _stream(self, number: int) -> None:
        for row in self.alerts(number):
            if row["state"] == "PENDING":
                key = {name: {"S": row[name]} for name in ("pk", "sk")}
                record = {
                    "eventName": "INSERT",
                    "eventSource": "aws:dynamodb",
                    "dynamodb": {"Keys": key, "SequenceNumber": "1"},
                }
                with self.deaths.at_work():
                    send_alerts.handle({"Records": [record]}, Context())

    def _events(self, number: int) -> None:
        for alert in self.alerts(number):
            for mail in self.mails(number):
                event = ses_events.send(
                    alert["alert_id"], mail.message_id, sender="a@earshot.example", to=mail.to[0]
                )
                message = settle_mail_message(event)
                with self.deaths.at_work():
                    settle_mail.handle(message, Context())

    def _sweep(self, _: int) -> None:
        with self.deaths.at_work():
            sweep_outbox.handle({}, Context())

    def alerts(self, number: int) -> list[dict[str, Any]]:
        rows = (row for row in self.house.rows() if str(row["pk"]).startswith("OUTBOX#"))
        return [row for row in rows if row["seller_id"] == f"seller-{number}"]

    def mails(self, number: int) -> list[mails.SentMail]:
        address = f"seller-{number}@seller.example"
        return [mail for mail in mails.sent(self._aws.endpoint) if address in mail.to]


def settle_mail_message(event: dict[str, Any]) -> dict[str, Any]:
    return {"Records": [{"Sns": {"Message": json.dumps(event)}}]}


def furnish(house: House) -> None:
    """A company with a seller of its own for each run."""
    sellers, accounts = SellerStore(house.table), AccountStore(house.table)
    for number in range(MOST):
        sellers.put(examples.seller(f"seller-{number}"))
    accounts.put_accounts(
        examples.account(
            account_id=f"a{number}", name=company.name, domains=(), owner=f"seller-{number}"
        )
        for number, company in enumerate(COMPANIES[:MOST])
    )
    ConfigStore(house.table).put(Config(live=True))
    compile_watchlist.handle({}, Context())


def test_whichever_side_effect_is_the_last_one_mail_goes_out(
    aws_environment: EmbeddedAws, house: House
) -> None:
    clients.ses().create_email_identity(EmailIdentity="earshot.example")
    clock = LogicalClock()
    with logical_time(clock):
        furnish(house)
        way = Way(aws_environment, house, clock)
        for number in range(MOST):
            name = COMPANIES[number].name
            text = f"We at {name} are leaving our CRM after six years, what do people use instead?"
            house.deliver(entry(number, text))
            way.deaths.arm(number)
            way.go(number)
            assert len(way.mails(number)) == 1, number
            assert [row["state"] for row in way.alerts(number)] == ["SENT"], number
            guard = keys.guard("generic", f"p{number}", seller_id=f"seller-{number}")
            assert "Item" in house.table.get_item(Key=guard), number
            if not way.deaths.has_struck:
                break
    assert 20 < number < MOST - 1
