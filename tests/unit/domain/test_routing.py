import pytest

from earshot.domain.models import Account, Intent
from earshot.domain.routing import is_for_service
from tests import examples

CUSTOMER = examples.account(stage=" Customer")
PROSPECT = examples.account(stage="negotiation")


def test_what_asks_for_support_is_for_service() -> None:
    assert is_for_service(Intent.SUPPORT, None, ())


def test_a_customer_s_complaint_is_for_service_unless_it_is_about_a_competitor() -> None:
    assert is_for_service(Intent.COMPLAINT, CUSTOMER, ("brand:ours",))
    assert not is_for_service(Intent.COMPLAINT, CUSTOMER, ("competitor:rival",))


@pytest.mark.parametrize("account", [None, PROSPECT, examples.account()])
def test_who_pays_nothing_complains_to_sales(account: Account | None) -> None:
    assert not is_for_service(Intent.COMPLAINT, account, ())


def test_what_a_customer_wants_to_buy_is_not_for_service() -> None:
    assert not is_for_service(Intent.PURCHASE, CUSTOMER, ())
