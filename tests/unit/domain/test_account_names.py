"""An operator finds an account by whatever they know of it."""

import pytest

from earshot.domain.account_names import find_accounts, similar_accounts
from earshot.domain.models import EntryKind
from earshot.domain.watchlist import compile_entries
from tests import examples

INDEX = compile_entries(
    [
        examples.entry(
            EntryKind.ACCOUNT,
            "a-1",
            "Northwind Tooling GmbH",
            aliases=("Norwind", "Northgate"),
            domains=("northwind.example",),
            handles=("github:northwind-tools",),
        ),
        examples.entry(EntryKind.ACCOUNT, "a-2", "Northgate", handles=("gate",)),
        examples.entry(EntryKind.ACCOUNT, "B-7", "Øresund Foods"),
        examples.entry(EntryKind.COMPETITOR, "rival", "RivalCRM", domains=("rival.example",)),
    ]
)


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("northwind.example", ["a-1"]),
        ("https://shop.northwind.example/cart", ["a-1"]),
        ("jo@northwind.example", ["a-1"]),
        ("@gate", ["a-2"]),
        ("github:@northwind-tools", ["a-1"]),
        ("northwind tooling gmbh", ["a-1"]),
        ("Northwind Tooling", ["a-1"]),
        ("norwind", ["a-1"]),
        ("Northgate", ["a-2"]),
        ("oresund foods", ["B-7"]),
        (" north ", ["a-2", "a-1"]),
        ("b-", ["B-7"]),
        ("RivalCRM", []),
        ("rival.example", []),
        ("gate.", []),
    ],
)
def test_an_account_is_found_by_the_surest_way(typed: str, ids: list[str]) -> None:
    assert [one.entry_id for one in find_accounts(INDEX, typed)] == [f"account:{i}" for i in ids]


def test_a_name_that_is_spelled_wrong_brings_those_that_are_like_it() -> None:
    assert [one.name for one in similar_accounts(INDEX, "Nortgate")] == ["Northgate"]
    assert similar_accounts(INDEX, "Tulip") == ()
