"""`earshot doctor`: is everything well, and if not, what to do."""

from dataclasses import asdict

from earshot_ops.checks import heart, keeping, listening, mail, pipeline
from earshot_ops.checks.finding import Check, Finding, Level, run
from earshot_ops.commands.exits import ExitCode
from earshot_ops.commands.on_target import AsJson, on_target
from earshot_ops.commands.screen import print_json, safe, say, working
from earshot_ops.target import Target

CHECKS: tuple[Check, ...] = (
    pipeline.check_stacks,
    pipeline.check_queues,
    pipeline.check_alarms,
    listening.check_watchlist,
    listening.check_sellers,
    listening.check_connections,
    listening.check_mode,
    heart.check_heartbeat,
    keeping.check_holdings,
    mail.check_flow,
    mail.check_suppressed,
)
MAIL_CHECKS: tuple[Check, ...] = (
    mail.check_ses,
    mail.check_rate,
    mail.check_sender,
    mail.check_dmarc,
)

_COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}


@on_target
def doctor(target: Target, *, as_json: AsJson = False) -> ExitCode:
    """Check stacks, queues, alarms, watchlist, connections, mode, the heartbeat, what the last scan
    of all stores found, and whether mail flows.

    In AWS also that SES may send, how fast, and DKIM and DMARC of the sender. Exit code 1 when a
    check fails; warnings do not count.

    [bold]Examples[/bold]

      earshot doctor

      earshot doctor --json --stage prod --profile sales
    """
    target.require()
    findings: list[Finding] = []
    with working("Looking"):
        for check in CHECKS if target.access.endpoint else CHECKS + MAIL_CHECKS:
            findings += run(check, target)
    failed = [finding for finding in findings if finding.level is Level.FAIL]
    if as_json:
        print_json({"ok": not failed, "checks": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            _tell(finding)
    return ExitCode.PROBLEMS if failed else ExitCode.OK


def _tell(finding: Finding) -> None:
    mark = f"[{_COLOURS[finding.level]}]{finding.level:<4}[/]"
    say(f"{mark} {safe(finding.what)}: {safe(finding.detail)}")
    if finding.advice:
        say(f"     {safe(finding.advice)}")
