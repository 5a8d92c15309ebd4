"""Towns of a handful of posts, for runs by the thousand."""

from dataclasses import dataclass
from datetime import time
from typing import Any

from earshot.aws.account_store import AccountStore
from earshot.aws.config_store import Config, ConfigStore
from earshot.aws.seller_store import SellerStore
from earshot.domain.models import EntryKind
from earshot.flows import compile_watchlist
from tests import examples
from tests.house import House, entry
from tests.standin.event_sources import Context

Entry = dict[str, Any]

_LEAVES = "We at Acme are leaving RivalCRM after six years, what do people use instead?"
_ASKS = "Acme is looking for an alternative to RivalCRM before the end of the quarter, any ideas?"
_ALSO = "Betatron wants to switch from RivalCRM too: who can recommend something better?"


@dataclass(frozen=True)
class Hamlet:
    """Anna owns both accounts; ``desk`` sells against the competitor. ``deliveries`` are what comes
    on the queue, each after so many seconds."""

    name: str
    deliveries: tuple[tuple[int, tuple[Entry, ...]], ...]
    budget: int = 5
    desk: str = ""

    def furnish(self, house: House) -> None:
        accounts, sellers = AccountStore(house.table), SellerStore(house.table)
        anna = examples.seller("anna", budget=self.budget, digest_at=time(8))
        sellers.put(anna)
        if self.desk:
            sellers.put(examples.seller(self.desk, desks=("competitor:rivalcrm",)))
        accounts.put_accounts(
            examples.account(account_id=name.lower(), name=name, owner="anna")
            for name in ("Acme", "Betatron")
        )
        accounts.put_entries([examples.entry(EntryKind.COMPETITOR, "rivalcrm", "RivalCRM")])
        ConfigStore(house.table).put(Config(live=True))
        compile_watchlist.handle({}, Context())

    def deliver(self, house: House) -> None:
        for delay, posts in self.deliveries:
            house.deliver(*posts, delay=delay)


HAMLETS = (
    Hamlet("an alert", ((0, (entry(1, _LEAVES),)),)),
    Hamlet("two deliveries at once", ((0, (entry(1, _LEAVES),)), (0, (entry(2, _ASKS),)))),
    Hamlet(
        "an update",
        ((0, (entry(1, _LEAVES),)), (600, (entry(2, _ASKS, thread_id="p1"), entry(3, _ALSO)))),
    ),
    Hamlet("a digest", ((0, (entry(1, _LEAVES),)),), desk="carla"),
    Hamlet(
        "beyond the budget",
        ((0, (entry(1, _LEAVES), entry(3, _ALSO))), (300, (entry(2, _ASKS, thread_id="p1"),))),
        budget=1,
    ),
)
