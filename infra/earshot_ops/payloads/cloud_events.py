"""The ways that CloudEvents travel ("HTTP Protocol Binding" 1.0.2, section 3)."""

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

_STRUCTURED = "application/cloudevents+json"
_BATCH = "application/cloudevents-batch+json"
_DATA = frozenset(("data", "data_base64", "datacontenttype"))


def modes(content: bytes, value: Any) -> Iterator[tuple[str, dict[str, str], bytes]]:
    """The name of the mode, headers and body: a list is a batch, an event comes in two ways."""
    if isinstance(value, list):
        yield "batched", {"content-type": _BATCH}, content
        return
    yield "structured", {"content-type": _STRUCTURED}, content
    if isinstance(value, dict) and _is_event(value):
        yield "binary", *_binary(value)


def _is_event(value: dict[str, Any]) -> bool:
    """Whether there is anything that headers can tell."""
    texts = (value.get("data_base64", ""), value.get("datacontenttype") or "")
    return "specversion" in value and all(isinstance(told, str) for told in texts)


def _binary(event: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    headers = {
        f"ce-{name}": quote(
            told if isinstance(told, str) else json.dumps(told), safe=" !#$&'()*+,/:;=?@[]"
        )
        for name, told in event.items()
        if name not in _DATA and told is not None
    }
    content_type, body = _data(event)
    return {**headers, "content-type": content_type}, body


def _data(event: dict[str, Any]) -> tuple[str, bytes]:
    told = event.get("datacontenttype")
    if "data_base64" in event:
        return told or "application/octet-stream", base64.b64decode(event["data_base64"])
    data = event.get("data")
    if isinstance(data, str) and told and "json" not in told:
        return told, data.encode()
    return told or "application/json", b"" if data is None else json.dumps(data).encode()
