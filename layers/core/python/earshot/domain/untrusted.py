"""Words and links of strangers, made safe to show.

Escaping is the template's; here goes what no escaping helps against: line breaks in headers,
characters that turn the reading direction around, links that hide where they lead.
"""

import re
from urllib.parse import urlsplit

LONGEST_URL = 1_000
# Of a text this many times as long as may be shown, the rest is not looked at.
SPARE = 4

_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Control characters but for the line feed, halves of characters, private use.
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff"
    "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd]"
)
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n\s*\n\s*")
_URL = re.compile(r"[\x21-\x7e]+")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")


def paragraph(text: str, longest: int) -> str:
    """Without control and direction characters; cut with an ellipsis; line breaks stay."""
    start = text[: SPARE * longest]
    visible = _UNSEEN.sub(" ", _BIDI.sub("", _LINE_ENDS.sub("\n", start)))
    tidy = _BLANK_LINES.sub("\n\n", _BLANKS.sub(" ", visible)).strip()
    return tidy if len(tidy) <= longest else tidy[: longest - 1].rstrip() + "…"


def line(text: str, longest: int) -> str:
    """The same on a single line, fit for a header."""
    return paragraph(" ".join(paragraph(text[: SPARE * longest], SPARE * longest).split()), longest)


def host_of(url: str | None) -> str | None:
    """The host that a web link leads to; ``None`` for what may not be a link in a mail: other
    schemes, a user name before the host, characters that a URL does not have."""
    if not url or len(url) > LONGEST_URL or not _URL.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or "\\" in url:
        return None
    return parts.hostname
