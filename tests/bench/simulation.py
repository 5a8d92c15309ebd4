"""`make simulate`: a day of a million posts, and some seconds of a day of a billion, through the
keys of the product: which partitions get hot, how deep queues get, how many Lambdas run."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench import simulation_limits as limits
from tests.bench.simulation_heat import Heat, Peak
from tests.bench.simulation_picture import Panel, picture
from tests.bench.simulation_run import Run, Setting
from tests.bench.simulation_world import World

ROOT = Path(__file__).parents[2]
SHOWN = 14
DRAWN = 7
MILLION = World(1_000_000)
# The peak hour, five seconds after the thread began.
BILLION = World(
    1_000_000_000,
    begin=15 * 3_600,
    seconds=15,
    is_polled=False,
    connections=5_000,
    accounts=1_000_000,
    authors=1_000_000,
    sellers=20_000,
    viral_begin=15 * 3_600 + 5,
)
AS_DEPLOYED = Setting()
AT_THE_QUOTA = Setting(understanders=1_000, deciders=1_000, mails_per_second=500)


@dataclass(frozen=True)
class Shown:
    """What is told of a run."""

    name: str
    run: Run

    def reached(self) -> Iterator[tuple[limits.Limit, float]]:
        run = self.run
        yield limits.API_REQUESTS, max(run.arrivals.values())
        yield limits.CONCURRENCY, sum(max(crew.values()) for crew in at_once(run).values())
        readers = (run.understanding.at_once, run.deciding.at_once)
        yield limits.QUEUE_CONCURRENCY, max(max(crew.values()) for crew in readers)
        yield limits.TABLE_WRITES, run.writes.most
        yield limits.TABLE_READS, run.reads.most
        yield limits.FIFO_LOOKED_AT, max(run.depth["mentions"].values())
        yield limits.S3_PUTS, max(run.arrivals.values())

    def hot(self) -> list[Peak]:
        """The peaks that a partition does not take."""
        writes = [p for p in self.run.writes.hottest() if p.room(limits.PARTITION_WRITES) < 1]
        return writes + [p for p in self.run.reads.hottest() if p.room(limits.PARTITION_READS) < 1]


def at_once(run: Run) -> dict[str, Mapping[int, float]]:
    return {
        "receive_webhook": run.receiving.at_once,
        "understand_posts": run.understanding.at_once,
        "decide_signals": run.deciding.at_once,
    }


def main(arguments: Sequence[str]) -> int:
    """1 when a partition is hotter than DynamoDB allows at a million posts a day; of a billion the
    table tells what would have to change."""
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--seed", type=int, default=MILLION.seed)
    parser.add_argument("--json", action="store_true", help="print the peaks as JSON")
    parser.add_argument("--pictures", type=Path, default=ROOT / "docs/scale")
    options = parser.parse_args(arguments)
    progress = Console(stderr=True)
    progress.print("… a day of 1,000,000 posts")
    million = Shown("1M", Run(_seeded(MILLION, options.seed), AS_DEPLOYED).run())
    progress.print("… 15 seconds of a day of 1,000,000,000 posts")
    billion = Shown("1B", Run(_seeded(BILLION, options.seed), AT_THE_QUOTA, bucket=1).run())
    for one in (million, billion):
        _draw(one, options.pictures)
    if options.json:
        print(json.dumps({one.name: _as_json(one) for one in (million, billion)}, indent=2))
    else:
        for one in (million, billion):
            _print(one, Console())
    for peak in million.hot():
        print(f"Too hot at 1M posts a day: {peak.pk}, {peak.units:,.0f}/s.", file=sys.stderr)
    return 1 if million.hot() else 0


def _seeded(world: World, seed: int) -> World:
    return replace(world, seed=seed)


def _print(shown: Shown, console: Console) -> None:
    counts = {**shown.run.counts, "mails": shown.run.alerts.mails}
    console.print(f"\n[b]{shown.name} posts a day[/b]: simulated " + _counted(counts))
    for title, heat, limit in (
        ("units written, hottest second", shown.run.writes, limits.PARTITION_WRITES),
        ("units read, hottest second", shown.run.reads, limits.PARTITION_READS),
    ):
        console.print(_hottest(title, heat, limit))
    table = Table("limit", "reached", "allowed (* a quota)", "room")
    for one, value in shown.reached():
        room = f"{one.value / value:,.1f} times" if value else ""
        table.add_row(one.name, f"{value:,.0f}", one.told, room)
    console.print(table)


def _hottest(title: str, heat: Heat, limit: int) -> Table:
    table = Table("key", title, "limit", "room")
    for peak in heat.hottest()[:SHOWN]:
        room = peak.room(limit)
        told = f"{room:,.1f} times below" if room >= 1 else f"[b]{1 / room:,.1f} times above[/b]"
        table.add_row(_short(peak.pk), f"{peak.units:,.0f}", f"{limit:,}", told)
    return table


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[name]:,} {name}" for name in counts)


def _short(pk: str) -> str:
    return pk if len(pk) <= 40 else f"{pk[:36]}…"


def _as_json(shown: Shown) -> dict[str, object]:
    heats = {"writes": shown.run.writes, "reads": shown.run.reads}
    return {
        "counts": {**shown.run.counts, "mails": shown.run.alerts.mails},
        **{n: [[p.pk, p.units, p.at] for p in heat.hottest()] for n, heat in heats.items()},
        "reached": {limit.name: value for limit, value in shown.reached()},
    }


def _draw(shown: Shown, folder: Path) -> None:
    run = shown.run
    panels = [
        _heat("hottest partition of a kind, units written/s", run.writes, limits.PARTITION_WRITES),
        _heat("hottest partition of a kind, units read/s", run.reads, limits.PARTITION_READS),
        Panel("messages that wait", run.depth),
        Panel("Lambdas at once", at_once(run), ("account", limits.CONCURRENCY.value)),
    ]
    title = f"Earshot at {run.world.posts_per_day:,} posts a day, simulated"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{shown.name.lower()}.svg"
    path.write_text(picture(title, panels, bucket=run.bucket), encoding="utf-8")


def _heat(title: str, heat: Heat, limit: int) -> Panel:
    kinds = [peak.kind for peak in heat.hottest()[:DRAWN]]
    return Panel(title, {kind: heat.series[kind] for kind in kinds}, ("limit", limit))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
