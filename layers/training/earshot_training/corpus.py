"""The texts that the text models learn from: examples written for the project, and the files that
EVAL.md allows to train on."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parent.with_name("examples")
LABELS = Path(__file__).parent.with_name("labels") / "sentiment_tweets.jsonl"


@dataclass(frozen=True)
class Labelled:
    """A text and what is known of it."""

    text: str
    intent: str
    also: tuple[str, ...] = ()
    event: str | None = None
    urgency: str = "none"
    sentiment: str | None = None
    degree: str | None = None

    @property
    def intents(self) -> tuple[str, ...]:
        return (self.intent, *self.also)


def rows(folder: Path, file: str) -> list[dict[str, Any]]:
    with (folder / f"{file}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def labelled(folder: Path) -> list[Labelled]:
    """The examples, and the tweets of ``sentiment`` that were labelled by hand."""
    found = [_labelled(row) for file in sorted(EXAMPLES.glob("*.jsonl")) for row in _read(file)]
    tweets = {row["id"]: row for row in rows(folder, "sentiment")}
    for label in _read(LABELS):
        tweet = tweets[label["id"]]
        found.append(_labelled({**label, "text": tweet["text"], "sentiment": tweet["sentiment"]}))
    return found


def _read(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _labelled(row: dict[str, Any]) -> Labelled:
    return Labelled(
        text=row["text"],
        intent=row["intent"],
        also=tuple(row.get("also") or ()),
        event=row.get("event"),
        urgency=row.get("urgency") or "none",
        sentiment=row.get("sentiment"),
        degree=row.get("degree"),
    )
