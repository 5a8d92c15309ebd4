"""Where links lead, and that a link of a mail is the same however often it is made."""

import pytest

from earshot.domain.actions import (
    ABOUT_A_SIGNAL,
    ACTS_ONCE,
    ActionKind,
    MailList,
    address_of,
    link_id,
    link_of,
)
from earshot.domain.models import AlertKind
from tests.unit.domain.mail_examples import alert


@pytest.mark.parametrize(
    ("action", "address"),
    [
        (ActionKind.SIGNAL, "signals/5f0c?alert=a1"),
        (ActionKind.CLAIM, "signals/5f0c/claim?alert=a1"),
        (ActionKind.OPEN_SIGNALS, "open"),
        (ActionKind.PREFERENCES, "preferences"),
        (ActionKind.UNSUBSCRIBE, "unsubscribe?list=alerts"),
        (ActionKind.ONE_CLICK, "unsubscribe?list=alerts"),
    ],
)
def test_a_link_leads_to_a_clean_address(action: ActionKind, address: str) -> None:
    assert address_of(link_of(action, alert())) == address


def test_names_of_others_stay_within_their_part_of_the_address() -> None:
    odd = alert(alert_id="a&b=c", signal_id="../x?y")
    assert address_of(link_of(ActionKind.MUTE, odd)) == "signals/..%2Fx%3Fy/mute?alert=a%26b%3Dc"


def test_the_mail_of_a_digest_is_of_another_list_and_names_its_signals_one_by_one() -> None:
    digest = alert(AlertKind.DIGEST, "d1", signal_id="", subject_id="")
    link = link_of(ActionKind.CLAIM, digest)
    assert link.list is MailList.DIGEST
    assert address_of(link) == "open"
    one = link_of(ActionKind.CLAIM, digest, ("account:acme", "s1"))
    assert address_of(one) == "signals/s1/claim?alert=d1"
    assert one.link_id != link.link_id


def test_what_acts_once_is_about_a_signal() -> None:
    assert ACTS_ONCE < ABOUT_A_SIGNAL
    assert {link_of(action, alert()).acts_once for action in ACTS_ONCE} == {True}
    assert not link_of(ActionKind.USEFUL, alert()).acts_once
    assert len({link_id(action, "a1", "s1") for action in ActionKind}) == len(ActionKind)
