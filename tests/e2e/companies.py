"""Who is in the CRM, and who is told."""

from dataclasses import dataclass

OPERATOR = "operator@sellers.example"


@dataclass(frozen=True)
class Company:
    """An account, and the seller who owns it and nothing else."""

    account_id: str
    name: str
    seller_id: str

    @property
    def address(self) -> str:
        return f"{self.seller_id}@sellers.example"


NAMES = (
    "Quillmark",
    "Brassfield",
    "Tarnbridge",
    "Oakhelm",
    "Vexley",
    "Dunmore",
    "Harrowgate",
    "Pellworth",
    "Ashcombe",
    "Ravenholt",
    "Stonewick",
    "Marlowe",
)
COMPANIES = tuple(
    Company(f"e2e-{number:02d}", name, f"seller-{number:02d}") for number, name in enumerate(NAMES)
)
