"""Words out of markup, and the handles and links among them. Nothing here raises."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

TEXT_LIMIT = 65_536
"""Characters kept of one post, which is what GitHub allows."""

_LINKS_LIMIT = 100
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_HTML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_LINK = re.compile(r"https?://[^\s<>\"'`|\\^{}\[\]]+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@/.])@([A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9_])?)")
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figure"),
        *("footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre"),
        *("section", "table", "td", "th", "tr", "ul"),
    )
)
_UNSEEN = frozenset(("script", "style", "template", "title", "noscript"))


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


class _Words(HTMLParser):
    """Collects the text outside of scripts, a line per block, and the targets of anchors."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._unseen = 0
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in _UNSEEN
        if tag in _BLOCKS:
            self._pieces.append("\n")
        if tag == "a":
            self.targets.extend(value for name, value in attrs if name == "href" and value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNSEEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1
        if tag in _BLOCKS:
            self._pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._pieces.append(re.sub(r"[^\S\n]+", " ", data.replace("\n", " ")))

    @property
    def plain(self) -> str:
        lines = (line.strip() for line in "".join(self._pieces).split("\n"))
        return tidy("\n".join(lines))


def _parse(markup: str) -> _Words:
    words = _Words()
    try:
        words.feed(markup)
        words.close()
    except AssertionError:  # on broken declarations: https://github.com/python/cpython/issues/77057
        words = _Words()
        words.feed(_TAG.sub(" ", markup).replace("<", " "))
        words.close()
    return words
