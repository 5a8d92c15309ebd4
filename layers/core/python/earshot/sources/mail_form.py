"""Forms as browsers and mail services post them: ``application/x-www-form-urlencoded`` (WHATWG URL,
"application/x-www-form-urlencoded parsing") and ``multipart/form-data`` (RFC 7578), read in one go
from front to end.

`email.parser` would follow parts within parts, line by line through all of them; here a part is
text, and only its few header lines are parsed.
"""

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesHeaderParser
from urllib.parse import parse_qsl

from earshot.errors import MalformedPayloadError
from earshot.sources.surface import Headers

MAX_FIELDS = 1000
"""Mailgun posts a field per header of a mail."""

_LONGEST_HEAD = 2000
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_HEADERS = BytesHeaderParser()


def fields(headers: Headers, body: bytes) -> dict[str, str]:
    """Of two of one name the first counts; attachments are none. ``MalformedPayloadError`` for what
    is no form."""
    found: dict[str, str] = {}
    for name, value in _pairs(headers.get("content-type", ""), body):
        found.setdefault(name, value)
    return found


def _pairs(content_type: str, body: bytes) -> Iterator[tuple[str, str]]:
    try:
        told = Message()
        told["content-type"] = content_type[:_LONGEST_HEAD]
        if told.get_content_type() == "multipart/form-data":
            yield from _parts(told.get_boundary() or "", body)
        elif told.get_content_type() == "application/x-www-form-urlencoded":
            text = body.decode("utf-8", "replace")
            yield from parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
        else:
            raise MalformedPayloadError("no form")
    except (ValueError, LookupError) as error:
        raise MalformedPayloadError("no form") from error


def _parts(boundary: str, body: bytes) -> Iterator[tuple[str, str]]:
    """The parts between lines that begin with the boundary; what stands before them is none."""
    if not boundary:
        raise MalformedPayloadError("form without boundary")
    mark = re.escape(boundary.encode())
    line = re.compile(rb"(?:\A|\r?\n)--" + mark + rb"(?:--)?[ \t]*+(?=\r?\n|\Z)")
    parts = line.split(body, maxsplit=MAX_FIELDS + 1)[1:]
    if len(parts) > MAX_FIELDS:
        raise MalformedPayloadError("form of too many parts")
    for part in parts:
        head, *value = _BLANK_LINE.split(part, maxsplit=1)
        if not value or len(head) > _LONGEST_HEAD:
            continue
        told = _HEADERS.parsebytes(head.lstrip(b"\r\n"))
        name = told.get_param("name", header="content-disposition")
        if isinstance(name, str) and told.get_filename() is None:
            yield name, value[0].decode("utf-8", "replace")
