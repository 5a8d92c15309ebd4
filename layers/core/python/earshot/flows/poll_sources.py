"""Fetch what feeds have to say, archive it, queue it."""

from typing import Any


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    raise NotImplementedError
