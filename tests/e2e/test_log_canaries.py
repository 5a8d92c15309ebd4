"""What is logged of a delivery, from the request to the mail, and what never is.

Everything goes wrong once: refused signatures, messages that cannot be read, a refused mail.
"""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from earshot_ops.demo import post_office
from earshot_ops.demo.post_office import Envelope
from tests.conftest import MAIL_FROM
from tests.e2e.companies import OPERATOR
from tests.e2e.platforms import GITHUB, Post
from tests.e2e.town import Town
from tests.e2e.waiting import until

pytestmark = pytest.mark.e2e

EVENTS = {
    "receive_webhook": "delivery_accepted",
    "understand_posts": "post_understood",
    "decide_signals": "mention_decided",
    "send_alerts": "alert_handled",
}


@pytest.mark.parametrize("source", ["github", "generic"])
def test_every_log_event_on_its_way_is_json_and_names_the_delivery(town: Town, source: str) -> None:
    since = town.now_ms()
    post = town.post(source)
    answer = town.send(town.envelope(post))
    delivery_id = json.loads(answer.data)["delivery_id"]
    town.wait_until_mailed(post)
    for function, event in EVENTS.items():
        about = partial(_about, town, function, delivery_id=delivery_id, since=since)
        found = until(about, f"{function} has logged")
        assert event in {line["message"] for line in found}


def test_no_log_holds_what_somebody_said_or_who(town: Town) -> None:
    post, refused, forged, malformed = (town.post() for _ in range(4))
    entry = town.post("generic")
    town.say(_with_header(town.envelope(post), post), town.envelope(entry))
    town.wait_until_mailed(post, entry)
    for mailed, mail in town.mails_of(post, entry):
        town.report_sent(mailed, mail.message_id)
    assert town.send(post_office.forged(town.envelope(forged))).status == 401
    assert town.send(_unsigned(town.envelope(forged))).status == 401
    town.say(_unreadable(town, malformed))
    _put_unreadable(town, malformed)
    _refuse_the_mail_of(town, refused)
    town.earshot("erase", "--post", entry.permalink, "--yes")
    until(town.is_quiet, "nothing is under way")
    said = [line for name in _log_groups(town) for line in town.lines_of(name)]
    assert any(post.alert_id in line for line in said)
    for canary in _canaries(town, post, entry, refused, forged, malformed):
        assert [line for line in said if canary in line] == []
    town.forget_dead_letters()


def _about(town: Town, function: str, *, delivery_id: str, since: int) -> list[dict[str, Any]]:
    events = town.logs(function, since)
    return [event for event in events if event.get("correlation_id") == delivery_id]


def _canaries(town: Town, *posts: Post) -> Iterator[str]:
    for post in posts:
        yield post.word  # in its text, and in its author's name, handle and address
        yield post.author_id
        yield post.company.address
        yield post.company.seller_id.title()
    yield from (OPERATOR, MAIL_FROM, "Any alternatives", "sha256=")
    yield from (town.github_secret.decode(), town.forum_secret.decode())
    secrets = town.stack.client("secretsmanager")
    for name in ("TombstoneSecretArn", "ActionSecretArn"):
        secret = town.target.deployed.outputs[name]
        yield secrets.get_secret_value(SecretId=secret)["SecretString"]
    yield "/link/"


def _with_header(envelope: Envelope, post: Post) -> Envelope:
    headers = {**envelope.headers, "X-Forwarded-Person": post.word, "Authorization": post.word}
    return Envelope(envelope.connection, headers, envelope.body)


def _unsigned(envelope: Envelope) -> Envelope:
    headers = {**envelope.headers, "X-Hub-Signature-256": "sha256=nothing"}
    return Envelope(envelope.connection, headers, envelope.body)


def _unreadable(town: Town, post: Post) -> Envelope:
    """Rightly signed, and none of GitHub's events."""
    payload = {"action": post.word, "issue": {"id": post.word, "body": post.text}}
    return post_office.github(GITHUB, town.github_secret, payload, event="issues")


def _put_unreadable(town: Town, post: Post) -> None:
    body = json.dumps({"schema_version": 1, "text": post.text})
    sqs = town.target.sqs
    sqs.send_message(QueueUrl=town.queue("deliveries"), MessageBody=body)
    sqs.send_message(
        QueueUrl=town.queue("mentions"),
        MessageBody=body,
        MessageGroupId=post.word,
        MessageDeduplicationId=post.word,
    )


def _refuse_the_mail_of(town: Town, post: Post) -> None:
    since = town.now_ms()
    with town.mail_refused():
        town.say(town.envelope(post))
        until(
            lambda: [line for line in town.logs("send_alerts", since) if "mail_refused" in line],
            "the mail was refused",
        )
    town.make_due([post])
    town.sweep()
    town.wait_until_mailed(post)


def _log_groups(town: Town) -> list[str]:
    found = town.stack.client("logs").describe_log_groups(logGroupNamePrefix="/aws/lambda/")
    names = [str(group["logGroupName"]) for group in found["logGroups"]]
    assert len(names) >= len(EVENTS)
    return names
