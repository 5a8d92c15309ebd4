"""Does any store hold what it may not hold?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from earshot.domain.retention import Round, Violation
from earshot_ops.checks.finding import Finding, fail, ok, warn
from earshot_ops.target import Target

OLDEST_SCAN = timedelta(days=2)

_REPLAY = "earshot replay what it came with, or earshot erase --post"
_ADVICE = {
    Violation.WORDS: _REPLAY,
    Violation.NAME: "earshot erase --person, or replay the person's posts",
    Violation.EXPIRED: f"see the log of expire_bodies; {_REPLAY}",
    Violation.TTL: "look whether the table's time to live is on, then delete the row",
    Violation.ERASED: "earshot erase it once more; earshot replay the delivery of a raw object",
    Violation.UNKNOWN: "look who wrote it; delete it if it is none of ours",
}


def check_holdings(target: Target) -> Iterator[Finding]:
    """It is scanned every night."""
    what, report = "scan of all stores", target.scans.report()
    if report is None or report.finished_at is None:
        yield warn(what, "none was finished yet", "the first begins ten minutes after a deployment")
        return
    age = datetime.now(UTC) - report.finished_at
    detail = f"{report.rows:,} rows and {report.objects:,} objects, {age.days} days ago"
    if age > OLDEST_SCAN:
        yield fail(what, detail, "see the log of scan_holdings, and the runbook, alarms")
    elif not report.counts:
        yield ok(what, f"{detail}: nothing found")
    yield from (_finding(report, violation) for violation in sorted(report.counts))


def _finding(report: Round, violation: Violation) -> Finding:
    places = [one.place for one in report.named if one.violation is violation]
    known = f", such as {places[0]}" if places else ""
    what = violation.replace("_", " ")
    detail = f"{report.counts[violation]:,} places{known}"
    return fail(what, detail, f"{_ADVICE[violation]}; see the runbook, what the scan finds")
