"""Trains the text models and writes their weights into the package: ``make train``.

The same data gives the same bytes.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np

from earshot.models import text as shipped
from earshot_training import train_language
from earshot_training.corpus import Labelled, labelled, rows
from earshot_training.heads import (
    Fitted,
    Floats,
    fit_examples,
    fit_purchase,
    fit_sentiment,
    scores_of,
)
from earshot_training.matrices import BITS, MARK_WEIGHT, Reader, reader_of

FOLDER = Path(shipped.__file__).parent
_ZERO = 128
_LARGEST = 127
# Of a head's weights that are not nothing, all but one in two thousand are told apart; the few
# beyond are cut to the largest, so that the many small ones keep their differences.
_KEPT = 0.9995


def main(folder: Path) -> None:
    known = labelled(folder)
    reader = reader_of([item.text for item in known])
    heads, purchase = fit_all(folder, known, reader)
    language = train_language.fit(
        rows(folder, "language") + [{"lang": "en", "text": item.text} for item in known]
    )
    description = {
        "bits": BITS,
        "marks": list(reader.mark_names),
        "heads": [],
        "blends": {"purchase": {"bias": 0.0, "weights": {"purchase words": 1.0, **purchase}}},
        "language": {"languages": language.languages, "least_lead": train_language.LEAST_LEAD},
    }
    ngrams, marks = quantise(heads, description)
    files = {"text_ngrams.bin": ngrams, "text_marks.bin": marks, "language.bin": language.rows}
    description["version"] = _version(files, description)
    for name, content in files.items():
        (FOLDER / name).write_bytes(content)
    text = json.dumps(description, indent=1, ensure_ascii=False, sort_keys=True)
    (FOLDER / "text.json").write_text(text + "\n", "utf-8")
    sys.stdout.write(f"{description['version']}: {len(known)} labelled texts, {len(heads)} heads\n")


def fit_all(
    folder: Path, known: list[Labelled], reader: Reader
) -> tuple[dict[str, Fitted], dict[str, float]]:
    """Every head, and what the other heads say of purchase."""
    heads = fit_examples(reader.matrix(item.text for item in known), known)
    tweets = rows(folder, "sentiment")
    heads |= fit_sentiment(
        reader.matrix(tweet["text"] for tweet in tweets), [t["sentiment"] for t in tweets]
    )
    buyers = rows(folder, "purchase")
    matrix = reader.matrix(row["text"] for row in buyers)
    words, beside = fit_purchase(matrix, scores_of(heads, matrix), [r["purchase"] for r in buyers])
    heads["purchase words"] = words
    if len(heads) % 2:
        heads["spare"] = Fitted(np.zeros_like(words.weights), 0.0)
    return heads, beside


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
    used = np.abs(weights[weights != 0])
    if not used.size:
        return 1.0
    return round(float(np.quantile(used, _KEPT)) / _LARGEST, 9)


def _version(files: dict[str, bytes], description: dict[str, object]) -> str:
    digest = sha256(json.dumps(description, sort_keys=True).encode())
    for content in files.values():
        digest.update(content)
    return f"text-{digest.hexdigest()[:12]}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
