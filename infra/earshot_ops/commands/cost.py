"""`earshot cost`: what a running stage took of AWS, and what that costs."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from earshot_ops import prices, running_cost
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.screen import note, out, print_json, say, working
from earshot_ops.running_cost import Took
from earshot_ops.target import Target

Days = Annotated[int, typer.Option(min=1, max=60, help="How many days up to now.")]


@on_target
def cost(target: Target, *, days: Days = 1, as_json: AsJson = False) -> ExitCode:
    """Show what the last day took of AWS by CloudWatch's metrics, at list prices.

    [bold]Examples[/bold]

      earshot cost --stage prod

      earshot cost --days 30 --stage prod
    """
    if target.access.endpoint:
        note("the embedded AWS has no metrics; `make cost` counts what posts take of AWS")
        return ExitCode.PROBLEMS
    told = _told(target, days)
    if as_json:
        print_json(told)
    elif told["usage"]:
        _show(told)
    for remark in told["remarks"]:
        note(remark)
    return ExitCode.OK if told["usage"] else ExitCode.PROBLEMS


def _told(target: Target, days: int) -> dict[str, Any]:
    cloudwatch = target.access.client("cloudwatch")
    end = datetime.now(UTC)
    asked = running_cost.metrics_of(target.stage, table=target.table.name, bucket=target.bucket)
    with working("Asking CloudWatch"):
        sums = running_cost.ask(cloudwatch, asked, start=end - timedelta(days=days), end=end)
    region = str(cloudwatch.meta.region_name)
    return answer(running_cost.took(sums), days, region)


def answer(took: Took, days: int, region: str) -> dict[str, Any]:
    """What is shown, or printed as JSON."""
    table = prices.read()
    priced = region if region in table.regions else prices.REGION
    usd = table.bill(took.usage, priced)
    total = sum(usd.values())
    return {
        "days": days,
        "posts": took.posts,
        "deliveries": took.deliveries,
        "usage": {
            name: {"unit": table.prices[name].unit, "amount": amount, "usd": usd[name]}
            for name, amount in sorted(took.usage.items(), key=lambda pair: -usd[pair[0]])
        },
        "usd": total,
        "usd_per_1000_posts": total / took.posts * 1000 if took.posts else None,
        "prices": {"region": priced, "date": table.date.isoformat(), "source": table.source},
        "remarks": _remarks(took, region, priced),
    }


def _remarks(took: Took, region: str, priced: str) -> list[str]:
    remarks = []
    if not took.usage:
        remarks.append("CloudWatch has no metrics of this stage for that time")
    if priced != region:
        remarks.append(f"there are no prices of {region} in infra/prices.toml: {priced} stands in")
    if took.guessed:
        remarks.append(
            "S3 is a guess, one object written and read for each delivery: the bucket's request "
            "metrics (filter EntireBucket) are off"
        )
    return remarks


def _show(told: dict[str, Any]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("took")
    table.add_column("amount", justify="right")
    table.add_column("$", justify="right")
    for one in told["usage"].values():
        table.add_row(
            one["unit"],
            f"{one['amount']:,.{0 if one['amount'] >= 100 else 3}f}",
            f"{one['usd']:.4f}",
        )
    out.print(table)
    say("")
    posts = f"{told['posts']:,.0f} posts in {told['deliveries']:,.0f} deliveries"
    say(f"{posts}, {told['days']} {'day' if told['days'] == 1 else 'days'}: ${told['usd']:.2f}")
    if told["usd_per_1000_posts"] is not None:
        say(f"${told['usd_per_1000_posts']:.4f} for 1,000 posts")
    of = told["prices"]
    say(f"list prices of {of['region']}, {of['date']}, without free tiers; no storage, no alarms")
