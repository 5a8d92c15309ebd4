"""`make audit`: look for what should not be, and print a line for each check; 1 when one finds
something, 2 when one cannot be made. Named checks alone are made when any are named."""

import sys
import time
from collections.abc import Callable, Iterable

from rich.console import Console
from rich.table import Table

from earshot_ops.audit import api, bill_of_materials, findings, static
from earshot_ops.audit.findings import Finding, Skip
from earshot_ops.errors import OperationError

Check = Callable[[], Iterable[Finding]]

# Asked at random, and not all in each run: what it does not find may be there still.
SAMPLED = frozenset({"schemathesis"})


def checks(skips: dict[str, list[Skip]]) -> dict[str, Check]:
    known = {skip.what: skip.because for skip in skips["licences known"]}
    return {
        "bandit": static.bandit,
        "cfn-lint": static.cfn_lint,
        "checkov": static.checkov,
        "detect-secrets": static.detect_secrets,
        "licences": lambda: static.licences(known),
        "bill-of-materials": bill_of_materials.findings,
        "schemathesis": api.findings,
    }


def main(names: list[str]) -> int:
    console = Console(highlight=False)
    skips = findings.read()
    every = checks(skips)
    if unknown := set(names) - set(every):
        console.print(f"audit: no {', '.join(sorted(unknown))}; there are {', '.join(every)}")
        return 2
    table = Table("check", "found", "skipped", "seconds", box=None, pad_edge=False)
    worst = 0
    for name in names or every:
        started = time.monotonic()
        left, skipped = _look(name, every[name], skips.get(name, []), console=console)
        found = "failed" if left is None else str(left)
        table.add_row(name, found, str(skipped), f"{time.monotonic() - started:.0f}")
        worst = max(worst, 2 if left is None else min(left, 1))
    console.print(table)
    return worst


def _look(
    name: str, check: Check, skips: list[Skip], *, console: Console
) -> tuple[int | None, int]:
    """How many findings are left, each of which was printed, and how many are skipped."""
    try:
        found = list(check())
    except OperationError as error:
        console.print(f"{name}: {error}", markup=False, soft_wrap=True)
        return None, 0
    left = list(findings.remaining(found, skips, sampled=name in SAMPLED))
    for one in left:
        line = f"{name}: {one.what}  {one.where}  {one.said}"
        console.print(line, markup=False, soft_wrap=True)
    return len(left), sum(one not in left for one in found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
