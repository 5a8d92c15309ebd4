"""The heads over embeddings: trained where the semantic layer is built, kept as they are else."""

from pathlib import Path
from typing import Any

from earshot.domain.models import Intent
from earshot.meanings import semantic as semantic_layer
from earshot.models.text import description
from earshot_training.corpus import Labelled, rows
from earshot_training.heads import Fitted, class_heads, fit_sentiment, one_head
from earshot_training.meaning import described, vectors

_STRENGTH = 1.0
# Of the tweets of sentiment: an embedding needs few, and takes long.
_SENTIMENT_STEP = 10


def heads(folder: Path, known: list[Labelled]) -> dict[str, Any]:
    if semantic_layer() is None:
        kept: dict[str, Any] = description()["meanings"]
        return kept
    return {name: described(head) for name, head in _fitted(folder, known).items()}


def _fitted(folder: Path, known: list[Labelled]) -> dict[str, Fitted]:
    seen = vectors(item.text for item in known)
    intents = [item.intent for item in known]
    found = class_heads("intent", seen, intents, classes=[*Intent], strength=_STRENGTH)
    complains = [Intent.COMPLAINT in item.intents for item in known]
    found |= one_head("complaint words", seen, complains, strength=_STRENGTH)
    tweets = rows(folder, "sentiment")[::_SENTIMENT_STEP]
    labels = [str(row["sentiment"]) for row in tweets]
    found |= fit_sentiment(vectors(row["text"] for row in tweets), labels, strength=_STRENGTH)
    buyers = rows(folder, "purchase")
    bought = [bool(row["purchase"]) for row in buyers]
    seen = vectors(row["text"] for row in buyers)
    return found | one_head("purchase words", seen, bought, strength=_STRENGTH)
