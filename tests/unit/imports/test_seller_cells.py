"""Days off, budgets and products as people write them into the file of sellers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.models import Holiday, Seller
from earshot.imports import doubts, seller_cells

CHRISTMAS = Holiday(first=date(2026, 12, 24), last=date(2026, 12, 24))
NEW_YEAR = Holiday(first=date(2026, 12, 27), last=date(2027, 1, 2))


@pytest.mark.parametrize(
    "cell",
    [
        "2026-12-24; 2026-12-27..2027-01-02",
        "2026-12-27/2027-01-02 | 2026-12-24",
        "2026-12-27 - 2027-01-02\n2026-12-24",
        "2026-12-24..2026-12-24; 2026-12-27 .. 2027-01-02; 2026-12-24",
        "2026-12-24;2026-12-27\u20132027-01-02;",
    ],
)
def test_holidays_are_days_and_spans_in_any_order(cell: str) -> None:
    assert seller_cells.holidays(cell) == (CHRISTMAS, NEW_YEAR)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("24.12.2026", "is no holiday, such as 2026-12-24"),
        ("2026-12-24..", "is no holiday, such as"),
        ("2026-12-24-2026-12-26", "is no holiday, such as"),
        ("2026-02-30", "'2026-02-30' is no day of the calendar"),
        ("2026-12-24..2026-12-23", "ends before it begins"),
        ("2026-12-24..2030-12-24", "is longer than three years"),
        ("\u0662\u0660\u0662\u0666-12-24", "is no holiday, such as"),
        (";".join(f"2026-{n // 28 + 1:02d}-{n % 28 + 1:02d}" for n in range(101)), "more than 100"),
    ],
)
def test_what_is_no_holiday_is_refused(cell: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        seller_cells.holidays(cell)


@given(st.lists(st.tuples(st.dates(), st.integers(0, 1000)), min_size=1, max_size=20))
def test_holidays_come_back_as_they_were_written(drawn: list[tuple[date, int]]) -> None:
    spans = {
        Holiday(first=first, last=date.fromordinal(min(first.toordinal() + days, 3_652_059)))
        for first, days in drawn
    }
    found = seller_cells.holidays("; ".join(f"{one.first}..{one.last}" for one in spans))
    assert set(found) == spans
    assert list(found) == sorted(found, key=lambda one: (one.first, one.last))


def test_a_budget_is_a_number_of_interruptions() -> None:
    assert [seller_cells.budget(cell) for cell in ("0", "5", "100")] == [0, 5, 100]


@pytest.mark.parametrize("cell", ["101", "-1", "5.5", "five", "\u00b2", "1" * 5000])
def test_what_is_no_budget_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match="is no budget: a number from 0 to 100"):
        seller_cells.budget(cell)


def test_a_product_is_a_brand_of_our_own() -> None:
    found = seller_cells.brands("brand:fernwave; Fernwave Importer | fernwave")
    assert found == ("brand:fernwave", "brand:Fernwave Importer")
    with pytest.raises(ValueError, match="'competitor:rivalcrm' is no product of ours"):
        seller_cells.brands("brand:fernwave; competitor:rivalcrm")


def test_a_desk_of_service_needs_no_entry_and_a_product_does() -> None:
    seller = Seller(
        seller_id="kim",
        name="Kim",
        email="kim@example.com",
        desks=("service:support", "topic:crm"),
        products=("brand:fernwave", "brand:gone"),
    )
    assert list(doubts.of_seller(seller, {"topic:crm", "brand:fernwave"})) == [
        "seller kim: product 'brand:gone' is not on the watchlist"
    ]
