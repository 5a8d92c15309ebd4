"""Markdown files with front matter, read as plays."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from earshot.domain.models import Intent
from earshot.domain.plays import MOST_BYTES
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.front_matter import LineError
from earshot_ops.plays_markup import unfit, without_risk
from earshot_ops.plays_reading import Vocabulary, ids_in, read_folder, read_play

KNOWN = Vocabulary(
    products=frozenset({"competitor:rival", "brand:ours"}),
    industries=frozenset({"Manufacturing", "Financial  services", "Food", "Textiles", "Insurance"}),
)
GOOD = """---
title: They leave Rival
intents: [switching, recommendation, switching]
products: competitor:rival
industries:
  - Financial Services
---
# First

Call *today*, see [the list](https://wiki.example/list?a=1&b=2).
"""


def test_a_file_is_read_with_all_it_asks_for() -> None:
    play = read_play("leaving", GOOD.encode(), KNOWN)
    assert (play.play_id, play.title) == ("leaving", "They leave Rival")
    assert play.intents == (Intent.SWITCHING, Intent.RECOMMENDATION)
    assert (play.products, play.industries) == (("competitor:rival",), ("Financial Services",))
    assert play.text.startswith("# First\n\nCall *today*")
    assert play.html == (
        "<h3>First</h3>\n<p>Call <em>today</em>, see "
        '<a href="https://wiki.example/list?a=1&amp;b=2">the list</a>.</p>'
    )


def test_the_version_is_that_of_the_file_and_its_line_ends_and_mark_change_no_word() -> None:
    plain = read_play("leaving", GOOD.encode(), KNOWN)
    from_windows = read_play("leaving", GOOD.replace("\n", "\r\n").encode("utf-8-sig"), KNOWN)
    assert plain.version == read_play("leaving", GOOD.encode(), KNOWN).version
    assert len(plain.version) == 12
    assert from_windows.version != plain.version
    assert from_windows == plain.model_copy(update={"version": from_windows.version})


FRONT = "---\ntitle: T\nintents: news\n---\n"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "it does not begin with front matter: a line of ---"),
        ("title: T\n", 1, "it does not begin with front matter: a line of ---"),
        ("---\ntitle: T\n", 1, "the front matter has no end: a line of ---"),
        ("---\n---\nWords", 2, "the front matter has no lines like `title: ...`"),
        ("---\njust words\n---\nWords", 2, "the front matter has no lines like `title: ...`"),
        ("---\ntitle: [T\n---\nWords", 2,
         "the front matter is no YAML: expected ',' or ']', but got '<stream end>'"),
        ("---\ntitle: T\n? [a]\n: b\n---\nWords", 3, "the name of a field is no word"),
        ("---\ntitle: T\ntitle: U\n---\nWords", 3, "'title' is there twice"),
        ("---\ntitle: T\nintents: [[news]]\n---\nWords", 3, "'intents' is a list of words, or one"),
        ("---\ntitle: T\nintents: &a [*a]\n---\nWords", 3, "'intents' is a list of words, or one"),
        ("---\ntitle: T\n\nintent: news\n---\nWords", 4,
         "'intent' is none of title, intents, events, products, industries"),
        ("---\nintents: news\n---\nWords", 1, "it has no title"),
        ("---\ntitle:\nintents: news\n---\nWords", 1, "it has no title"),
        (f"---\ntitle: {'T' * 121}\nintents: news\n---\nWords", 2,
         "title is too long or empty"),
        ("---\ntitle: T\nintents:\n- news\n- swiching\n---\nWords", 5,
         "'swiching' is no intent; is it 'switching'?"),
        ("---\ntitle: T\nevents: party\n---\nWords", 3, "'party' is no event"),
        ("---\ntitle: T\nproducts: brand:our\n---\nWords", 3,
         "'brand:our' is no entry of the watchlist, and no kind of entry; is it 'brand:ours'?"),
        ("---\ntitle: T\nproducts: account\n---\nWords", 3,
         "'account' is no entry of the watchlist, and no kind of entry"),
        ("---\ntitle: T\nindustries: [Food, Fod]\n---\nWords", 3,
         "'Fod' is the industry of no account; is it 'food'?"),
        ("---\ntitle: T\n---\nWords", 1,
         "it goes with nothing: name one of intents, events, products, industries"),
        (FRONT, 5, "there is no text below the front matter"),
        (FRONT + "One\ntwo ![logo](https://x.example/a.png)", 6, "an image: mails show none"),
        (FRONT + "\n- [call](tel:123)", 6, "a link to 'tel:123': only http(s) is followed"),
        (FRONT + "<jo@x.example>", 5,
         "a link to 'mailto:jo@x.example': only http(s) is followed"),
        (FRONT + "[x](/wiki)", 5, "a link to '/wiki': only http(s) is followed"),
        (FRONT + "Words\nand a\x1bbell", 6, "it holds a control character"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, reason: str) -> None:
    with pytest.raises(LineError) as refused:
        read_play("leaving", text.encode(), KNOWN)
    assert (str(refused.value), refused.value.line) == (reason, line)


def test_what_is_no_text_or_too_much_of_it_is_refused() -> None:
    with pytest.raises(LineError, match="not UTF-8") as refused:
        read_play("leaving", (FRONT + "Caf\xe9").encode("latin-1"), KNOWN)
    assert refused.value.line == 5
    full = FRONT + "x" * (MOST_BYTES - len(FRONT))
    assert read_play("leaving", full.encode(), KNOWN)
    with pytest.raises(LineError, match="it has 8,193 bytes, and 8,192 is the most"):
        read_play("leaving", f"{full}x".encode(), KNOWN)


def test_front_matter_nested_without_end_is_no_yaml() -> None:
    with pytest.raises(LineError, match="no YAML"):
        read_play("leaving", f"---\ntitle: {'[' * 1000}\n---\nWords".encode(), KNOWN)


def test_the_name_of_the_file_has_to_be_an_id() -> None:
    with pytest.raises(LineError, match="the name of the file is the play's id"):
        read_play("Leaving Rival", GOOD.encode(), KNOWN)


def test_a_broken_file_keeps_only_itself_out_and_two_of_one_name_both(tmp_path: Path) -> None:
    for name, text in {
        "good.md": GOOD,
        "food/twice.md": GOOD,
        "twice.md": GOOD,
        "broken.md": "no front matter",
        "README.md": "About this folder",
        ".git/hidden.md": GOOD,
        "notes.txt": GOOD,
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    plays, problems = read_folder(tmp_path, KNOWN)
    assert [play.play_id for play in plays] == ["good"]
    assert list(map(str, problems)) == [
        "broken.md:1: it does not begin with front matter: a line of ---",
        "food/twice.md:1: food/twice.md and twice.md are one id, 'twice'",
        "twice.md:1: food/twice.md and twice.md are one id, 'twice'",
    ]
    assert ids_in(tmp_path) == {"good", "twice", "broken"}


def test_the_sample_plays_are_plays() -> None:
    plays, problems = read_folder(ROOT / "infra/sample/plays", KNOWN)
    assert problems == []
    assert len(plays) == 10


ALLOWED = frozenset(
    ["p", "h3", "h4", "h5", "h6", "em", "strong", "a", "ul", "ol", "li", "blockquote", "code",
     "pre", "hr", "br"]
)  # fmt: skip


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


PIECES = st.sampled_from(
    ["[a](", "![", "](", ")", "<", ">", "javascript:", "http://", "https://x.example", "data:",
     "<script>", "<img src=x onerror=1>", '"', "'", "&", "&#106;", "\n", "\n\n", "# ", "- ", "> ",
     "`", "```\n", "*", "**", "[b]: ", "    ", "\\", "\t", "a", "HTTP://", "//evil.example", "<a ",
     " title=\"x\" "]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=4), max_size=25).map("".join))
@example('[a](javascript:alert(1))\n\n[b]\n\n[b]: <javascript:x> "t"')
@example('<a href="javascript:x" onclick=1>a</a>')
@example('[a](https://x.example "quote\\"onmouseover=1")')
def test_whatever_is_written_what_passes_is_harmless_in_a_mail(text: str) -> None:
    if unfit(text):
        return
    tags = _Tags()
    tags.feed(without_risk(text))
    for tag, attributes in tags.found:
        assert tag in ALLOWED
        assert attributes.keys() <= {"href", "title", "class", "start"}
        if href := attributes.get("href"):
            assert urlsplit(href).scheme in {"http", "https"}
