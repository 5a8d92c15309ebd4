"""Of an erased person no field of any payload tells any more, whichever source it is of."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import DataClass, Post
from earshot.flows.erase import eraser
from earshot.sources import catalog
from tests.house import House
from tests.standin import StandIn
from tests.unit.sources.test_events import PAYLOADS, archived, delivery

ABOUT_ACME = "Acme is leaving RivalCRM after six years, any alternatives?"


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


def posts_in(source: str, raw: RawObject) -> list[Post]:
    return [one for one in catalog.normalise(delivery(source), raw) if isinstance(one, Post)]


def by(author_id: str, posts: list[Post]) -> list[Post]:
    return [post for post in posts if post.author.author_id == author_id]


def people(posts: list[Post]) -> list[str]:
    """Whose id is that of a page, a channel or a chat, names what others wrote there too."""
    places = [f"{post.native_id} {post.permalink}" for post in posts]
    places += [post.thread_id for post in posts if post.author.author_id != post.thread_id]
    ids = {post.author.author_id for post in posts}
    return sorted(one for one in ids if not any(one in place for place in places))


CASES = [
    pytest.param(path.parent.name, archived(path, DataClass.OWNED), who, id=f"{path.name}-{who}")
    for path in PAYLOADS
    for who in people(posts_in(path.parent.name, archived(path)))
]


def about_acme(raw: RawObject, text: str) -> RawObject:
    """Where the text stands in the body as it is, so that stories, signals and alerts follow."""
    body = raw.body
    for form in {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}:
        body = body.replace(form.encode(), ABOUT_ACME.encode()) if form else body
    return RawObject(raw.headers, body, raw.data_class)


def values(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, list | set | tuple):
        for one in part:
            yield from values(one)
    else:
        yield str(part)


def fields(house: House) -> set[str]:
    """Every value of every row and raw object that is JSON."""
    found: set[str] = set()
    for row in house.rows():
        data = row.get("data")
        found |= {*values(row), *values(json.loads(data) if isinstance(data, str) else data)}
    for key in house.objects("raw/"):
        body = house.s3.get_object(Bucket=house.bucket, Key=key)["Body"].read()
        rest = body.partition(b"\n")[2].decode()
        found |= set(values(json.loads(rest)) if rest[:1] in {"{", "["} else [rest])
    return found


@pytest.mark.parametrize(("source", "raw", "who"), CASES)
@pytest.mark.parametrize("concerns_somebody", [False, True])
def test_of_an_erased_person_no_field_tells(
    house: House, source: str, raw: RawObject, *, who: str, concerns_somebody: bool
) -> None:
    house.furnish()
    if concerns_somebody:
        raw = about_acme(raw, by(who, posts_in(source, raw))[0].text)
    theirs = by(who, posts_in(source, raw))
    others = [p for p in posts_in(source, raw) if p.author.author_id != who]
    key = house.deliver_raw(source, raw).raw_key
    house.run()
    eraser().erase_person(source, who)
    authors = [post.author for post in theirs]
    told = {name for a in authors for name in (a.author_id, a.handle, a.name, a.email) if name}
    assert not told & fields(house)
    texts = {line for post in theirs for line in post.plain.splitlines() if len(line) > 12}
    texts -= {line for post in others for line in post.plain.splitlines()}
    assert house.places_with(*texts) == []
    if key in house.objects():
        left = RawObject(raw.headers, _body(house, key), raw.data_class)
        assert [(p.native_id, p.version) for p in posts_in(source, left)] == [
            (p.native_id, p.version) for p in others
        ]


def _body(house: House, key: str) -> bytes:
    stored = house.s3.get_object(Bucket=house.bucket, Key=key)["Body"].read()
    return bytes(stored.partition(b"\n")[2])
