"""Does anything come all the way from a webhook to a mail?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from earshot.domain import heartbeat
from earshot_ops.checks.finding import Finding, fail, ok, warn
from earshot_ops.target import LOCAL, Target

SILENCE = timedelta(minutes=15)
"""As the alarm has it."""


def check_heartbeat(target: Target) -> Iterator[Finding]:
    """The local stage is asked by hand."""
    what, now = "heartbeat", datetime.now(UTC)
    latest = target.heartbeats.latest()
    if latest is None:
        if target.stage == LOCAL:
            yield ok(what, "does not beat by itself in this stage")
        else:
            yield warn(what, "none arrived yet", _advice(target, now))
        return
    minutes = int((now - latest.arrived_at).total_seconds()) // 60
    detail = f"the last one arrived {minutes} minutes ago and took {latest.seconds} seconds"
    if target.stage == LOCAL or now - latest.arrived_at <= SILENCE:
        yield ok(what, detail)
    else:
        yield fail(what, detail, _advice(target, now))


def _advice(target: Target, now: datetime) -> str:
    """By the one of the slot before this: how far it came."""
    post_id = heartbeat.post_id(heartbeat.slot_of(now) - heartbeat.EVERY)
    if target.posts.head(heartbeat.SOURCE, post_id):
        return f"see where it stopped: earshot why {heartbeat.SOURCE}:{post_id}"
    return "see the runbook, the heartbeat stopped; begin with the log of send_heartbeat"
