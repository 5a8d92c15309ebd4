"""The words of a Slack message: its text, or else its blocks, or else its attachments.

Markup is Slack's own, "mrkdwn" (docs.slack.dev, "Formatting message text"): ``<...>`` holds links
and mentions, and ``&``, ``<`` and ``>`` alone are escaped.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from earshot.sources.payload import object_of, part_in, parts_in, text_in
from earshot.sources.text import is_web_address, links_of

_TOKEN = re.compile(r"<([^<>]*)>")
_EMPHASIS = tuple(
    re.compile(
        rf"(?<![^\W_])(?<!{mark}){mark}(?=\S)([^{mark}\n]+)(?<=\S){mark}(?!{mark})(?![^\W_])"
    )
    for mark in (r"\*", "_", "~")
)
_CODE = re.compile(r"```|`")
_LINKS_LIMIT = 100
_MARKED = frozenset(("mrkdwn", "markdown"))


class Words(NamedTuple):
    text: str
    plain: str
    links: tuple[str, ...]


def words_of(message: dict[str, Any]) -> Words:
    """``text`` is as sent where it was; blocks and attachments are made lines of."""
    if text := text_in(message, "text"):
        return _words(text, *_of_markup(text))
    found = _Lines()
    for block in parts_in(message, "blocks"):
        found.read(block)
    if not found.is_empty:
        return _words(found.plain, found.plain, found.links)
    for attachment in parts_in(message, "attachments"):
        if not is_message(attachment):
            found.read_attachment(object_of(attachment))
    return _words(found.plain, found.plain, found.links)


def is_message(attachment: Any) -> bool:
    """Whether it repeats another message, whose address was in the text."""
    return bool(text_in(attachment, "channel_id") and text_in(attachment, "ts"))


def repeated_in(message: dict[str, Any]) -> str | None:
    found = (part for part in parts_in(message, "attachments") if is_message(part))
    return "\n".join(words_of(object_of(part)).plain for part in found) or None


def _words(text: str, plain: str, links: list[str]) -> Words:
    told = [*links, *links_of(plain)]
    found = dict.fromkeys(link for link in told if is_web_address(link))
    return Words(text, plain, tuple(found)[:_LINKS_LIMIT])


def _of_markup(text: str) -> tuple[str, list[str]]:
    """Without the markup, and the links in it."""
    links: list[str] = []
    pieces = _TOKEN.split(text)
    for at, piece in enumerate(pieces):
        if at % 2:
            pieces[at] = _token(piece, links)
        else:
            pieces[at] = _unescaped(_bare(piece))
    return "".join(pieces), links


def _bare(text: str) -> str:
    for mark in _EMPHASIS:
        text = mark.sub(r"\1", text)
    return _CODE.sub("", text)


def _token(token: str, links: list[str]) -> str:
    """What a reader sees of it."""
    told, _, label = token.partition("|")
    told, label = _unescaped(told), _unescaped(label)
    if told.startswith("!"):
        command = told[1:].partition("^")
        return label or f"@{command[2] if command[0] == 'subteam' else command[0]}"
    if told[:1] in {"@", "#"}:
        return f"{told[0]}{label.removeprefix(told[0])}" if label else told
    if is_web_address(told):
        links.append(told)
    return label or told.removeprefix("mailto:").removeprefix("tel:")


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


class _Lines:
    """Collects the words of blocks (docs.slack.dev, "Block Kit"), a line for each part."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self.links: list[str] = []

    @property
    def plain(self) -> str:
        return "\n".join(line for line in self._lines if line.strip())

    @property
    def is_empty(self) -> bool:
        return not self.plain

    def read(self, block: Any) -> None:
        """A block, or a part of one that has parts of its own."""
        block = object_of(block)
        if text_in(block, "type") in _MARKED and text_in(block, "text"):
            self._mark(text_in(block, "text"))
        elif text_in(block, "type") == "plain_text":
            self._lines.append(text_in(block, "text"))
        elif any(text_in(part, "type") in _INLINE for part in parts_in(block, "elements")):
            self._lines.append("".join(self._inline(block)))
        else:
            for part in filter(None, _parts(block)):
                self.read(part)

    def read_attachment(self, attachment: dict[str, Any]) -> None:
        """``fallback`` is what is shown where nothing else can be."""
        before = len(self._lines)
        for name in ("pretext", "title", "text"):
            self._mark(text_in(attachment, name))
        for block in parts_in(attachment, "blocks"):
            self.read(block)
        if not any(line.strip() for line in self._lines[before:]):
            self._mark(text_in(attachment, "fallback"))
        if link := text_in(attachment, "title_link"):
            self.links.append(link)

    def _mark(self, text: str) -> None:
        plain, links = _of_markup(text)
        self._lines.append(plain)
        self.links += links

    def _inline(self, section: dict[str, Any]) -> Iterator[str]:
        for part in map(object_of, parts_in(section, "elements")):
            kind, url = text_in(part, "type"), text_in(part, "url")
            if url:
                self.links.append(url)
            if name := _INLINE.get(kind):
                sign = {"user": "@", "usergroup": "@", "broadcast": "@", "channel": "#"}.get(kind)
                yield f"{sign or ''}{_raw(part, name) or url}"
            elif kind == "emoji":
                yield f":{text_in(part, 'name')}:"


_INLINE = {
    "text": "text",
    "link": "text",
    "user": "user_id",
    "usergroup": "usergroup_id",
    "broadcast": "range",
    "channel": "channel_id",
    "emoji": "",
}


def _raw(part: dict[str, Any], name: str) -> str:
    """Also one that is a space."""
    value = part.get(name)
    return value if isinstance(value, str) else ""


def _parts(block: dict[str, Any]) -> list[Any]:
    lists = [part for name in ("elements", "fields") for part in parts_in(block, name)]
    return [part_in(block, "title"), part_in(block, "text"), *map(object_of, lists)]
