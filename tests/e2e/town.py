"""The furnished stage, and the ways in and out of it."""

import json
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import urllib3

from earshot.aws import keys
from earshot.domain.models import AlertKind, AlertState
from earshot_ops import stores
from earshot_ops.demo import drain, mails
from earshot_ops.demo.mails import SentMail
from earshot_ops.demo.operator_commands import Operator
from earshot_ops.demo.post_office import Envelope
from earshot_ops.target import Target
from tests.conftest import MAIL_FROM, Stack
from tests.e2e import platforms, ses_events
from tests.e2e.companies import COMPANIES, Company
from tests.e2e.platforms import Post
from tests.e2e.waiting import until

_ACCEPTED = re.compile(r"SESv2 SendEmail: MessageId=(\S+) \| \S+ -> \['([^']+)'\]")

_OF_PLATFORM = re.compile(r"(START|END|REPORT) RequestId: |INIT_START |$")


@dataclass(frozen=True)
class Accepted:
    """A mail that the mail service took, by its own log."""

    message_id: str
    to: str


@dataclass(frozen=True)
class Town:
    stack: Stack
    target: Target
    github_secret: bytes
    forum_secret: bytes
    companies: Iterator[Company] = field(default_factory=lambda: iter(COMPANIES))

    # What people say

    def post(self, source: str = "github") -> Post:
        """Of a company that nobody spoke of before: twelve in a row are of as many sellers."""
        return platforms.post(source, next(self.companies))

    def envelope(self, *posts: Post) -> Envelope:
        """One delivery with these posts, which are of one source."""
        if posts[0].source == "github":
            return platforms.github(posts[0], self.github_secret)
        return platforms.forum(posts, self.forum_secret)

    def send(self, envelope: Envelope) -> urllib3.BaseHTTPResponse:
        url = f"{self.target.deployed.api_url}hooks/{envelope.connection}"
        return urllib3.request(
            "POST",
            url,
            body=envelope.body,
            headers=dict(envelope.headers),
            timeout=30,
            retries=False,
        )

    def say(self, *envelopes: Envelope) -> None:
        """Each is accepted; several arrive at a time."""
        with ThreadPoolExecutor(3) as senders:
            statuses = [answer.status for answer in senders.map(self.send, envelopes)]
        assert statuses == [202] * len(envelopes)

    # What the operator does

    def earshot(self, *words: str, secret: str = "") -> str:
        return self.operator.run(*words, secret=secret)

    @cached_property
    def _dynamodb(self) -> Any:
        return self.target.access.resource("dynamodb")

    @property
    def operator(self) -> Operator:
        access = self.stack.aws.access
        return Operator(self.stack.aws.endpoint, access.process_environment())

    def sweep(self) -> None:
        drain.invoke(self.target, "sweep_outbox")

    def start_sweep(self) -> None:
        """Without waiting for its end."""
        name = f"earshot-{self.target.stage}-sweep_outbox"
        client = self.stack.client("lambda")
        event = json.dumps(drain._SCHEDULED)
        client.invoke(FunctionName=name, InvocationType="Event", Payload=event)

    # What became of it

    def states(self, posts: Iterable[Post]) -> dict[str, str]:
        """The state of each post's alert by the post's word; absent where there is none."""
        by_key = {str(keys.outbox(post.alert_id)): post.word for post in posts}
        rows = self._rows([keys.outbox(post.alert_id) for post in posts])
        return {by_key[str({"pk": row["pk"], "sk": row["sk"]})]: str(row["state"]) for row in rows}

    def are_told(self, posts: Sequence[Post]) -> bool:
        """Whether each has an alert. Where a Lambda died between a decision and telling it, the
        sweep tells it, which would be a minute later."""
        if self.is_quiet():
            self._tell_what_waits()
        return len(self.states(posts)) == len(posts)

    def _tell_what_waits(self) -> None:
        soon = datetime.now(UTC) + timedelta(minutes=2)
        rows = self._rows([keys.outbox(alert_id) for alert_id in self.target.outbox.due(soon)])
        waiting = [row for row in rows if row["kind"] == AlertKind.FAN_OUT]
        for row in waiting:
            self._move_row({"pk": row["pk"], "sk": row["sk"]}, AlertState.PENDING, ("due_at",))
        if waiting:
            self.sweep()

    def understood(self, posts: Iterable[Post]) -> int:
        """How many of them have an outcome that `why` can tell."""
        return len(self._rows([keys.post_head(post.source, post.native_id) for post in posts]))

    def _rows(self, wanted: list[dict[str, str]]) -> list[dict[str, Any]]:
        """One request: who waits should not be the load."""
        name = self.target.table.name
        found: list[dict[str, Any]] = []
        for start in range(0, len(wanted), 100):
            some = {name: {"Keys": wanted[start : start + 100], "ConsistentRead": True}}
            found += self._dynamodb.batch_get_item(RequestItems=some)["Responses"][name]
        return found

    def wait_until_mailed(self, *posts: Post, within: float = 60.0) -> None:
        wanted = {post.word: "SENT" for post in posts}
        until(lambda: self.states(posts) == wanted, "every alert is SENT", within=within)

    def mails(self) -> list[SentMail]:
        return mails.sent(self.stack.aws.endpoint)

    def mails_of(self, *posts: Post) -> list[tuple[Post, SentMail]]:
        """Those that quote one of the posts, each with the post."""
        found = self.mails()
        return [(post, mail) for post in posts for mail in found if post.word in mail.text]

    def accepted(self, since: int = 0) -> list[Accepted]:
        """All mails since that length of the mail service's log, which outlives a restart."""
        text = self.stack.aws.log.read_bytes()[since:].decode()
        return [Accepted(*found.groups()) for found in _ACCEPTED.finditer(text)]

    def log_length(self) -> int:
        return self.stack.aws.log.stat().st_size

    def is_quiet(self) -> bool:
        """Nothing waits in a queue or is taken from it."""
        return not drain.look(self.target).moving

    def places_with(self, *words: str) -> list[str]:
        """Every row, object and message that holds one of the words."""
        return [place for word in words for place in stores.places_with(self.target, word)]

    def queue(self, name: str) -> str:
        """URL of ``deliveries``, ``mentions``, or one with ``-dlq``."""
        queue, dead, _ = name.partition("-dlq")
        return self.target.deployed.outputs[f"{queue.title()}{'Dlq' if dead else 'Queue'}Url"]

    def forget_dead_letters(self) -> None:
        for queue in ("deliveries-dlq", "mentions-dlq"):
            self.target.sqs.purge_queue(QueueUrl=self.queue(queue))

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def lines(self, function: str, since: int = 0) -> list[str]:
        """Of the function's log group, from that time (in ms) on."""
        return self.lines_of(f"/aws/lambda/earshot-{self.target.stage}-{function}", since)

    def lines_of(self, log_group: str, since: int = 0) -> list[str]:
        pages = self.stack.client("logs").get_paginator("filter_log_events")
        found = pages.paginate(logGroupName=log_group, startTime=since)
        return [event["message"] for page in found for event in page["events"]]

    def logs(self, function: str, since: int = 0) -> list[dict[str, Any]]:
        """What the function itself logged: all but the lines of the platform."""
        said = [line for line in self.lines(function, since) if not _OF_PLATFORM.match(line)]
        return [json.loads(line) for line in said]

    # What SES and the clock would do

    @contextmanager
    def mail_refused(self) -> Iterator[None]:
        """The sender's domain is not verified meanwhile: the mail service refuses every mail."""
        ses, domain = self.stack.client("sesv2"), MAIL_FROM.rpartition("@")[2]
        ses.delete_email_identity(EmailIdentity=domain)
        try:
            yield
        finally:
            ses.create_email_identity(EmailIdentity=domain)

    def make_due(self, posts: Sequence[Post]) -> None:
        """Alerts that wait for a retry, as if its time had come."""
        self._move(posts, AlertState.PENDING, "due_at")

    def report_mails(self, mails: Sequence[tuple[Post, str]]) -> None:
        """Message ids of mails of these posts: SES reports them, and every alert is settled. Of
        those that are settled already one is reported: it changes nothing, and each costs a Lambda
        worker."""
        states = self.states([post for post, _ in mails])
        settled = [one for one in mails if states[one[0].word] == AlertState.SENT]
        for post, message_id in [*(one for one in mails if one not in settled), *settled[:1]]:
            self.report_sent(post, message_id)
        self.wait_until_mailed(*(post for post, _ in mails))

    def report_sent(self, post: Post, message_id: str) -> None:
        """The Send event that follows an accepted mail: the embedded AWS publishes none."""
        self.report(post.alert_id, message_id, to=post.company.address)

    def report(self, alert_id: str, message_id: str, *, to: str) -> None:
        event = ses_events.send(alert_id, message_id, sender=MAIL_FROM, to=to)
        self.stack.client("sns").publish(
            TopicArn=self.target.deployed.outputs["MailEventsTopicArn"], Message=json.dumps(event)
        )

    def end_leases(self, posts: Sequence[Post]) -> list[Post]:
        """Of alerts that are SENDING, as if a quarter of an hour had gone by. Returns their
        posts."""
        return self._move(posts, AlertState.SENDING, "due_at", "lease_until")

    def _move(self, posts: Sequence[Post], state: AlertState, *moments: str) -> list[Post]:
        states = self.states(posts)
        moved = [post for post in posts if states.get(post.word) == state]
        for post in moved:
            self._move_row(keys.outbox(post.alert_id), state, moments)
        return moved

    def _move_row(self, key: dict[str, str], state: AlertState, moments: Sequence[str]) -> None:
        past = keys.timestamp(datetime.now(UTC) - timedelta(seconds=1))
        self.target.table.update_item(
            Key=key,
            UpdateExpression="SET " + ", ".join(f"{moment} = :past" for moment in moments),
            ConditionExpression="#state = :state",
            ExpressionAttributeNames={"#state": "state"},
            ExpressionAttributeValues={":past": past, ":state": state.value},
        )
