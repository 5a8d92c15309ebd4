"""`make endurance`: many deliveries, three in ten repeated, shuffled, by sixteen workers, end as a
clean run does, and the product's memory stays flat."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial

from rich.console import Console
from rich.table import Table

from tests.bench.stage import entered
from tests.standin import StandIn
from tests.standin.clock import logical_time
from tests.standin.endurance import run_in_order, run_shuffled
from tests.standin.finals import Final, assert_the_same
from tests.standin.measures import Measure, Measures
from tests.standin.shortcut import shorter
from tests.standin.workload import Town

Run = Callable[..., Final]

STEPS = 10
MB = 1_000_000


def main(arguments: Sequence[str]) -> int:
    """0 when both runs end in the same and memory is flat; another end raises."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.endurance", description=__doc__)
    parser.add_argument("--deliveries", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    town = Town(options.seed, options.deliveries)
    out = Console(width=None if sys.stdout.isatty() else 100)
    clean, _ = _run(run_in_order, town, out, "in order, by one worker")
    shuffled, measures = _run(run_shuffled, town, out, "repeated, shuffled, by 16 workers")
    out.print(_table(measures.taken))
    out.print(f"{len(clean.signals):,} signals, {len(clean.heard.ways):,} posts told to sellers")
    assert_the_same(clean, shuffled, changed=town.changed)
    out.print("Both runs ended in the same signals and relevance, and told the same, each once.")
    if not measures.is_flat:
        print("What the product holds grew.", file=sys.stderr)
    return 0 if measures.is_flat else 1


def _run(run: Run, town: Town, out: Console, how: str) -> tuple[Final, Measures]:
    standin = StandIn()
    out.print(f"{town.count:,} deliveries {how}")
    with shorter(standin), entered(standin) as house, logical_time(standin.clock):
        tell = partial(_tell, Console(stderr=True))
        measures = Measures(standin, every=town.count // STEPS, tell=tell)
        return run(standin, house, town, look=measures.look), measures


def _tell(progress: Console, one: Measure) -> None:
    progress.print(f"… {one.deliveries:,} after {one.seconds / 60:.1f} min, {one.calls:,} calls")


def _table(taken: Sequence[Measure]) -> Table:
    heads = ("deliveries", "minutes", "calls", "rows", "stored", "product", "its caches", "process")
    table = Table(*heads, title="Sizes in MB: what DynamoDB and S3 would count, and what is held")
    for one in taken:
        sizes = one.stored, one.held.rest, one.held.caches, one.resident
        table.add_row(
            f"{one.deliveries:,}",
            f"{one.seconds / 60:.1f}",
            f"{one.calls:,}",
            f"{one.rows:,}",
            *(f"{size / MB:,.1f}" for size in sizes),
        )
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
