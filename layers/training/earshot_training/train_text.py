"""Trains the text models and writes their weights into the package: ``make train``.

The same data gives the same bytes.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from earshot.models import text as shipped
from earshot_training import train_language, train_meaning
from earshot_training.corpus import Labelled, labelled, rows
from earshot_training.heads import (
    Fitted,
    Floats,
    fit_complaint,
    fit_examples,
    fit_purchase,
    fit_sentiment,
    scores_of,
)
from earshot_training.matrices import BITS, MARK_WEIGHT, Reader, reader_of

FOLDER = Path(shipped.__file__).parent
GOLDEN = Path(__file__).parents[3] / "tests/golden/text_scores.json"
GOLDEN_TEXTS = (
    "",
    "We are leaving RivalCRM after three years, what do people use instead?",
    "How much is the business plan for 40 seats? We want to buy before the end of the quarter.",
    "@rivalcrm third time I write, still no answer!!! not happy :(",
    "Import fails\nI get an error when I try to import contacts, see https://help.example/7",
    "Acme Raises $20M In Series B To Expand In Europe",
    "Check out our new webinar, sign up now #crm #sales",
    "not bad, sooooo much better than the old one <3 " + "really " * 40,
)
_ZERO = 128
_LARGEST = 127


def main(folder: Path) -> None:
    known = labelled(folder)
    reader = reader_of([item.text for item in known])
    heads, blends = fit_all(folder, known, reader)
    language = train_language.fit(
        rows(folder, "language") + [{"lang": "en", "text": item.text} for item in known]
    )
    description: dict[str, object] = {
        "bits": BITS,
        "marks": list(reader.mark_names),
        "blends": blends,
        "meanings": train_meaning.heads(folder, known),
        "language": {"languages": language.languages, "least_lead": train_language.LEAST_LEAD},
    }
    ngrams, marks = quantise(heads, description)
    files = {"text_ngrams.bin": ngrams, "text_marks.bin": marks, "language.bin": language.rows}
    description["version"] = _version(files, description)
    for name, content in files.items():
        (FOLDER / name).write_bytes(content)
    _write(FOLDER / "text.json", description)
    golden = {"version": description["version"], "scores": _golden(heads, reader)}
    _write(GOLDEN, golden)
    sys.stdout.write(f"{description['version']}: {len(known)} labelled texts, {len(heads)} heads\n")


def fit_all(
    folder: Path, known: list[Labelled], reader: Reader
) -> tuple[dict[str, Fitted], dict[str, dict[str, object]]]:
    """Every head, and the blends of their scores."""
    heads = fit_examples(reader.matrix(item.text for item in known), known)
    tweets, label = rows(folder, "sentiment"), "sentiment"
    heads |= fit_sentiment(reader.matrix(_texts(tweets)), [tweet[label] for tweet in tweets])
    buyers, gripes = rows(folder, "purchase"), rows(folder, "complaint")
    matrix = reader.matrix(_texts(buyers))
    bought = [row["purchase"] for row in buyers]
    words, purchase = fit_purchase(matrix, scores_of(heads, matrix), bought)
    told = scores_of(heads, reader.matrix(_texts(gripes)))
    bias, complaint = fit_complaint(told, [row["complaint"] for row in gripes])
    heads["purchase words"] = words
    blends: dict[str, dict[str, object]] = {
        "purchase": {"bias": 0.0, "weights": {"purchase words": 1.0, **purchase}},
        "complaint": {"bias": bias, "weights": complaint},
    }
    if len(heads) % 2:
        heads["spare"] = Fitted(np.zeros_like(words.weights), 0.0)
    return heads, blends


def _golden(heads: dict[str, Fitted], reader: Reader) -> dict[str, dict[str, float]]:
    """What scikit-learn's weights say, before they become bytes: run time must say the same."""
    scores = scores_of(heads, reader.matrix(GOLDEN_TEXTS))
    return {
        text: {name: round(float(found[place]), 4) for name, found in scores.items()}
        for place, text in enumerate(GOLDEN_TEXTS)
    }


def _write(file: Path, content: dict[str, object]) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)
    file.write_text(text + "\n", "utf-8")


def _texts(found: list[dict[str, Any]]) -> list[str]:
    return [row["text"] for row in found]


def quantise(heads: dict[str, Fitted], description: dict[str, object]) -> tuple[bytes, bytes]:
    """Rows of bytes, a byte per head; scales and biases go into the description."""
    width = 1 << BITS
    tables: list[list[Floats]] = [[], []]
    entries = []
    for name, head in heads.items():
        scales = []
        for table, part in zip(tables, (head.weights[:width], head.weights[width:]), strict=True):
            scale = _scale(part)
            scales.append(scale)
            table.append(np.clip(np.rint(part / scale), -_LARGEST, _LARGEST) + _ZERO)
        entries.append(
            {
                "name": name,
                "ngram_scale": scales[0],
                "mark_scale": scales[1] * MARK_WEIGHT,
                "bias": round(head.bias, 6),
            }
        )
    description["heads"] = entries
    ngrams, marks = (np.stack(table, axis=1).astype(np.uint8).tobytes() for table in tables)
    return ngrams, marks


def _scale(weights: Floats) -> float:
    """The heaviest weight is the largest byte: what is heavy must not be cut."""
    heaviest = float(np.abs(weights).max())
    return round(heaviest / _LARGEST, 9) if heaviest else 1.0


def _version(files: dict[str, bytes], description: dict[str, object]) -> str:
    digest = sha256(json.dumps(description, sort_keys=True).encode())
    for content in files.values():
        digest.update(content)
    return f"text-{digest.hexdigest()[:12]}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
