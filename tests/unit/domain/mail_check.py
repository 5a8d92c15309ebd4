"""What mail clients drop, rewrite or clip, found in the HTML of a mail; and how well it is read.

Rules are what Outlook (Word), Gmail and Apple Mail have in common, after caniemail.com.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "hr"}
TABLE_NEEDS = {"role", "width", "cellpadding", "cellspacing", "border"}
_BARE = "head title style tbody tr i br"
_IN_A_PLAY = "p ul ol li strong em code pre blockquote hr h3 h4 h5 h6"
_STYLED = "body div span h1 h2 b"
ATTRIBUTES: dict[str, set[str]] = {
    **{tag: set() for tag in f"{_BARE} {_IN_A_PLAY}".split()},
    **{tag: {"class", "style"} for tag in _STYLED.split()},
    "html": {"lang", "dir"},
    "meta": {"charset", "name", "content"},
    "a": {"class", "style", "href", "rel"},
    "table": {"class", "style", "bgcolor", *TABLE_NEEDS},
    "td": {"class", "style", "width", "align", "bgcolor"},
}
PARENTS = {"tbody": {"table"}, "tr": {"tbody"}, "td": {"tr"}, "li": {"ul", "ol"}}
CHILDREN = {"table": {"tbody"}, "tbody": {"tr"}, "tr": {"td"}, "ul": {"li"}, "ol": {"li"}}
PROPERTIES = {
    *("margin", "padding", "padding-top", "font", "color", "background-color", "width"),
    *("max-width", "border", "border-left", "border-bottom", "border-radius", "letter-spacing"),
    *("text-transform", "text-align", "text-decoration"),
}
HIDDEN = {"display:none", "max-height:0", "overflow:hidden", "mso-hide:all"}
HEAVIEST_SHEET = 8_192


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parent: "Element | None"
    children: list["Element"] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def style(self) -> dict[str, str]:
        parts = (part.partition(":") for part in self.attributes.get("style", "").split(";"))
        return {name.strip(): value.strip() for name, _, value in parts if name.strip()}

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    def all(self) -> list["Element"]:
        return [self, *(found for child in self.children for found in child.all())]

    def text(self) -> str:
        return "".join([*self.words, *(child.text() for child in self.children)])


class Tree(HTMLParser):
    """Strict: what is left open, or closed and not open, is a complaint."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.open = Element("", {}, None)
        self.complaints: list[str] = []
        self.comments: list[str] = []
        self.feed(html)
        self.close()
        if self.open is not self.root:
            self.complaints.append(f"<{self.open.tag}> is not closed")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if len(dict(attrs)) < len(attrs):
            self.complaints.append(f"<{tag}> says something twice")
        element = Element(tag, {name: value or "" for name, value in attrs}, self.open)
        self.open.children.append(element)
        if tag not in VOID:
            self.open = element

    def handle_endtag(self, tag: str) -> None:
        if tag != self.open.tag or self.open.parent is None:
            self.complaints.append(f"</{tag}> closes <{self.open.tag}>")
        else:
            self.open = self.open.parent

    def handle_data(self, data: str) -> None:
        self.open.words.append(data)
        if data.strip() and self.open.tag in {*CHILDREN, "html", "head", ""}:
            self.complaints.append(f"text lies between the parts of <{self.open.tag}>")

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def complaints(html: str) -> list[str]:
    """Nothing, for a mail that every client shows."""
    tree = Tree(html)
    found = [*tree.complaints, *_of_page(html, tree), *_of_comments(tree.comments)]
    for element in tree.root.all()[1:]:
        found += [*_of_element(element), *_of_style(element), *_of_place(element)]
    return found


def _of_page(html: str, tree: Tree) -> list[str]:
    elements = tree.root.all()
    named, tags = {one.tag: one for one in elements}, [one.tag for one in elements]
    sheets = [element for element in elements if element.tag == "style"]
    rules = {
        "no doctype": html.startswith("<!DOCTYPE html>"),
        "no language": named.get("html", tree.root).attributes.get("lang") == "en",
        "no title": "title" in named and named["title"].text().strip() != "",
        "not one title": tags.count("title") == 1,
        "not one h1": tags.count("h1") == 1,
        "the charset comes late": '<meta charset="utf-8">' in html[:1024],
        "no word on the colour scheme": '<meta name="color-scheme" content="light dark">' in html,
        "a heavy sheet": all(len(sheet.text()) <= HEAVIEST_SHEET for sheet in sheets),
        "a sheet outside the head": all(
            sheet.parent is not None and sheet.parent.tag == "head" for sheet in sheets
        ),
        "something is loaded": not any(
            re.search(r"url\(|@import|@font-face", styles) for styles in _styles(elements)
        ),
        "clipped by Gmail": len(html.encode()) < 100_000,
    }
    return [said for said, holds in rules.items() if not holds]


