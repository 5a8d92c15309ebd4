"""What is erased is in no store any more, and does not come back."""

import pytest

from tests.e2e import crashes
from tests.e2e.platforms import Post
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


def _erase(town: Town, post: Post, of: str) -> None:
    what = f"{post.source}:{post.author_id}" if of == "person" else post.permalink
    said = town.earshot("erase", f"--{of}", what, "--yes")
    assert f"erased {post.reference}" in said
