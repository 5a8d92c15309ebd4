"""A new deployment observes: until go-live nobody but the operator gets a mail."""

import pytest

from tests.e2e.companies import OPERATOR
from tests.e2e.town import Town

pytestmark = pytest.mark.e2e


def test_until_go_live_mails_go_to_the_operator_and_say_for_whom(town: Town) -> None:
    observed, live = town.post(), town.post()
    town.earshot("observe", "--operator", OPERATOR)
    try:
        town.say(town.envelope(observed))
        town.wait_until_mailed(observed)
    finally:
        town.earshot("go-live")
    town.say(town.envelope(live))
    town.wait_until_mailed(live)
    mails = dict(town.mails_of(observed, live))
    assert len(town.mails_of(observed, live)) == 2
    assert mails[observed].to == (OPERATOR,)
    assert mails[observed].subject.startswith("[Observing]")
    assert observed.company.seller_id.title() in mails[observed].text
    assert mails[live].to == (live.company.address,)
    assert "bserv" not in mails[live].subject + mails[live].text
