"""Every payload in ``tests/events`` becomes the posts that lie beside it; the headers that came
with it, where its source reads any, are in a third file."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import DataClass, Delivery
from earshot.sources import catalog

EVENTS = Path(__file__).parents[2] / "events"
PAYLOADS = sorted(
    path
    for source in catalog.SOURCES
    for path in (EVENTS / source).glob("*")
    if not path.name.endswith((".posts.json", ".headers.json"))
)


def delivery(source: str) -> Delivery:
    return Delivery(
        source=source,
        connection_id="main",
        delivery_id="d1",
        raw_key="raw/test/main/d1",
        received_at=datetime(2026, 3, 2, 12, tzinfo=UTC),
    )


def archived(path: Path, data_class: DataClass = DataClass.BORROWED) -> RawObject:
    """The payload as it would lie in the archive."""
    beside = path.parent / f"{path.stem}.headers.json"
    headers = json.loads(beside.read_text()) if beside.exists() else {}
    return RawObject(headers, path.read_bytes(), data_class)


def told(path: Path) -> list[dict[str, Any]]:
    source = path.parent.name
    items = catalog.normalise(delivery(source), archived(path))
    return [item.model_dump(mode="json", exclude_none=True) for item in items]


def without_hash(item: dict[str, Any]) -> dict[str, Any]:
    if "version" not in item:
        return item
    return {**item, "version": re.sub(r"#[0-9a-f]{8}$", "#HASH", item["version"])}


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_payload_becomes_the_posts_beside_it(path: Path) -> None:
    expected = json.loads((path.parent / f"{path.stem}.posts.json").read_text())
    assert [without_hash(item) for item in told(path)] == expected


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_reading_a_payload_twice_gives_the_same(path: Path) -> None:
    assert told(path) == told(path)
