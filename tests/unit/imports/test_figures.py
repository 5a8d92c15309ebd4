"""Numbers are understood in the ways of many countries, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.imports.figures import Noted, amount, headcount, whole_number

LOWER = "a range became its lower end"
ABOUT = "about became exactly"


@given(st.integers(0, 10**12), st.sampled_from((",", ".", " ", "'", "\u202f", "\u00a0", "")))
def test_a_number_may_be_written_in_groups(number: int, separator: str) -> None:
    written = f"{number:,}".replace(",", separator)
    assert {whole_number(written), amount(written), headcount(written)} == {number}


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1200.00", 1_200),
        ("$1,200.00", 1_200),
        ("€ 5", 5),
        ("1.200,00", 1_200),
        ("1.234.567,89", 1_234_568),
        ("1'000'000 CHF", 1_000_000),
        ("$2.5M", 2_500_000),
        ("1.234 M", 1_234_000),
        ("12 Mio", 12_000_000),
        ("2,5 Mrd. €", 2_500_000_000),
        ("USD 3 bn", 3_000_000_000),
        ("1.2E+07", 12_000_000),
        ("0.5", 0),
        ("1-5M", Noted(1_000_000, LOWER)),
        ("$1 to $5 million", Noted(1_000_000, LOWER)),
        (">10k", Noted(10_000, ABOUT)),
        ("10,000+", Noted(10_000, ABOUT)),
    ],
)
def test_money_is_written_in_many_ways(cell: str, number: object) -> None:
    assert amount(cell) == number


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("51-200", Noted(51, LOWER)),
        ("201 \u2013 500 employees", Noted(201, LOWER)),
        ("10,001+", Noted(10_001, ABOUT)),
        ("~300", Noted(300, ABOUT)),
        ("1,5 Tsd.", 1_500),
        ("12 Mitarbeiter", 12),
    ],
)
def test_people_are_counted_in_many_ways(cell: str, number: object) -> None:
    assert headcount(cell) == number


@pytest.mark.parametrize(
    "cell",
    ["-3", "٣", "0x1", "1,2,3", "1-2-3", "200-51", "many", "5 apples", "1e99", "9" * 16, "3-", "."],
)
def test_what_is_no_number_is_refused(cell: str) -> None:
    for read in (amount, headcount):
        with pytest.raises(ValueError, match="is no whole number"):
            read(cell)


@given(st.text(max_size=12))
def test_any_cell_is_a_number_or_refused(cell: str) -> None:
    for read in (amount, headcount):
        try:
            read(cell)
        except ValueError as error:
            assert "is no whole number" in str(error)  # noqa: PT017
