"""Set the deployed stage up as an operator would."""

from earshot.aws.config_store import Config
from earshot.domain.models import Account, Seller, WatchlistEntry, WorkingHours
from earshot_ops.demo import drain
from earshot_ops.target import Target
from tests.conftest import MAIL_FROM, Stack
from tests.e2e.companies import COMPANIES, OPERATOR, SELLERS
from tests.e2e.platforms import FORUM, GITHUB, RIVAL
from tests.e2e.town import Town

_ALWAYS = WorkingHours(start="00:00", end="00:00", days=(1, 2, 3, 4, 5, 6, 7))  # type: ignore[arg-type]


def furnish(stack: Stack) -> Town:
    """Companies, sellers and two connections; live. Everything through the operator's own means."""
    target = Target("local", stack.aws.access, stack.deployed)
    stack.client("sesv2").create_email_identity(EmailIdentity=MAIL_FROM.rpartition("@")[2])
    rival = WatchlistEntry.model_validate(
        {"entry_id": "competitor:pipelord", "kind": "competitor", "name": RIVAL}
    )
    target.accounts.put_entries([rival])
    for seller_id, address in SELLERS.items():
        seller = Seller(
            seller_id=seller_id, name=seller_id.title(), email=address, hours=_ALWAYS, budget=100
        )
        target.sellers.put(seller)
    target.accounts.put_accounts(
        Account(account_id=one.account_id, name=one.name, owner=one.seller_id) for one in COMPANIES
    )
    target.config.put(Config(live=True, operator_email=OPERATOR))
    drain.invoke(target, "compile_watchlist")
    town = Town(stack, target, b"5ecret-of-the-repository", b"whsec_" + b"c2VjcmV0" * 4)
    town.earshot("connect", "github", "--connection", GITHUB, secret=town.github_secret.decode())
    town.earshot("connect", "generic", "--connection", FORUM, secret=town.forum_secret.decode())
    return town
