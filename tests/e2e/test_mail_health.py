"""A bounce, from the topic to the suppression list, by the role that `settle_mail` has."""

import json
from datetime import UTC, datetime
from pathlib import Path

from earshot.domain.mail_health import MailFigures
from earshot.domain.models import Alert, AlertState
from earshot_ops.target import Target
from tests.conftest import Stack
from tests.e2e.waiting import until

EVENTS = Path(__file__).parents[1] / "events/ses"
SELLER = "seller@customer.example"


def test_a_bounce_and_a_complaint_suppress_and_are_counted_however_often_they_come(
    stack: Stack,
) -> None:
    target = Target("local", stack.aws.access)
    alert = Alert(alert_id="bounces", seller_id="nobody", state=AlertState.PENDING)
    target.table.put_item(**target.outbox.inserts(alert)["Put"])
    before = target.mail_health.figures(datetime.now(UTC), None)
    topic = target.deployed.outputs["MailEventsTopicArn"]
    for name in ("bounce_permanent", "bounce_permanent", "complaint", "send"):
        event = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
        event["mail"]["tags"]["alert_id"] = [alert.alert_id]
        stack.client("sns").publish(TopicArn=topic, Message=json.dumps(event))
    once_each = before + MailFigures(sent=1, bounced=1, complained=1)

    def is_told() -> bool:
        told = target.outbox.get(alert.alert_id)
        return (
            told is not None
            and told.state is AlertState.SENT
            and target.mail_health.is_suppressed(SELLER)
            and target.mail_health.figures(datetime.now(UTC), None) == once_each
        )

    until(is_told, "the alert is SENT, its seller suppressed, and each event counted once")
