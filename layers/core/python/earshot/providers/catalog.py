"""The providers, in the order in which they are asked: a register finds a company more surely once
its website told the country."""

from typing import cast

from earshot.providers import gleif, website
from earshot.providers.surface import Provider

PROVIDERS = (cast("Provider", website), cast("Provider", gleif))
