"""What an import did or would do, in words."""

from collections.abc import Iterable

from earshot.imports.report import Listed, Report
from earshot_ops.commands.screen import note, safe, say

_SHOWN = 50


def tell(report: Report, *, shows_columns: bool) -> None:
    if shows_columns:
        for field, headers in report.columns.items():
            say(f"[dim]{safe(', '.join(headers))}[/dim] → {field}")
    for header in report.unused_columns:
        note(f"[yellow]column {safe(header)} is not used[/yellow]")
    for remark, count in sorted(report.notes.items()):
        note(f"[yellow]{safe(remark)} ({count} rows)[/yellow]")
    _list(report.doubts, "yellow")
    _list(report.duplicates, "yellow", before="likely the same: ")
    _list(report.vanished, "yellow", before="no longer in the file, and kept: ")
    _list(report.problems, "red", before="left out: ")
    say(_summary(report))


def _list(lines: Listed[object] | Iterable[object], colour: str, *, before: str = "") -> None:
    shown = list(lines)[:_SHOWN]
    for line in shown:
        note(f"[{colour}]{before}{safe(line)}[/{colour}]")
    more = (lines.count if isinstance(lines, Listed) else 0) - len(shown)
    if more > 0:
        note(f"[{colour}]{before}{more} more: --json lists up to 1,000[/{colour}]")


def _summary(report: Report) -> str:
    what = "watchlist entries" if report.kind == "watchlist" else report.kind
    counts = f"{report.new} new, {report.changed} changed, {report.unchanged} as they were"
    if report.rejected:
        counts += f", {report.rejected} left out"
    if report.written:
        return f"{report.written} {what} imported: {counts}"
    if report.new + report.changed:
        return f"{what}, not written: {counts}"
    return f"nothing to change in {what}: {counts}"
