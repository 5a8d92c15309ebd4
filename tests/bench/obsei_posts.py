"""What obsei does with posts without asking a model: run by its own interpreter.

Reads posts as JSON lines, then works on all of them for each line that follows, and answers with
the seconds of processor time that it took.
"""

import json
import sys
import time
from datetime import UTC, datetime

from obsei.core.record import Record, SourceRef  # type: ignore[import-not-found]
from obsei.llm.embed import HashingEmbedder  # type: ignore[import-not-found]
from obsei.privacy.redact import RegexRedactor  # type: ignore[import-not-found]

redactor, embedder = RegexRedactor(), HashingEmbedder()
now = datetime.now(UTC)


def work(texts: list[str]) -> None:
    """A record of each post, what identifies people searched in its words, and its features."""
    records = [
        Record(
            source=SourceRef(type="bench", native_id=str(number)),
            text=text,
            created_at=now,
            fetched_at=now,
        )
        for number, text in enumerate(texts)
    ]
    embedder.embed([record.text for record in redactor.redact(records)])


texts = json.loads(sys.stdin.readline())
for _ in sys.stdin:
    started = time.process_time()
    work(texts)
    print(time.process_time() - started, flush=True)
