"""Whatever a page holds, reading it raises nothing and takes no long time."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from earshot.providers import robots
from earshot.providers.page import page_of, text_of
from earshot.providers.website import FIELDS, values_of
from earshot.sources.markup import pieces
from earshot.sources.surface import FetchedPage
from tests import examples

ACCOUNT = examples.account(account_id="a", name="Acme", domains=("acme.example",))
BRICKS = st.sampled_from(
    [
        *("<", ">", "</", "<!", "<!--", "-->", "<![CDATA[", "]]>", "<?", "&", "&#x", "&#", ";"),
        *('"', "'", "=", "<a ", "<p>", "</p>", "<nav>", "</nav>", "<title>", "</title>", "\x00"),
        *("<script type='application/ld+json'>", "</script>", '{"@type":', '"Organization"', "}"),
        *(
            "<meta name=description content=",
            "<meta charset=",
            "utf-7",
            "\ud800",
            "\uff19",
            "&#55296;",
        ),
        *('"sameAs":["https://x.com/a"]', ',"numberOfEmployees":', "1e999", "[" * 300, "9" * 5000),
    ]
)
PAGES = st.lists(st.one_of(BRICKS, st.text(max_size=20)), max_size=60).map("".join)


@example("<script type='application/ld+json'>\ud800")
@given(PAGES)
def test_any_text_is_a_page(markup: str) -> None:
    values = values_of(page_of(markup), ACCOUNT, "acme.example")
    assert values.keys() <= FIELDS
    for value in values.values():
        str(value).encode()


@given(st.binary(max_size=200), st.text(max_size=40))
def test_any_bytes_are_text(body: bytes, declared: str) -> None:
    text_of(FetchedPage(200, "https://acme.example/", {"content-type": declared}, body))


@given(st.binary(max_size=200))
def test_any_bytes_are_rules(body: bytes) -> None:
    robots.permits(b"User-agent: *\n" + body, "/", agent="Earshot")


@pytest.mark.parametrize(
    "brick",
    [
        *(
            "<a ",
            '<a x="',
            "<a/",
            "</",
            "<!--",
            "<?",
            "<nav><p>",
            "<nav></div>",
            "<script><",
            "&#9",
        ),
        *("<meta a='", '<meta a="b" c', "<title>", "<p", "<p>a", "<svg/", "</script", "<a ''\"\""),
    ],
)
def test_broken_markup_takes_time_by_its_length_only(brick: str) -> None:
    begun = time.process_time()
    page_of(brick * (60_000 // len(brick)))
    assert time.process_time() - begun < 1


def test_comments_and_instructions_are_no_pieces() -> None:
    found = ["".join(one[:2]) for one in pieces("<!DOCTYPE html>a<!-- <p> -->b<?x?>1 < 2</p>")]
    assert found == ["a", "b", "1 ", "<", " 2", "/p"]
