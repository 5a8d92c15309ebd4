"""The words of a play as HTML that may stand in a mail: no markup of its own, no images, and links
to http(s) only."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

_DEEPER = 2  # the mail has headings of its own


def unfit(text: str) -> tuple[int, str] | None:
    """The first line, counted from 0, with what a mail cannot show, and the reason."""
    for line, token in _inline(_parser().parse(text)):
        if token.type == "image":
            return line, "an image: mails show none"
        if token.type == "link_open" and not _is_web(str(token.attrs["href"])):
            return line, f"a link to {str(token.attrs['href'])[:80]!r}: only http(s) is followed"
    return None


def without_risk(text: str) -> str:
    """``text`` is not ``unfit``."""
    parser = _parser()
    tokens = parser.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(6, int(token.tag[1:]) + _DEEPER)}"
    html: str = parser.renderer.render(tokens, parser.options, {})
    return html.strip()


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    # Every link is parsed as one, so that the wrong ones are found instead of shown as they are.
    parser.validateLink = _is_parsed  # type: ignore[method-assign]
    return parser


def _is_parsed(url: str) -> bool:
    return bool(url)


def _inline(tokens: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    for token in tokens:
        line = token.map[0] if token.map else 0
        for child in token.children or ():
            yield line, child
            line += child.type in {"softbreak", "hardbreak"}


def _is_web(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
