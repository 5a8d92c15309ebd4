"""What AWS charges, from the table ``infra/prices.toml``."""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache

from pydantic import BaseModel, ConfigDict

from earshot_ops.chalice_configuration import ROOT

REGION = "us-east-1"

Usage = Mapping[str, float]


class Price(BaseModel):
    """``usd`` by region, for so many units."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: str
    per: int
    usd: dict[str, float]
    source: str


class Prices(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    date: date
    source: str
    checked: str
    prices: dict[str, Price]

    @property
    def regions(self) -> frozenset[str]:
        """Those that every price is known of."""
        return frozenset.intersection(*(frozenset(one.usd) for one in self.prices.values()))

    def bill(self, usage: Usage, region: str = REGION) -> dict[str, float]:
        """Dollars by the name of what was used; ``KeyError`` for what has no price."""
        return {
            name: amount / self.prices[name].per * self.prices[name].usd[region]
            for name, amount in usage.items()
        }

    def total(self, usage: Usage, region: str = REGION) -> float:
        return sum(self.bill(usage, region).values())


@cache
def read() -> Prices:
    return Prices.model_validate(tomllib.loads((ROOT / "infra/prices.toml").read_text("utf-8")))
