"""What a page says of itself: its head, its structured data, and the words in its middle."""

import re
from dataclasses import dataclass, field
from itertools import islice

from earshot.sources.markup import Piece, attributes, pieces, words
from earshot.sources.surface import FetchedPage
from earshot.sources.text import tidy

MOST_CHARACTERS = 1_000_000
_MOST_PIECES = 100_000
_MOST_BLOCKS = 400
_DEEPEST = 32
_MOST_DATA = 20

_CHARSET = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE
)
_DECLARED = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xfe\xff", "utf-16-be"), (b"\xff\xfe", "utf-16-le"))
# Around what the company says, not part of it.
_ASIDE = frozenset(("nav", "footer", "aside", "form", "button", "select", "svg", "dialog"))
_BLOCKS = frozenset(("h1", "h2", "h3", "p"))
_BREAKS = _BLOCKS | frozenset(
    ("article", "body", "br", "div", "h4", "h5", "h6", "li", "main", "ol", "section", "table", "ul")
)


@dataclass(slots=True)
class Page:
    """``meta`` by lower-case name or property, ``data`` the texts of JSON-LD scripts, ``blocks``
    the headings and paragraphs outside of navigation, forms and footer."""

    title: str = ""
    language: str = ""
    meta: dict[str, str] = field(default_factory=dict)
    data: list[str] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)


def text_of(page: FetchedPage) -> str:
    """By byte order mark, header or the page's own word, else UTF-8; what no character is, is
    replaced."""
    for mark, encoding in _MARKS:
        if page.body.startswith(mark):
            return page.body[len(mark) :].decode(encoding, "replace")[:MOST_CHARACTERS]
    declared = _DECLARED.search(page.headers.get("content-type", ""))
    inside = _CHARSET.search(page.body[:2048])
    name = declared[1] if declared else inside[1].decode() if inside else "utf-8"
    try:
        text = page.body.decode(name, "replace")
    except (LookupError, ValueError):  # no such encoding, or none for text
        text = page.body.decode("utf-8", "replace")
    return text[:MOST_CHARACTERS]


def page_of(markup: str) -> Page:
    """Of any text whatever; nothing is raised."""
    reading = _Reading()
    for piece in islice(pieces(markup), _MOST_PIECES):
        reading.take(piece)
    reading.end_block()
    return reading.page


class _Reading:
    def __init__(self) -> None:
        self.page = Page()
        self._aside: list[str] = []
        self._block: list[str] | None = None

    def take(self, piece: Piece) -> None:
        name = piece.name
        if not name:
            if self._block is not None and not self._aside:
                self._block.append(piece.text)
        elif name in {"title", "meta", "script", "html"}:
            self._take_head(piece)
        elif name in _ASIDE:
            self.end_block()
            if len(self._aside) < _DEEPEST and not piece.attributes.endswith("/"):
                self._aside.append(name)
        elif name.startswith("/"):
            self._take_end(name[1:])
        elif name in _BREAKS:
            self.end_block()
            self._block = [] if name in _BLOCKS else None

    def _take_end(self, name: str) -> None:
        if name in self._aside:
            while self._aside.pop() != name:
                pass
        elif name in _BREAKS:
            self.end_block()

    def _take_head(self, piece: Piece) -> None:
        given = attributes(piece)
        if piece.name == "title":
            if not self._aside:  # the pictures of a page have titles, too
                self.page.title = self.page.title or tidy(words(piece.text))
        elif piece.name == "html":
            self.page.language = self.page.language or given.get("lang", "")
        elif piece.name == "meta":
            name = given.get("name") or given.get("property") or ""
            self.page.meta.setdefault(name.lower(), tidy(given.get("content", "")))
        elif "ld+json" in given.get("type", "").lower() and len(self.page.data) < _MOST_DATA:
            self.page.data.append(piece.text)

    def end_block(self) -> None:
        if self._block and len(self.page.blocks) < _MOST_BLOCKS:
            text = tidy(words("".join(self._block)))
            if text:
                self.page.blocks.append(text)
        self._block = None
