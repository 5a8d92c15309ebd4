"""What real payloads become: of each file the ids, kinds and times, and digests of who and what.

The payloads are other people's and no part of the project, so the table has none of their words.
"""

import hashlib
import json
import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from earshot.domain.posts import AuthorDeletion, Deletion, Ignored, Post
from earshot.sources.surface import Item
from earshot_ops.check_payloads import checked
from earshot_ops.payloads.proving import Verdicts
from earshot_ops.payloads.report import author_of

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("EARSHOT_SHARED", ROOT.parent / "shared"))
PAYLOADS = SHARED / "data/payloads"
TABLE: dict[str, Any] = json.loads((ROOT / "tests/golden/payloads.json").read_text("utf-8"))
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)

pytestmark = pytest.mark.skipif(
    not PAYLOADS.is_dir(), reason="real payloads are not part of the project"
)


def digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def row(item: Item) -> dict[str, str]:
    if isinstance(item, Post):
        return {
            "post": item.native_id,
            "kind": item.kind,
            "posted_at": item.posted_at.isoformat(),
            "author": digest(author_of(item)),
            "text": digest(item.text),
        }
    if isinstance(item, Deletion):
        return {"deletion": item.native_id}
    if isinstance(item, AuthorDeletion):
        return {"author_deletion": item.author_id}
    assert isinstance(item, Ignored)
    return {"non_post": item.reason}


@cache
def told() -> dict[str, Any]:
    """The table, as it should be committed once every row of it was compared with its payload."""
    rows: dict[str, Any] = {}
    for file, outcomes in checked(PAYLOADS, now=NOW, verdicts=Verdicts()):
        if file.skipped or file.source is None:
            rows[file.name] = file.skipped or "unsupported"
        for outcome in outcomes:
            name = f"{file.name} [{outcome.note}]" if outcome.note else file.name
            rows[name] = outcome.failure or [row(item) for item in outcome.items]
    return rows


@pytest.mark.parametrize("name", TABLE)
def test_a_real_payload_becomes_what_the_table_says(name: str) -> None:
    assert told().get(name) == TABLE[name]


def test_the_table_knows_every_payload() -> None:
    assert set(told()) == set(TABLE)