def _styles(elements: list[Element]) -> list[str]:
    """Of the page and of each element. What else loads is no attribute that an element may have."""
    own = [element.attributes.get("style", "") for element in elements]
    return own + [element.text() for element in elements if element.tag == "style"]


def _of_comments(comments: list[str]) -> list[str]:
    """Only Outlook reads them, and there what one opens another closes."""
    inside = "".join(comments)
    others = [
        f"a comment: {comment[:40]}"
        for comment in comments
        if not re.fullmatch(r"\[if mso\]>.*<!\[endif\]", comment, re.DOTALL)
    ]
    return others + [
        f"<{tag}> is not closed for Outlook"
        for tag in ("table", "tr", "td")
        if len(re.findall(f"<{tag}[ >]", inside)) != inside.count(f"</{tag}>")
    ]


def _of_element(element: Element) -> list[str]:
    tag, attributes = element.tag, element.attributes
    if tag not in ATTRIBUTES:
        return [f"<{tag}> is not shown"]
    found = [f"<{tag} {name}> is dropped" for name in attributes.keys() - ATTRIBUTES[tag]]
    if tag == "table":
        found += [f"<table> without {name}" for name in sorted(TABLE_NEEDS - attributes.keys())]
        if attributes.get("role") != "presentation":
            found.append("a table of layout is read out as one of data")
    if tag == "a" and not re.match(r"https?://[^\s]+$", attributes.get("href", "")):
        found.append("a link that is none")
    if tag in {"a", "h1", "h2"} and not element.text().strip():
        found.append(f"<{tag}> says nothing")
    back = element.style.get("background-color") if tag in {"td", "table"} else None
    if back and attributes.get("bgcolor") != back:
        found.append(f"<{tag}> has no background in Outlook")
    return found


def _of_style(element: Element) -> list[str]:
    said = {f"{name}:{value}" for name, value in element.style.items()}
    if said == HIDDEN:
        return []
    found = [f"{name} is dropped" for name in element.style.keys() - PROPERTIES - {"display"}]
    if element.style.get("display", "block") != "block":
        found.append(f"display: {element.style['display']} is dropped")
    return found + [f"{one} in an element" for one in sorted(said) if "!important" in one]


def _of_place(element: Element) -> list[str]:
    parent = element.parent.tag if element.parent else ""
    wanted = PARENTS.get(element.tag)
    found = []
    if wanted and parent not in wanted:
        found.append(f"<{element.tag}> in <{parent}>")
    if parent in CHILDREN and element.tag not in CHILDREN[parent]:
        found.append(f"<{element.tag}> in <{parent}>")
    return found


def contrasts(html: str, *, dark: bool) -> dict[str, float]:
    """The contrast of each pair of colours that words are read in, by WCAG 2; with what
    ``prefers-color-scheme: dark`` changes where ``dark``."""
    tree = Tree(html)
    sheet = next(element for element in tree.root.all() if element.tag == "style").text()
    changes = _dark_rules(sheet) if dark else {}
    found: dict[str, float] = {}
    body = next(element for element in tree.root.all() if element.tag == "body")
    for element in body.all():
        if "".join(element.words).strip() and "preheader" not in element.classes:
            front = _shown(element, "color", changes)
            back = _shown(element, "background-color", changes)
            found[f"{front} on {back}"] = contrast(front, back)
    return found


def _dark_rules(sheet: str) -> dict[str, dict[str, str]]:
    inside = sheet.partition("(prefers-color-scheme: dark) {")[2]
    rules: dict[str, dict[str, str]] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^}]*)\}", inside):
        for selector in selectors.split(","):
            pairs = re.findall(r"([\w-]+): (#\w+) !important", body)
            rules.setdefault(selector.strip().removeprefix("."), {}).update(pairs)
    return rules


def _shown(element: Element | None, name: str, changes: dict[str, dict[str, str]]) -> str:
    while element is not None:
        for one in element.classes:
            if name in changes.get(one, {}):
                return changes[one][name]
        if name in element.style:
            return element.style[name]
        element = element.parent
    raise AssertionError(f"no {name}")


def contrast(front: str, back: str) -> float:
    """https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio"""
    low, high = sorted((_luminance(front), _luminance(back)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
