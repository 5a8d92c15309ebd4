"""Who is in the CRM, and who is told."""

from dataclasses import dataclass
from itertools import islice, permutations

OPERATOR = "operator@sellers.example"


@dataclass(frozen=True)
class Company:
    """An account, and the seller who owns it."""

    account_id: str
    name: str
    seller_id: str

    @property
    def address(self) -> str:
        return f"{self.seller_id}@sellers.example"


_SELLERS = 12
_SYLLABLES = ("vex", "mar", "tor", "quil", "bel", "sar", "lun", "dor", "fex", "gri", "hap", "zul")
_NAMES = ("".join(parts).title() for parts in permutations(_SYLLABLES, 3))

COMPANIES = tuple(
    Company(f"e2e-{number:03d}", name, f"seller-{number % _SELLERS:02d}")
    for number, name in enumerate(islice(_NAMES, 600))
)
"""More than posts are said: whoever is told of a second one hears of it half an hour later. Twelve
in a row are of as many sellers."""
SELLERS = {company.seller_id: company.address for company in COMPANIES}
