"""What is erased is in no store any more, and does not come back."""

import json

import pytest

from earshot.aws import keys
from tests.e2e import crashes, platforms
from tests.e2e.platforms import FORUM, Post
from tests.e2e.town import Town
from tests.e2e.waiting import until

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("of", ["post", "person"])
@pytest.mark.parametrize("source", ["github", "generic"])
def test_what_is_erased_after_its_mail_is_nowhere(town: Town, source: str, of: str) -> None:
    post = town.post(source)
    envelope = town.envelope(post)
    town.say(envelope)
    town.wait_until_mailed(post)
    _erase(town, post, of)
    assert town.places_with(post.word, post.handle) == []
    town.say(envelope)  # a replay
    until(town.is_quiet, "the replay is understood")
    assert town.places_with(post.word, post.handle) == []
    assert len(town.mails_of(post)) == 1


def test_the_mail_of_an_erased_post_is_never_sent(town: Town) -> None:
    post, other = town.post("generic"), town.post("generic")
    with crashes.held_back(town.stack, "send_alerts"), town.mail_refused():
        town.say(town.envelope(post, other))
        until(lambda: len(town.states([post, other])) == 2, "both are decided")
        _erase(town, post, "post")
    town.sweep()
    until(town.is_quiet, "the queues are empty")
    assert town.states([post]) == {post.word: "CANCELLED"}
    assert town.places_with(post.word, post.handle) == []
    town.make_due([other])
    town.sweep()
    assert [found for found, _ in town.mails_of(post, other)] == [other]


def test_what_a_platform_deletes_of_a_story_takes_nothing_else_along(town: Town) -> None:
    post = town.post("generic")
    answer = platforms.post("generic", post.company)
    for one in (post, answer):
        told = {**platforms.entry(one), "thread_id": post.number}
        town.say(platforms.of_forum([told], town.forum_secret))
        town.wait_until_mailed(post)
        until(town.is_quiet, "it is decided")
    assert town.places_with(answer.word) != []
    gone = {"id": answer.native_id, "deleted": True}
    town.say(platforms.of_forum([gone], town.forum_secret))
    until(town.is_quiet, "the deletion is understood")
    assert town.places_with(answer.word) == []
    assert town.places_with(post.word) != []


@pytest.mark.parametrize(
    ("function", "outcome"),
    [("understand_posts", "delivery_expired"), ("decide_signals", "mention_expired")],
)
def test_a_message_that_outlives_its_raw_object_ends_as_expired(
    town: Town, function: str, outcome: str
) -> None:
    post, since = town.post("generic"), town.now_ms()
    with crashes.held_back(town.stack, function):
        delivery_id = json.loads(town.send(town.envelope(post)).data)["delivery_id"]
        if function == "decide_signals":
            until(lambda: town.understood([post]), "it is understood")
        raw_key = keys.raw_object("generic", FORUM, delivery_id)
        town.target.s3.delete_object(Bucket=town.target.bucket, Key=raw_key)
    until(town.is_quiet, "the queues are empty")
    assert outcome in {line.get("message") for line in town.logs(function, since)}
    assert town.states([post]) == {}


def _erase(town: Town, post: Post, of: str) -> None:
    what = f"{post.source}:{post.author_id}" if of == "person" else post.permalink
    said = town.earshot("erase", f"--{of}", what, "--yes")
    assert f"erased {post.reference}" in said
