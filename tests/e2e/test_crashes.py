"""A Lambda is killed in the middle of its work: no accepted delivery is lost, no mail doubled.

The clock is shortened twice. What a dead consumer had taken from a queue is offered again after
4 seconds and not after 360. Leases that nobody will end are moved into the past; but not before the
Send events of all mails that were accepted have been applied, which is what 15 minutes are for.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pytest

from tests.e2e import crashes
from tests.e2e.platforms import Post
from tests.e2e.town import Town
from tests.e2e.waiting import until

pytestmark = pytest.mark.e2e

VISIBLE_AGAIN_S = 4


@pytest.fixture(autouse=True)
def _soon_visible_again(town: Town) -> Iterator[None]:
    with crashes.visibility(town.stack, VISIBLE_AGAIN_S):
        yield


def _understood(town: Town, posts: Sequence[Post]) -> int:
    return town.understood(posts)


def _decided(town: Town, posts: Sequence[Post]) -> int:
    return len(town.states(posts))


def _claimed(town: Town, posts: Sequence[Post]) -> int:
    return sum(state != "PENDING" for state in town.states(posts).values())


PROGRESS: dict[str, Callable[[Town, Sequence[Post]], int]] = {
    "understand_posts": _understood,
    "decide_signals": _decided,
    "send_alerts": _claimed,
}


@pytest.mark.parametrize(
    ("function", "steps"),
    [
        ("understand_posts", 1),
        ("understand_posts", 5),
        ("decide_signals", 1),
        ("decide_signals", 5),
        ("send_alerts", 1),
        ("send_alerts", 3),
        ("send_alerts", 6),
    ],
)
def test_a_lambda_killed_at_work_loses_nothing_and_doubles_nothing(
    town: Town, function: str, steps: int
) -> None:
    chance = random.Random(f"{function} {steps}")
    posts = _kill_at_work(town, function, steps, chance)
    until(lambda: town.are_told(posts), "every post is decided")
    until(town.is_quiet, "no message is taken or waits")
    make_good(town, posts)
    assert town.states(posts) == {post.word: "SENT" for post in posts}
    assert Counter(post for post, _ in town.mails_of(*posts)) == dict.fromkeys(posts, 1)
    for post in posts:
        why = town.target.explainer.why(post.permalink)
        assert why is not None
        assert why.head.outcome == "names_account"


def _kill_at_work(town: Town, function: str, steps: int, chance: random.Random) -> list[Post]:
    """Until it was hit at work, which the log of the embedded AWS tells: a batch may be over before
    the signal comes. Returns all that was said."""
    said: list[Post] = []
    since = town.log_length()
    for _ in range(5):
        posts = [town.post("generic") for _ in range(6)] + [town.post() for _ in range(3)]
        said += posts
        with crashes.held_back(town.stack, function):
            town.say(town.envelope(*posts[:6]), *[town.envelope(post) for post in posts[6:]])
            _wait_until_heaped(town, function, posts)
        crashes.kill_after(
            town.stack,
            function,
            progress=lambda posts=posts: PROGRESS[function](town, posts),  # type: ignore[misc]
            steps=steps,
            delay=chance.uniform(0, 0.03),
        )
        if crashes.died_at_work(town.stack, function, since=since):
            return said
    raise AssertionError(f"{function} was never killed at work")


def _wait_until_heaped(town: Town, function: str, posts: Sequence[Post]) -> None:
    """Everything that comes before the function is done."""
    before = {"decide_signals": _understood, "send_alerts": _decided}.get(function)
    if before:
        until(lambda: before(town, posts) == len(posts), f"all is ready for {function}")


def make_good(town: Town, posts: Sequence[Post]) -> None:
    """What SES, the clock and the schedule do after a crash."""
    town.report_mails([(post, mail.message_id) for post, mail in town.mails_of(*posts)])
    town.end_leases(posts)
    town.sweep()
