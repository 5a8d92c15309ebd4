"""``make eval``: one table, a row for each file of the evaluation, its measure and its goal.

Without ``--shipped`` what may be fitted is fitted here and cross-validated; with it the weights in
the package are scored on any folder of files in the same formats, and nothing is fitted.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from earshot.meanings import semantic as semantic_layer
from earshot_training.measures import (
    account_match,
    complaint,
    language,
    paraphrase,
    purchase,
    sales_intent,
    sentiment,
    stories,
)
from earshot_training.row import Row

Measure = Callable[[], Row]
_BOTH_WAYS = {
    "account_match": account_match,
    "complaint": complaint,
    "purchase": purchase,
    "sentiment": sentiment,
    "paraphrase": paraphrase,
    "sales_intent": sales_intent,
}


def main() -> int:
    asked = _arguments()
    sys.stdout.write(_line("file", "measure", "value", "goal") + "\n")
    for measured in measures(asked.data, shipped=asked.shipped, only=asked.only):
        row = measured()
        goal = "" if row.goal is None else f"{row.goal:.3f}"
        sys.stdout.write(_line(row.file, row.measure, f"{row.value:.3f}", goal) + "\n")
        sys.stdout.writelines(f"    {line}\n" for line in row.detail)
        sys.stdout.flush()
    return 0


def measures(folder: Path, *, shipped: bool, only: str | None) -> Iterator[Measure]:
    """Of the files that are there; with the semantic layer where it is built."""
    ways = (False, True) if semantic_layer() else (False,)
    for name, module in _BOTH_WAYS.items():
        measure = module.measure if shipped else module.cross_validated
        if only in {None, name} and (folder / f"{name}.jsonl").exists():
            yield from (partial(measure, folder, semantic=way) for way in ways)
    if only in {None, "language"} and (folder / "language.jsonl").exists():
        yield partial(language.measure if shipped else language.cross_validated, folder)
    if only in {None, "stories"} and (folder / "account_match.jsonl").exists():
        yield partial(stories.measure, folder)


def _line(file: str, measure: str, *figures: str) -> str:
    return f"{file:<20} {measure:<40}" + "".join(f" {figure:>7}" for figure in figures)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make eval")
    parser.add_argument("data", type=Path)
    parser.add_argument("--shipped", action="store_true", help="fit nothing")
    parser.add_argument("--only", help="one file, by its name without .jsonl")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
