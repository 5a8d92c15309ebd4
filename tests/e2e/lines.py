"""Connections as an operator makes them, and what comes in through them."""

import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import urllib3
from typer.testing import CliRunner

from earshot.aws import keys
from earshot_ops.cli import app
from earshot_ops.demo.post_office import Envelope
from earshot_ops.payloads import signing
from tests.e2e.replayed import Hub, Replay
from tests.e2e.senders import Body, Platform, sealed
from tests.e2e.town import Town
from tests.e2e.waiting import until
from tests.e2e.web_platforms import CHANNEL

NAME = "line"

_HOOK = re.compile(r"https?://\S+/hooks/[a-z]+/[a-z0-9-]+")
_TOKEN = re.compile(r"verify token: (\S+)")
_SECRET = re.compile(r"secret, shown this once: (\S+)")


@dataclass(frozen=True)
class Line:
    """A platform with its connection. ``token`` is what the operator enters there, where the
    platform asks for one."""

    platform: Platform
    secret: bytes
    hook: str
    token: str = ""

    def envelope(self, body: Body) -> Envelope:
        return sealed(self.platform.source, NAME, self.secret, body=body)

    def forged(self, body: Body) -> Envelope:
        """Signed by somebody who does not know the secret."""
        _, another = signing.schemes_of(self.platform.source)[0].new_secrets()
        return sealed(self.platform.source, NAME, another, body=body)

    def ask(
        self,
        query: Mapping[str, str],
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
    ) -> urllib3.BaseHTTPResponse:
        """What a platform asks that wants the address proved."""
        told = dict(headers or {})
        return urllib3.request(method, self.hook, fields=query, headers=told, retries=False)


def connect(town: Town, platform: Platform, replay: Replay, hub: Hub) -> Line:
    """By `earshot connect`, which tells what to enter at the platform; a hub is told by it."""
    source = platform.source
    if source in {"rss", "youtube"}:
        return _connect_by_hub(town, platform, replay, hub)
    words = [] if platform.secret else ["--generate"]
    said = operate(town, "connect", source, "--connection", NAME, *words, given=platform.secret)
    return Line(
        platform,
        secret=(platform.secret or _found(_SECRET, said)).encode(),
        hook=_found(_HOOK, said),
        token=_found(_TOKEN, said),
    )


def _connect_by_hub(town: Town, platform: Platform, replay: Replay, hub: Hub) -> Line:
    """The feed names its hub; YouTube's is named here. It is waited for until the hub asks back."""
    topic, words = replay.url("/feed.xml"), ["--push"]
    if platform.source == "youtube":
        topic = f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"
        words = ["--hub", replay.url("/hub")]
    words += ["--url", topic, "--connection", NAME, "--wait", "30"]
    assert "it was heard" in operate(town, "connect", platform.source, *words)
    (form,) = (one for one in hub.subscriptions if one["hub.topic"] == topic)
    return Line(platform, form["hub.secret"].encode(), form["hub.callback"])


def operate(town: Town, *words: str, given: str = "") -> str:
    """What `earshot` says, in this process."""
    answer = CliRunner().invoke(app, words, input=given, obj=town.target)
    assert answer.exit_code == 0, answer.output
    return answer.output


def remove(town: Town, connections: Iterable[tuple[str, str]]) -> None:
    """So that no later poll asks a server that is gone."""
    for source, name in connections:
        town.target.table.delete_item(Key=keys.connection(source, name))


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[found.re.groups] if found else ""


def send_all(town: Town, envelopes: Iterable[Envelope]) -> list[int]:
    """What each was answered, in their order; several arrive at a time."""
    with ThreadPoolExecutor(3) as senders:
        return [answer.status for answer in senders.map(town.send, envelopes)]


def wait_until_quiet(town: Town) -> None:
    until(lambda: town.is_quiet() and town.is_quiet(), "the queues are empty", pause=0.5)


def dead_letters(town: Town) -> int:
    urls = [town.queue(name) for name in ("deliveries-dlq", "mentions-dlq")]
    name: Any = "ApproximateNumberOfMessages"
    asked = [town.target.sqs.get_queue_attributes(QueueUrl=u, AttributeNames=[name]) for u in urls]
    return sum(int(answer["Attributes"][name]) for answer in asked)
