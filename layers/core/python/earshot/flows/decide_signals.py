"""Group a post into its signal and decide for each candidate."""

from typing import Any


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    raise NotImplementedError
