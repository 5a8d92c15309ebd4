"""Whatever a payload holds of a post, an erasure takes it out and leaves the others alone."""

from pathlib import Path

import pytest

from earshot.domain.models import Post
from earshot.sources import catalog
from earshot.sources.surface import Item
from tests.unit.sources.test_events import PAYLOADS, archived, delivery


def items(path: Path) -> list[Item]:
    return list(catalog.normalise(delivery(path.parent.name), archived(path)))


def posts_in(path: Path) -> list[Post]:
    return [item for item in items(path) if isinstance(item, Post)]


CASES = [
    pytest.param(path, post, id=f"{path.parent.name}-{path.name}-{post.native_id}")
    for path in PAYLOADS
    for post in posts_in(path)
]


@pytest.mark.parametrize(("path", "post"), CASES)
def test_no_word_of_an_erased_post_stays_and_the_others_do(path: Path, post: Post) -> None:
    source = path.parent.name
    rest = catalog.without(source, archived(path), post.native_id)
    others = [one for one in posts_in(path) if one.native_id != post.native_id]
    if rest is None:
        return
    found = [p for p in catalog.normalise(delivery(source), rest) if isinstance(p, Post)]
    assert found == others
    assert post.native_id not in {one.native_id for one in catalog.held(source, rest)}
    for line in post.plain.splitlines():
        assert line not in " ".join(other.plain for other in found) or not line
        assert len(line) < 8 or line.encode() not in rest.body


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_holds_nothing_of_a_post_stays_as_it_is(path: Path) -> None:
    raw = archived(path)
    rest = catalog.without(path.parent.name, raw, "nothing of this name")
    if rest is not None:
        again = list(catalog.normalise(delivery(path.parent.name), rest))
        assert again == items(path)


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_erasing_twice_is_erasing_once(path: Path) -> None:
    source = path.parent.name
    for post in posts_in(path):
        rest = catalog.without(source, archived(path), post.native_id)
        assert rest is None or catalog.without(source, rest, post.native_id) in (rest, None)
