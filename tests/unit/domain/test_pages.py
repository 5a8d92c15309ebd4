"""What the pages show, as they must read, and whatever comes from outside."""

import os
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.pages import Frame, Notice, content_security_policy, render
from tests.unit.domain.page_examples import PAGES, rendered

GOLDEN = Path(__file__).parents[2] / "golden/pages"
VOID = {"meta", "input", "br"}
STYLE = Path(__file__).parents[3] / "layers/core/python/earshot/pages/style.css"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_as_it_did(name: str) -> None:
    """``UPDATE_GOLDEN=1`` writes the files anew; look at the difference."""
    file = GOLDEN / f"{name}.html"
    said = rendered(name)
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(said, encoding="utf-8")
    assert said == file.read_text(encoding="utf-8")


class _Reading(HTMLParser):
    """Checks as it goes that tags close in order, and gathers what accessibility asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []
        self.unnamed: list[str] = []
        self.labels: set[str] = set()
        self.names: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.attributes |= {f"{tag} {name}" for name in found}
        self.names.append(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "label" and found.get("for"):
            self.labels.add(str(found["for"]))
        asks = tag in {"input", "textarea"} and found.get("type") != "hidden"
        if asks and "label" not in self.open:
            self.unnamed.append(str(found.get("id")))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(html: str) -> _Reading:
    reading = _Reading()
    reading.feed(html)
    assert reading.open == []
    return reading


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_by_everybody_and_runs_nothing(name: str) -> None:
    html = rendered(name)
    page = read(html)
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert 'name="viewport"' in html
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    steps = zip(page.headings, page.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps)
    assert set(page.unnamed) <= page.labels
    assert page.names.count("main") == 1
    assert not {"script", "img", "link", "iframe", "object"} & set(page.names)
    assert not [a for a in page.attributes if a.split()[1].startswith(("on", "style"))]


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("text", "back"),
        ("text", "card"),
        ("text", "quote"),
        ("soft", "back"),
        ("soft", "card"),
        ("soft", "quote"),
        ("link", "back"),
        ("link", "card"),
        ("link", "quote"),
        ("hot", "back"),
        ("hot", "card"),
        ("on-button", "button"),
        ("on-warn", "warn"),
    ],
)
def test_text_stands_out_from_what_is_behind_it(scheme: int, text: str, back: str) -> None:
    """4.5 to 1, as WCAG 2.2 AA asks: https://www.w3.org/TR/WCAG22/#contrast-minimum"""
    schemes = STYLE.read_text(encoding="utf-8").split("@media")
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", schemes[scheme].partition("* {")[0]))
    bright, dark = sorted((_luminance(colours[text]), _luminance(colours[back])), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= 4.5


def test_the_policy_lets_through_our_style_sheet_alone() -> None:
    policy = content_security_policy()
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


@given(st.text(max_size=60))
def test_text_stays_text(text: str) -> None:
    notice = Notice(title=text, said=(text,), links=((text, "open"),))
    html = render(notice, Frame(seller_name=text))
    names = read(html).names
    plain = read(
        render(Notice(title="x", said=("x",), links=(("x", "open"),)), Frame(seller_name="x"))
    )
    if text:
        assert names == plain.names


def test_the_policy_names_the_style_sheet_that_is_in_the_page() -> None:
    style = rendered("open").partition("<style>")[2].partition("</style>")[0]
    hashed = b64encode(sha256(style.encode()).digest()).decode()
    assert f"'sha256-{hashed}'" in content_security_policy()
    assert style == STYLE.read_text(encoding="utf-8")
