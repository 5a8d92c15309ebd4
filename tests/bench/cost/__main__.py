"""`make cost`: calls, bytes and dollars for a thousand posts, by stage and by way of sending."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from earshot_ops import prices
from tests.bench.cost import posts
from tests.bench.cost.meter import Spent
from tests.bench.cost.replay import Replay, replay

ORDER = ("receive", "understand", "decide", "alerts")


@dataclass(frozen=True)
class Way:
    """``at_most`` are dollars for a million posts."""

    name: str
    size: int
    at_most: float
    is_polled: bool = False


WAYS = (
    Way("webhooks with one post", 1, 13),
    Way("webhooks with 50 posts", 50, 3),
    Way("pages with 100 posts", 100, 3, is_polled=True),
)


@dataclass(frozen=True)
class Counted:
    """What ``posts`` posts took, by stage."""

    way: Way
    posts: int
    by_stage: dict[str, Spent]

    def usd_per_million(self, region: str) -> float:
        usd = sum(prices.read().total(one.usage, region) for one in self.by_stage.values())
        return usd / self.posts * 1_000_000

    def is_met(self, region: str) -> bool:
        return self.usd_per_million(region) <= self.way.at_most


def count(way: Way, number: int) -> Counted:
    with replay(number) as run:
        send(run, way, posts.mixed(run.town, number))
        run.drain()
        return Counted(way, number, {stage: run.meter.spent[stage] for stage in ORDER})


def send(run: Replay, way: Way, entries: Sequence[posts.Entry]) -> None:
    (run.pages if way.is_polled else run.webhooks)(entries, way.size)


def main(arguments: Sequence[str]) -> int:
    """0, also where a goal is missed: `docs/cost.md` says what stands in the way."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.cost", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print all that was counted as JSON")
    parser.add_argument("--posts", type=int, default=1_000, help="how many are sent each way")
    parser.add_argument("--region", default=prices.REGION, choices=sorted(prices.read().regions))
    options = parser.parse_args(arguments)
    found = []
    for way in WAYS:
        print(f"… {way.name}", file=sys.stderr)
        found.append(count(way, options.posts))
    if options.json:
        print(json.dumps([_as_json(one, options.region) for one in found], indent=2))
    else:
        _print(found, options.region)
    return 0


def _print(found: Sequence[Counted], region: str) -> None:
    console = Console(width=None if sys.stdout.isatty() else 130)
    table = prices.read()
    for one in found:
        console.print(_stages(one, region))
        console.print(_largest(one, region), highlight=False, soft_wrap=True)
        verdict = "reached" if one.is_met(region) else "MISSED"
        million = one.usd_per_million(region)
        goal = f"goal {one.way.at_most:.2f} {verdict}"
        console.print(f"A million posts: ${million:.2f}, {goal}\n", highlight=False)
    console.print(f"Prices of {region}, {table.date}, {table.source}", highlight=False)


def _stages(one: Counted, region: str) -> Table:
    per = 1_000 / one.posts
    table = Table(title=f"1,000 posts in {one.way.name}", title_justify="left")
    for name in ("stage", "Lambda", "GB-s", "calls", "KB sent", "KB read", "writes", "reads"):
        table.add_column(name, justify="left" if name == "stage" else "right")
    for name in ("S3", "SQS", "mails", "log KB", "$"):
        table.add_column(name, justify="right")
    for stage, spent in one.by_stage.items():
        table.add_row(stage, *_cells(spent, per, region))
    return table


def _cells(spent: Spent, per: float, region: str) -> list[str]:
    used = spent.usage
    numbers = (
        used["lambda_requests"], used["lambda_gb_seconds"], spent.calls.total(), spent.sent / 1024,
        spent.received / 1024, used["dynamodb_writes"], used["dynamodb_reads"],
        used["s3_puts"] + used["s3_gets"], used["sqs_requests"] + used["sqs_fifo_requests"],
        used["ses_mails"], used["log_gb"] * 1024 * 1024,
    )  # fmt: skip
    usd = prices.read().total(used, region)
    return [f"{number * per:,.0f}" for number in numbers] + [f"{usd * per:.5f}"]


def _largest(one: Counted, region: str) -> str:
    """What a million posts cost, the most expensive first."""
    usd: dict[str, float] = {}
    for spent in one.by_stage.values():
        for name, amount in prices.read().bill(spent.usage, region).items():
            usd[name] = usd.get(name, 0) + amount / one.posts * 1_000_000
    ordered = sorted(usd.items(), key=lambda pair: -pair[1])
    return "Of a million: " + ", ".join(f"{name} ${cost:.2f}" for name, cost in ordered)


def _as_json(one: Counted, region: str) -> dict[str, Any]:
    stages = {
        stage: {
            "usage": dict(spent.usage),
            "calls": dict(spent.calls),
            "bytes_sent": spent.sent,
            "bytes_received": spent.received,
            "usd": prices.read().total(spent.usage, region),
        }
        for stage, spent in one.by_stage.items()
    }
    return {
        "way": one.way.name,
        "posts": one.posts,
        "usd_per_million": one.usd_per_million(region),
        "goal": one.way.at_most,
        "reached": one.is_met(region),
        "stages": stages,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
