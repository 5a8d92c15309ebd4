"""What claims make the courier mail, and what it leaves unsaid once they moved on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from earshot.aws.claim_store import ClaimStore
from earshot.aws.config_store import Config, ConfigStore
from earshot.domain.actions import ActionKind, Form
from earshot.domain.models import AlertKind, Claim
from earshot.flows.deliver_alert import Outcome, courier
from earshot.flows.serve_pages import pages
from earshot.flows.take_care import Care
from tests import told
from tests.house import House
from tests.standin import StandIn
from tests.told import Told

NOW = datetime.now(UTC)
FORM = Form(action=ActionKind.CLAIM, seller_id="anna")


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def told_of(house: House) -> Told:
    ConfigStore(house.table).put(Config(live=True))
    return told.furnish(house.table, at=NOW - timedelta(minutes=5))


@pytest.fixture
def care(told_of: Told) -> Care:
    return Care(pages().acting, pages().matters)


def claim(care: Care, told_of: Told, at: datetime, seller: str = "anna") -> Claim:
    found, _ = care.matters.of(care.matters.seller(seller), told_of.signal_id, "", now=at)
    return care.claim(FORM, found, at)


def deliver(house: House, kind: AlertKind, at: datetime) -> list[Outcome]:
    """All that is of this kind and due then, the earlier versions first."""
    rows = [row for row in house.rows() if row.get("kind") == kind.value]
    ordered = sorted(rows, key=lambda row: int(str(row["claim_version"])))
    sender = replace(courier(), clock=lambda: at)
    return [sender.deliver(str(row["alert_id"])) for row in ordered]


def mails(aws: StandIn) -> list[EmailMessage]:
    return [message_from_bytes(mail.raw, policy=policy.default) for mail in aws.ses.mails]


def said(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body
    return str(body.get_content())


def test_when_nobody_acts_the_next_one_hears_of_it_and_who_acted_is_left_alone(
    house: House, aws: StandIn, told_of: Told, care: Care
) -> None:
    first = claim(care, told_of, NOW)
    second = claim(care, told_of, NOW + timedelta(minutes=30))
    assert second.lease_until
    assert first.lease_until
    early = second.lease_until - timedelta(seconds=1)
    assert Outcome.SENT not in deliver(house, AlertKind.ESCALATION, early)
    late = second.lease_until + timedelta(seconds=1)
    deliver(house, AlertKind.ESCALATION, late)
    (mail,) = mails(aws)
    assert mail["To"] == "ben@seller.example"
    assert "Anna Example" in said(mail)
    claim(care, told_of, late, "ben")
    done = ClaimStore(house.table).get(told_of.signal_id)
    assert done
    assert done.seller_id == "ben"


def test_an_escalation_of_what_was_closed_is_cancelled(
    house: House, aws: StandIn, told_of: Told, care: Care
) -> None:
    made = claim(care, told_of, NOW)
    assert made.lease_until
    found, _ = care.matters.of(care.matters.seller("anna"), told_of.signal_id, "", now=NOW)
    care.finish(FORM, found, "won", now=NOW + timedelta(minutes=5))
    late = made.lease_until + timedelta(seconds=1)
    assert deliver(house, AlertKind.ESCALATION, late) == [Outcome.CANCELLED]
    assert mails(aws) == []


def test_a_hand_over_is_mailed_with_its_note_unless_it_was_taken_back(
    house: House, aws: StandIn, told_of: Told, care: Care
) -> None:
    found, _ = care.matters.of(care.matters.seller("anna"), told_of.signal_id, "", now=NOW)
    carla = next(one for one in found.team if one.seller_id == "carla")
    care.hand_over(FORM, found, carla, note="Jo answers best before lunch.", now=NOW)
    claim(care, told_of, NOW + timedelta(seconds=1))
    soon = NOW + timedelta(seconds=2)
    assert deliver(house, AlertKind.HANDOVER, soon) == [Outcome.CANCELLED]
    care.hand_over(FORM, found, carla, note="Jo answers best before lunch.", now=soon)
    assert deliver(house, AlertKind.HANDOVER, soon)[-1] == Outcome.SENT
    (mail,) = mails(aws)
    assert mail["To"] == "carla@seller.example"
    assert "Jo answers best before lunch." in said(mail)
    assert "We leave RivalCRM" in said(mail)
