"""ministack is stopped by SIGTERM and started again while deliveries are on their way.

It keeps its state, but not the list of mails: they are counted by its log, one seller each. What a
consumer had taken is offered again after 4 seconds and not after 360, and the schedule of the
sweep is run by hand, as are the Send events that SES would have published.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from earshot_ops.loopback import answers
from tests.e2e import crashes
from tests.e2e.companies import SELLERS
from tests.e2e.platforms import Post
from tests.e2e.test_crashes import VISIBLE_AGAIN_S
from tests.e2e.town import Town
from tests.e2e.waiting import until

pytestmark = pytest.mark.e2e

Moment = Callable[[Town, Sequence[Post]], object]


def _all_accepted(town: Town, posts: Sequence[Post]) -> None:
    """Now."""


def _some_decided(town: Town, posts: Sequence[Post]) -> None:
    until(lambda: len(town.states(posts)) >= 3, "some are decided", pause=0.01)


def _some_claimed(town: Town, posts: Sequence[Post]) -> None:
    """By the stream, or by the sweep: after a restart the embedded AWS passes over new records of
    the stream until there are as many as there were."""
    until(lambda: len(town.states(posts)) == len(posts), "all are decided")
    town.start_sweep()
    until(lambda: _claimed(town, posts) >= 3, "some are claimed", pause=0.01)


def _claimed(town: Town, posts: Sequence[Post]) -> int:
    return sum(state != "PENDING" for state in town.states(posts).values())


@pytest.mark.parametrize("moment", [_all_accepted, _some_decided, _some_claimed])
def test_a_stop_in_the_middle_loses_nothing_and_doubles_nothing(town: Town, moment: Moment) -> None:
    since = town.log_length()
    posts = [town.post("generic") for _ in range(6)] + [town.post() for _ in range(6)]
    assert {post.company.seller_id for post in posts} == SELLERS.keys()
    with crashes.visibility(town.stack, VISIBLE_AGAIN_S):
        _say_and_stop(town, posts, moment)
        town.stack.aws.start()
        until(lambda: town.are_told(posts), "every post is decided")
        _report_mails(town, posts, since)
        town.end_leases(posts)
        until(lambda: _swept(town, posts), "the sweep has sent the rest")
    sent_to = Counter(mail.to for mail in town.accepted(since))
    assert sent_to == {post.company.address: 1 for post in posts}


def _say_and_stop(town: Town, posts: Sequence[Post], moment: Moment) -> None:
    with crashes.held_back(town.stack, "understand_posts"):
        town.say(town.envelope(*posts[:6]), *[town.envelope(post) for post in posts[6:]])
    moment(town, posts)
    _stop(town)


def _stop(town: Town) -> None:
    """Its Lambdas would go on asking for an AWS that is gone: they end with it."""
    aws = town.stack.aws
    with ThreadPoolExecutor(1) as beside:
        stopped = beside.submit(aws.stop)
        until(lambda: not answers(aws.port), "the embedded AWS answers no more")
        for pid in aws.workers():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        stopped.result()


def _report_mails(town: Town, posts: Sequence[Post], since: int) -> None:
    by_address = {post.company.address: post for post in posts}
    town.report_mails([(by_address[one.to], one.message_id) for one in town.accepted(since)])


def _swept(town: Town, posts: Sequence[Post]) -> bool:
    town.sweep()
    return set(town.states(posts).values()) == {"SENT"}
