"""Mail what is due: the guarantee behind the stream."""

from typing import Any


def handle(event: dict[str, Any], context: Any) -> dict[str, Any]:
    raise NotImplementedError
