"""The deployed scan, with its policy enforced: a town that is kept well, and one planted word."""

from datetime import UTC, datetime

import pytest

from earshot.aws import keys
from earshot.aws.items import text_item_of
from earshot.domain.models import DataClass
from earshot.domain.retention import Round, Violation
from earshot_ops.checks.finding import Level
from earshot_ops.checks.keeping import check_holdings
from earshot_ops.demo import drain
from tests import examples
from tests.e2e.platforms import Post
from tests.e2e.town import Town

pytestmark = pytest.mark.e2e


def scanned(town: Town) -> Round:
    """What a round of its own finds."""
    town.target.table.delete_item(Key=keys.scan_round())
    drain.invoke(town.target, "scan_holdings")
    report = town.target.scans.report()
    assert report
    return report


def test_the_scan_finds_the_one_word_that_may_not_be_there(town: Town) -> None:
    kept, gone = town.post("generic"), town.post("github")
    town.say(town.envelope(kept), town.envelope(gone))
    town.wait_until_mailed(kept, gone)
    town.earshot("erase", "--person", f"{gone.source}:{gone.author_id}", "--yes")
    entry = _journalled(town, kept)
    clean = scanned(town)
    town.target.journal.remove(entry)
    assert (clean.counts, clean.named) == ({}, ())
    assert clean.rows
    assert clean.objects
    key = _plant(town, kept.word)
    (found,) = scanned(town).named
    assert (found.violation, found.place) == (Violation.WORDS, f"{key['pk']} {key['sk']}")
    assert kept.word not in str(found)
    (told,) = check_holdings(town.target)
    assert (told.level, told.what) == (Level.FAIL, "words that may not stay")
    town.target.table.delete_item(Key=key)
    assert scanned(town).counts == {}


def _journalled(town: Town, post: Post) -> str:
    """What stays of a post when its words go."""
    head = town.target.posts.head(post.source, post.native_id)
    assert head
    payload = head.model_dump(mode="json", exclude_none=True)
    return town.target.journal.append("expired", datetime.now(UTC), "planted", payload=payload)


def _plant(town: Town, word: str) -> keys.Key:
    """The row of a post with this word, of a source that is only displayed."""
    key = keys.strand_post("words:planted", "generic", "planted")
    post = examples.story_post("planted", quote=word, data_class=DataClass.DISPLAYED)
    town.target.table.put_item(Item=text_item_of(key, post, version=post.version))
    return key
