"""Tags and words of a page, read once from front to end.

`html.parser` takes seconds for 20 KB of broken tags (its patterns look ahead to the end again and
again); here each character is looked at a fixed number of times, whatever a page holds.
"""

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

# Their content is text up to their end tag: https://html.spec.whatwg.org/#parsing-html-fragments
_RAW = ("script", "style", "textarea", "title", "noscript", "iframe", "xmp", "noembed", "template")
_END_OF_RAW = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/<>]{0,60})")
_REST_OF_TAG = re.compile(r"""[^>"']*+(?:"[^"]*+"[^>"']*+|'[^']*+'[^>"']*+)*+>""")
_ATTRIBUTE = re.compile(r"""([^\s=/"'<>]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?+""")
_LONGEST_ATTRIBUTES = 10_000


class Piece(NamedTuple):
    """A start tag with its ``attributes`` and, for a raw element, its content as ``text``; an end
    tag, whose name begins with ``/``; or ``text`` without a name, entities still in it."""

    name: str
    text: str = ""
    attributes: str = ""


def pieces(markup: str) -> Iterator[Piece]:
    """In order, comments left out. What is broken is text or ends the page."""
    at, quotes_close = 0, True
    while (less := markup.find("<", at)) >= 0:
        if less > at:
            yield Piece("", markup[at:less])
        if found := _TAG.match(markup, less):
            whole = _REST_OF_TAG.match(markup, found.end()) if quotes_close else None
            quotes_close = whole is not None
            end = whole.end() if whole else markup.find(">", found.end()) + 1
            if not end:
                return
            piece, at = _tag(markup, found, end)
            yield piece
        else:
            at = _after_declaration(markup, less)
            if at == less + 1:
                yield Piece("", "<")
    if at < len(markup):
        yield Piece("", markup[at:])


def _tag(markup: str, found: re.Match[str], end: int) -> tuple[Piece, int]:
    """The piece, and where the next one begins."""
    name = found[2].lower()
    given = markup[found.end() : min(end - 1, found.end() + _LONGEST_ATTRIBUTES)]
    if found[1] or name not in _RAW or given.endswith("/"):
        return Piece(found[1] + name, attributes=given), end
    close = _END_OF_RAW[name].search(markup, end)
    stop = close.start() if close else len(markup)
    return Piece(name, markup[end:stop], given), stop


def _after_declaration(markup: str, less: int) -> int:
    """Behind a comment, a DOCTYPE or an instruction; behind the sign where it begins none."""
    if markup.startswith("<!--", less):
        end, length = markup.find("-->", less + 4), 3
    elif markup[less + 1 : less + 2] in {"!", "?", "/"}:
        end, length = markup.find(">", less), 1
    else:
        return less + 1
    return end + length if end >= 0 else len(markup)


def attributes(piece: Piece) -> dict[str, str]:
    """By lower-case name; of two of one name the first counts."""
    found: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(piece.attributes):
        found.setdefault(name.lower(), words(double or single or bare))
    return found


def words(text: str) -> str:
    """Entities resolved, white space made single."""
    return " ".join(resolved(text).split())


def resolved(text: str) -> str:
    """The text with its entities resolved; as it is where one is no number that could be read."""
    try:
        return html.unescape(text)
    except ValueError:  # more digits than int() takes
        return text
