"""A heartbeat of the deployed stage, by the roles that its functions have."""

import json

from earshot.domain import heartbeat
from earshot.domain.heartbeat_reader import SELLER
from earshot.domain.models import Alert, AlertState
from earshot_ops.demo import drain
from tests.conftest import MAIL_FROM
from tests.e2e import ses_events
from tests.e2e.town import Town
from tests.e2e.waiting import until


def beat(town: Town) -> str:
    """The post that it is."""
    return str(drain.invoke(town.target, "send_heartbeat")["post_id"])


def alert_of(town: Town, post_id: str) -> Alert | None:
    why = town.target.explainer.why(f"{heartbeat.SOURCE}:{post_id}")
    told = [one.alert for signal in why.signals for one in signal.sellers] if why else []
    return told[0] if told else None


def test_a_heartbeat_goes_from_the_webhook_to_the_mail_and_the_doctor_sees_it(town: Town) -> None:
    since, length = town.now_ms(), town.log_length()
    posts = {beat(town), beat(town)}  # two, where the slot ended in between
    post_id = max(posts)

    def sent() -> Alert | None:
        alert = alert_of(town, post_id)
        return alert if alert and alert.state is AlertState.SENT else None

    alert = until(sent, "its mail was sent")
    assert alert
    assert alert.message_id
    mails = [one for one in town.accepted(length) if one.to == SELLER.email]
    assert len(mails) == len(posts)
    event = ses_events.send(alert.alert_id, alert.message_id, sender=MAIL_FROM, to=SELLER.email)
    topic = town.target.deployed.outputs["MailEventsTopicArn"]
    for _ in range(2):
        town.stack.client("sns").publish(TopicArn=topic, Message=json.dumps(event))

    def arrived() -> bool:
        latest = town.target.heartbeats.latest()
        return latest is not None and heartbeat.post_id(latest.slot) == post_id

    until(arrived, "it arrived")
    told = [line for line in town.logs("settle_mail", since) if "heartbeat_seconds" in line]
    assert len(told) == 1
    town.forget_dead_letters()
    assert "ok   heartbeat: the last one arrived 0 minutes ago" in town.earshot("doctor")
