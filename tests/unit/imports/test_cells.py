"""What people write into cells is read or refused with a plain reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.imports import cells


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("mon-fri", (1, 2, 3, 4, 5)),
        ("Monday \u2013 Wednesday", (1, 2, 3)),
        ("1-5", (1, 2, 3, 4, 5)),
        ("sat;sun", (6, 7)),
        ("sat-tue", (1, 2, 6, 7)),
        ("wed, fri", (3, 5)),
        ("all", (1, 2, 3, 4, 5, 6, 7)),
    ],
)
def test_days_are_written_in_many_ways(cell: str, days: tuple[int, ...]) -> None:
    assert cells.days(cell) == days


@pytest.mark.parametrize("cell", ["0", "8", "mon-", "-", "m0n", "²", "feiertags"])
def test_what_names_no_days_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="names no days"):
        cells.days(cell)


@pytest.mark.parametrize(
    ("cell", "host"),
    [
        ("acme.example", "acme.example"),
        ("HTTPS://WWW.Acme.Example:8443/path?q", "acme.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("acme.example.", "acme.example"),
    ],
)
def test_a_domain_is_found_in_a_web_address(cell: str, host: str) -> None:
    assert cells.domains(cell) == (host,)


@pytest.mark.parametrize("cell", ["acme", "a b.example", "http://[::1", "..", "10.0.0.1", "a..b"])
def test_what_is_no_domain_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="is no domain"):
        cells.domains(cell)


def test_lists_are_separated_by_semicolons_bars_and_lines() -> None:
    assert cells.items("a; b|c\nd;;a") == ("a", "b", "c", "d")
    assert cells.handles("@octocat; github:@hub") == ("octocat", "github:hub")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("\x00", "control character"), ("x" * 2001, "longer than 2,000 characters")],
)
def test_a_cell_that_no_store_should_hold_is_refused(cell: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        cells.text(cell)


def test_a_description_may_be_long() -> None:
    assert cells.prose("x" * 20_000)
    with pytest.raises(ValueError, match="longer than 20,000"):
        cells.prose("x" * 20_001)


@pytest.mark.parametrize("cell", ["a\u200bb", "ü" * 101])
def test_an_id_that_cannot_be_a_key_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be printed|longer than 200 bytes"):
        cells.identifier(cell)


@given(st.text(max_size=20) | st.sampled_from(("=1+1", "+49 30", "-2", "@a", "'=x", "''+", "a")))
def test_a_neutral_cell_is_no_formula_and_comes_back_as_it_was(text: str) -> None:
    written = cells.neutralised(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))
    if cells.content(text) == text:
        assert cells.content(written) == text


def test_more_deputies_than_anybody_has_are_refused() -> None:
    with pytest.raises(ValueError, match="names more than 20 people"):
        cells.people(";".join(map(str, range(21))))


def test_a_query_that_cannot_be_read_is_refused_with_the_place() -> None:
    assert cells.query("crm NOT hiring") == "crm NOT hiring"
    with pytest.raises(ValueError, match=r"'\(' is never closed \(at character 5\)"):
        cells.query("crm (slow")


def test_a_desk_is_a_watchlist_entry() -> None:
    with pytest.raises(ValueError, match="'rivalcrm' is no watchlist entry"):
        cells.entry_ids("topic:crm; rivalcrm")


def test_yes_and_no_are_the_only_answers() -> None:
    assert (cells.yes_or_no("Yes"), cells.yes_or_no("0")) == (True, False)
    with pytest.raises(ValueError, match="neither yes nor no"):
        cells.yes_or_no("maybe")
