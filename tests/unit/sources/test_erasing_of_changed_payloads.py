"""Also of a payload whose values are not what its platform announced, an erasure leaves nothing of
the post."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import DataClass, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import catalog
from tests.unit.sources.test_events import EVENTS, archived, delivery

SOURCES = ("discourse", "intercom", "mastodon")
PAYLOADS = [
    pytest.param(path, id=f"{source}-{path.name}")
    for source in SOURCES
    for path in sorted((EVENTS / source).glob("*.json"))
    if not path.name.endswith((".posts.json", ".headers.json"))
]
VALUES = st.one_of(
    st.sampled_from([None, True, -1, 0, 10**25, 1e300, "", " ", "a" * 300, [], {}, [None], [[]]]),
    st.sampled_from([{"id": 1}, {"id": {}}, {"content": None}, "0000-00-00", "9" * 5000, "\ud800"]),
    st.text(max_size=8),
    st.integers(),
)


def places(value: Any, so_far: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner: list[tuple[Any, ...]] = [so_far]
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        inner += places(value[key], (*so_far, key))
    return inner


def with_value(payload: Any, place: tuple[Any, ...], value: Any) -> Any:
    if not place:
        return value
    changed = copy.deepcopy(payload)
    part = changed
    for key in place[:-1]:
        part = part[key]
    part[place[-1]] = value
    return changed


@pytest.mark.parametrize("path", PAYLOADS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_a_strange_value_keeps_no_words(path: Path, data: st.DataObject) -> None:
    payload, source = json.loads(path.read_text()), path.parent.name
    place = data.draw(st.sampled_from(places(payload)))
    body = json.dumps(with_value(payload, place, data.draw(VALUES))).encode()
    raw = RawObject(archived(path).headers, body, DataClass.OWNED)
    try:
        items = list(catalog.normalise(delivery(source), raw))
        known = {held.native_id for held in catalog.held(source, raw)}
        for native_id in known | {item.native_id for item in items if isinstance(item, Post)}:
            rest = catalog.without(source, raw, native_id)
            assert rest is None or native_id not in told(source, rest)
    except MalformedPayloadError:
        return


def told(source: str, raw: RawObject) -> set[str]:
    """The posts that are left, and those whose words are."""
    items = list(catalog.normalise(delivery(source), raw))
    posts = {item.native_id for item in items if isinstance(item, Post)}
    return posts | {held.native_id for held in catalog.held(source, raw)}
