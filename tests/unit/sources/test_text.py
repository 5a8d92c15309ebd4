import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.sources.text import (
    is_web_address,
    links_of,
    links_of_html,
    mentions_of,
    plain_of_html,
    plain_of_markdown,
    tidy,
)

MARKUP = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<a href='x'>",
            "<![",
            "<![if",
            "<!",
            "<!--",
            "-->",
            "<script>",
            "&#xD800;",
            "</script>",
            "<?",
            "&amp",
            "<br/>",
            "<",
            ">",
            '"',
            "\x00",
            "�",
            "word",
            "\r\n",
            "@a",
        ]
    ),
    max_size=40,
).map("".join)


@pytest.mark.parametrize(
    ("markup", "plain"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("one<br>two", "one\ntwo"),
        ("<b>bold</b> and\n  <i>wrapped</i>", "bold and wrapped"),
        ("a &amp; b &#8212; c", "a & b — c"),
        ("<script>alert(1)</script>seen<style>p{}</style>", "seen"),
        ("<svg/><template/>seen", "seen"),
        ("</script>seen", "seen"),
        ("1 < 2", "1 < 2"),
        ("<![bad[x]]>seen", "seen"),
        ("no markup", "no markup"),
        ("<textarea>a\n</textarea> form", "form"),
        (f"&#{'9' * 5000}; x", f"&#{'9' * 5000}; x"),
        ("", ""),
    ],
)
def test_html_becomes_the_words_that_a_reader_sees(markup: str, plain: str) -> None:
    assert plain_of_html(markup) == plain


@given(MARKUP | st.text())
def test_no_markup_makes_it_fail_and_nothing_odd_is_left(markup: str) -> None:
    for plain in (plain_of_html(markup), plain_of_markdown(markup), tidy(markup)):
        plain.encode()
        assert "\x00" not in plain
        assert "\n\n\n" not in plain
        assert plain == plain.strip()
    assert all(is_web_address(link) for link in links_of_html(markup))


@pytest.mark.parametrize("brick", ["<a ", '<a x="', "<a/", "</", "<!--", "&#9"])
def test_broken_markup_takes_time_by_its_length_only(brick: str) -> None:
    begun = time.process_time()
    plain_of_html(brick * (60_000 // len(brick)))
    assert time.process_time() - begun < 1


@given(st.text())
def test_what_is_tidy_stays_as_it_is(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


def test_markdown_loses_only_what_its_readers_never_see() -> None:
    text = "# Title <!-- hidden\nstill --> *here*\n> quoted <!-- open end"
    assert plain_of_markdown(text) == "# Title  *here*\n> quoted"


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://a.example/x, then", ("https://a.example/x",)),
        ("(https://a.example/x_(y))", ("https://a.example/x_(y)",)),
        ("[t](https://a.example/x)", ("https://a.example/x",)),
        ("HTTP://A.example!? http://a.example", ("HTTP://A.example", "http://a.example")),
        ("https://a.example https://a.example", ("https://a.example",)),
        ("ftp://a.example javascript:alert(1) www.a.example https://", ()),
        ("https://[broken", ()),
    ],
)
def test_links_are_the_web_addresses_of_a_text(text: str, links: tuple[str, ...]) -> None:
    assert links_of(text) == links


def test_links_of_html_are_where_its_anchors_lead_first() -> None:
    markup = "<a href='https://b.example'>b</a> https://a.example <a href='/rel'>r</a><a>n</a>"
    assert links_of_html(markup) == ("https://b.example", "https://a.example")


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("@ana and @ben-c.", ("ana", "ben-c")),
        ("mail ana@example.com or @@x or /@y", ()),
        ("https://mastodon.example/@ana", ()),
        ("@ana @ana (@a_b)", ("ana", "a_b")),
        ("@" + "x" * 1000, ("x" * 63,)),
        ("@ @- @.", ()),
    ],
)
def test_mentions_are_the_handles_of_a_text(text: str, handles: tuple[str, ...]) -> None:
    assert mentions_of(text) == handles
