"""`make bench`: ratios to floors measured in the same run, and whether the goals are reached."""

import argparse
import json
import platform
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.bench import (
    cold_import,
    decisions,
    mails,
    matching,
    obsei,
    webhook,
    whole_way,
    writes,
)
from tests.bench.figures import Figure
from tests.bench.measured import Measured

PACKAGES = ("boto3", "chalice", "pydantic", "aws-lambda-powertools")
HEAVIEST = 8


def main(arguments: Sequence[str]) -> int:
    """0 when every goal is reached, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print every sample as JSON")
    parser.add_argument(
        "--obsei", action="store_true", help="compare with obsei, in an environment made for it"
    )
    options = parser.parse_args(arguments)
    found = list(_measure(Console(stderr=True), with_obsei=options.obsei))
    results = [one for one in found if isinstance(one, Measured)]
    figures = [one for one in found if isinstance(one, Figure)]
    heavy = cold_import.heaviest("ingest", HEAVIEST)
    if options.json:
        print(json.dumps(_as_json(results, heavy, figures=figures), indent=2))
    else:
        _print_table(results, heavy)
        _print_figures(figures)
    for figure in figures:
        if not figure.is_met:
            sentence = (
                f"{figure.name} is {figure.value:,.3g} {figure.unit}; {figure.goal} is the goal"
            )
            print(f"Missed: {sentence}.", file=sys.stderr)
    missed = [result for result in results if not result.is_met]
    for result in missed:
        sentence = f"{result.name} is {result.ratio:.2f} times its floor; {result.goal} is the goal"
        print(f"Missed: {sentence}.", file=sys.stderr)
    return 1 if missed or not all(figure.is_met for figure in figures) else 0


def _measure(progress: Console, *, with_obsei: bool) -> Iterator[Measured | Figure]:
    for name, bench in (
        ("importing each app in fresh interpreters", cold_import),
        ("receiving deliveries", webhook),
        ("matching and understanding posts", matching),
        ("deciding signals", decisions),
        ("counting what a signal writes", writes),
        ("rendering mails", mails),
        ("the whole way on the embedded AWS", whole_way),
    ):
        progress.print(f"… {name}")
        yield from bench.measure()
    if with_obsei:
        progress.print("… the same posts in obsei")
        yield from obsei.measure()


def _print_figures(figures: Sequence[Figure]) -> None:
    table = Table("what", "median", "goal")
    for one in figures:
        value = f"{one.value:,.0f}" if one.value >= 100 else f"{one.value:.2f}"
        met = ("reached" if one.is_met else "MISSED") if one.goal else ""
        table.add_row(one.name, f"{value} {one.unit}", f"{one.goal} {met}".strip())
    Console(width=None if sys.stdout.isatty() else 100).print(table)


def _print_table(results: Sequence[Measured], heavy: Sequence[tuple[int, str]]) -> None:
    table = Table("what", "floor", "ours", "ratio", "of the least", "goal")
    for one in results:
        table.add_row(
            one.name,
            _duration(median(one.floor)),
            _duration(median(one.ours)),
            f"{one.ratio:.2f}",
            f"{one.ratio_of_least:.2f}",
            f"≤ {one.goal} {'reached' if one.is_met else 'MISSED'}" if one.goal else "",
        )
    console = Console(width=None if sys.stdout.isatty() else 100)
    console.print(table)
    listed = ", ".join(f"{name} {cost / 1000:.1f} ms" for cost, name in heavy)
    console.print(f"Heaviest of ingest beyond its floor: {listed}")
    console.print("Processor time, medians. " + ", ".join(_context().values()), soft_wrap=True)


def _as_json(
    results: Sequence[Measured], heavy: Sequence[tuple[int, str]], *, figures: Sequence[Figure]
) -> dict[str, object]:
    return {
        "context": _context(),
        "unit": "seconds of processor time",
        "results": [
            {
                "name": one.name,
                "ratio": one.ratio,
                "ratio_of_least": one.ratio_of_least,
                "goal": one.goal,
                "reached": one.is_met,
                "floor": one.floor,
                "ours": one.ours,
            }
            for one in results
        ],
        "figures": [
            {
                "name": one.name,
                "unit": one.unit,
                "median": one.value,
                "samples": one.samples,
                "goal": one.goal,
                "reached": one.is_met,
            }
            for one in figures
        ],
        "heaviest_of_ingest": [{"module": name, "microseconds": cost} for cost, name in heavy],
    }


def _context() -> dict[str, str]:
    versions = {name: f"{name} {version(name)}" for name in PACKAGES}
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return {"python": python, "machine": platform.machine(), **versions}


def _duration(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{seconds * 1_000_000:.0f} us"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
