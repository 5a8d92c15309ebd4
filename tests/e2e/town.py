"""The deployed stage with companies, sellers and connections, and the ways in and out of it."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

import urllib3

from earshot.aws.config_store import Config
from earshot.domain.models import Account, AlertState, Seller, WatchlistEntry, WorkingHours
from earshot.aws import keys
from earshot_ops.demo import drain, mails
from earshot_ops.demo.mails import SentMail
from earshot_ops.demo.operator_commands import Operator
from earshot_ops.demo.post_office import Envelope
from earshot_ops.target import Target
from tests.conftest import MAIL_FROM, Stack
from tests.e2e import platforms, ses_events
from tests.e2e.platforms import FORUM, GITHUB, Company, Post
from tests.e2e.waiting import until

NAMES = (
    "Quillmark",
    "Brassfield",
    "Tarnbridge",
    "Oakhelm",
    "Vexley",
    "Dunmore",
    "Harrowgate",
    "Pellworth",
    "Ashcombe",
    "Ravenholt",
    "Stonewick",
    "Marlowe",
)
COMPANIES = tuple(
    Company(f"e2e-{number:02d}", name, f"seller-{number:02d}") for number, name in enumerate(NAMES)
)
OPERATOR = "operator@sellers.example"
_ALWAYS = WorkingHours(start="00:00", end="00:00", days=(1, 2, 3, 4, 5, 6, 7))  # type: ignore[arg-type]
_ACCEPTED = re.compile(r"SESv2 SendEmail: MessageId=(\S+) \| \S+ -> \['([^']+)'\]")


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
    companies: Iterator[Company] = field(default_factory=lambda: cycle(COMPANIES))

    # What people say

    def post(self, source: str = "github") -> Post:
        """A post of the next company: twelve in a row are of as many sellers."""
        return platforms.post(source, next(self.companies))

    def envelope(self, *posts: Post) -> Envelope:
        """One delivery with these posts, which are of one source."""
        if posts[0].source == "github":
            return platforms.github(posts[0], self.github_secret)
        return platforms.forum(posts, self.forum_secret)

    def send(self, envelope: Envelope) -> urllib3.BaseHTTPResponse:
        url = f"{self.target.deployed.api_url}hooks/{envelope.connection}"
        return urllib3.request(
            "POST", url, body=envelope.body, headers=dict(envelope.headers), timeout=30, retries=False
        )

    def say(self, *envelopes: Envelope) -> None:
        """Each is accepted; several arrive at a time."""
        with ThreadPoolExecutor(3) as senders:
            statuses = [answer.status for answer in senders.map(self.send, envelopes)]
        assert statuses == [202] * len(envelopes)

    # What the operator does

    def earshot(self, *words: str, secret: str = "") -> str:
        return self.operator.run(*words, secret=secret)

    @property
    def operator(self) -> Operator:
        access = self.stack.aws.access
        return Operator(self.stack.aws.endpoint, access.process_environment())

    def sweep(self) -> None:
        drain.invoke(self.target, "sweep_outbox")

    # What became of it

    def states(self, posts: Iterable[Post]) -> dict[str, str]:
        """The state of each post's alert by the post's word; absent where there is none."""
        rows = {post.word: self.target.outbox.get(post.alert_id) for post in posts}
        return {word: str(row.state) for word, row in rows.items() if row}

    def wait_until_mailed(self, *posts: Post, within: float = 30.0) -> None:
        wanted = {post.word: "SENT" for post in posts}
        until(lambda: self.states(posts) == wanted, "every alert is SENT", within=within)

    def mails(self) -> list[SentMail]:
        return mails.sent(self.stack.aws.endpoint)

    def mails_of(self, post: Post) -> list[SentMail]:
        """Those that quote it."""
        return [mail for mail in self.mails() if post.word in mail.text]

    def accepted(self, since: int = 0) -> list[Accepted]:
        """All mails since that length of the mail service's log, which outlives a restart."""
        text = self.stack.aws.log.read_bytes()[since:].decode()
        return [Accepted(*found.groups()) for found in _ACCEPTED.finditer(text)]

    def log_length(self) -> int:
        return self.stack.aws.log.stat().st_size

    # What SES and the clock would do

    def report_sent(self, post: Post, message_id: str, to: str) -> None:
        """The Send event that follows an accepted mail: the embedded AWS publishes none."""
        event = ses_events.send(post.alert_id, message_id, sender=MAIL_FROM, to=to)
        self.stack.client("sns").publish(
            TopicArn=self.target.deployed.outputs["MailEventsTopicArn"], Message=json.dumps(event)
        )

    def end_leases(self, posts: Sequence[Post]) -> list[Post]:
        """Of alerts that are SENDING, as if a quarter of an hour had gone by. Returns their
        posts."""
        past = keys.timestamp(datetime.now(UTC) - timedelta(seconds=1))
        stuck = [one for one in posts if self.states([one]).get(one.word) == AlertState.SENDING]
        for post in stuck:
            self.target.table.update_item(
                Key=keys.outbox(post.alert_id),
                UpdateExpression="SET lease_until = :past, due_at = :past",
                ConditionExpression="#state = :sending",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={":past": past, ":sending": AlertState.SENDING.value},
            )
        return stuck


def furnish(stack: Stack) -> Town:
    """Companies, sellers and two connections; live. Everything through the operator's own means."""
    target = Target("local", stack.aws.access, stack.deployed)
    stack.client("sesv2").create_email_identity(EmailIdentity=MAIL_FROM.rpartition("@")[2])
    rival = WatchlistEntry.model_validate(
        {"entry_id": "competitor:pipelord", "kind": "competitor", "name": platforms.RIVAL}
    )
    target.accounts.put_entries([rival])
    for company in COMPANIES:
        seller = Seller(
            seller_id=company.seller_id,
            name=company.seller_id.title(),
            email=company.address,
            hours=_ALWAYS,
        )
        target.sellers.put(seller)
    target.accounts.put_accounts(
        Account(account_id=one.account_id, name=one.name, owner=one.seller_id) for one in COMPANIES
    )
    target.config.put(Config(live=True, operator_email=OPERATOR))
    drain.invoke(target, "compile_watchlist")
    town = Town(stack, target, b"5ecret-of-the-repository", b"whsec_" + b"c2VjcmV0" * 4)
    town.earshot("connect", "github", "--connection", GITHUB, secret=town.github_secret.decode())
    town.earshot("connect", "generic", "--connection", FORUM, secret=town.forum_secret.decode())
    return town
