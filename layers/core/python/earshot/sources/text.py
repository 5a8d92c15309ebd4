"""Words out of markup, and the handles and links among them. Nothing here raises."""

import re
from urllib.parse import urlsplit

from earshot.sources.markup import Piece, attributes, pieces, resolved

TEXT_LIMIT = 65_536
"""Characters kept of one post, which is what GitHub allows."""

_LINKS_LIMIT = 100
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LINK = re.compile(r"https?://[^\s<>\"'`|\\^{}\[\]]+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@/.])@([A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9_])?)")
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figure"),
        *("footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre"),
        *("section", "table", "td", "th", "tr", "ul"),
    )
)


def tidy(text: str) -> str:
    """No control characters or lone surrogates, no spaces at the ends of lines, at most one empty
    line in a row."""
    lines = (line.rstrip() for line in _CONTROL.sub("", text).replace("\r\n", "\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines).replace("\r", "\n")).strip()


def plain_of_markdown(text: str) -> str:
    """Markdown reads well as it is; only what its readers never see goes."""
    return tidy(_HTML_COMMENT.sub("", text))


def plain_of_html(markup: str) -> str:
    return _parse(markup).plain


def links_of_html(markup: str) -> tuple[str, ...]:
    """Where the anchors lead, then the addresses in the words."""
    parsed = _parse(markup)
    return _distinct([*parsed.targets, *links_of(parsed.plain)])


def links_of(text: str) -> tuple[str, ...]:
    """The http(s) addresses in a text, in their order, each once."""
    return _distinct([_without_trailing(found) for found in _LINK.findall(text)])


def mentions_of(text: str) -> tuple[str, ...]:
    """The ``@handles`` in a text without their sign, in their order, each once; none out of
    addresses."""
    return tuple(dict.fromkeys(_HANDLE.findall(_LINK.sub(" ", text))))[:_LINKS_LIMIT]


def is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and len(url) <= 2048
    except ValueError:
        return False


def _without_trailing(url: str) -> str:
    while url:
        last = url[-1]
        unbalanced = last == ")" and url.count(")") > url.count("(")
        if last not in ".,;:!?*_~" and not unbalanced:
            break
        url = url[:-1]
    return url


def _distinct(urls: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(url for url in urls if is_web_address(url)))[:_LINKS_LIMIT]


class _Words:
    """Collects the text outside of scripts, a line per block, and the targets of anchors."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self.targets: list[str] = []

    def take(self, piece: Piece) -> None:
        if not piece.name:
            self._pieces.append(re.sub(r"\s+", " ", resolved(piece.text)))
        elif piece.name.removeprefix("/") in _BLOCKS:
            self._pieces.append("\n")
        elif piece.name == "a" and (target := attributes(piece).get("href")):
            self.targets.append(target)

    @property
    def plain(self) -> str:
        lines = (line.strip() for line in "".join(self._pieces).split("\n"))
        return tidy("\n".join(lines))


def _parse(markup: str) -> _Words:
    words = _Words()
    for piece in pieces(markup):
        words.take(piece)
    return words
