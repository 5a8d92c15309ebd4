"""What a seller clicks teaches a name that is also a word, by the deployed Lambdas."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from earshot.aws.alias_store import AliasStore
from earshot.aws.feedback_store import FeedbackStore
from earshot.domain.models import Feedback, FeedbackKind, Purpose
from earshot.domain.stories import signal_id
from earshot_ops.demo import drain
from tests.e2e import crashes, platforms
from tests.e2e.companies import Company
from tests.e2e.platforms import FORUM, RIVAL
from tests.e2e.town import Town
from tests.integration.test_disambiguate import CAR, JAGUAR

pytestmark = pytest.mark.e2e

OWNED = Company("jaguar", "Jaguar", "seller-00")
SUBJECT = f"account:{OWNED.account_id}"


def test_a_click_teaches_the_name_by_which_its_post_was_found(town: Town) -> None:
    account = JAGUAR.model_copy(update={"owner": OWNED.seller_id})
    town.target.accounts.put_accounts([account])
    drain.invoke(town.target, "compile_watchlist")
    crashes.kill(town.stack, "understand_posts")  # it would know the former names for a while
    post = platforms.post("generic", OWNED)
    text = f"{CAR}. We are leaving {RIVAL}, says {post.word}. Any alternatives?"
    town.say(platforms.of_forum([{**platforms.entry(post), "text": text}], town.forum_secret))
    town.wait_until_mailed(post)
    click = Feedback(
        signal_id=signal_id(SUBJECT, "generic", post.native_id),
        subject_id=SUBJECT,
        alert_id=post.alert_id,
        seller_id=OWNED.seller_id,
        kind=FeedbackKind.USEFUL,
        given_at=datetime.now(UTC),
    )
    assert FeedbackStore(town.target.table).give(click)
    with _learned_from(town, "generic", FORUM):
        drain.invoke(town.target, "learn")
    drain.invoke(town.target, "compile_watchlist")
    known = AliasStore(town.target.table).priors(SUBJECT, "jaguar")
    assert [(prior.posts, prior.labels) for prior in known.values()] == [(1, 1)]


@contextmanager
def _learned_from(town: Town, source: str, connection_id: str) -> Iterator[None]:
    """Its posts are, which the operator has to allow."""
    store = town.target.connections
    found = store.get(source, connection_id)
    store.put(found.model_copy(update={"purpose": Purpose.ANALYTIC}))
    try:
        yield
    finally:
        store.put(found)
