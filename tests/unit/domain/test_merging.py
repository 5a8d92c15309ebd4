"""Two accounts are shown as one, and taken apart again as if nothing had been."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain import merging
from earshot.domain.business import Account
from earshot.domain.facts import PROVIDERS, Origin, Statement, Value, statement_of
from earshot.domain.merging import MOST_MERGED, Dossier, MergeError

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
Book = dict[str, Dossier]

VALUES: dict[str, st.SearchStrategy[Value]] = {
    "name": st.sampled_from(("Acme", "Beta", "Gamma")),
    "employees": st.integers(1, 9),
    "owner": st.sampled_from(("nora", "theo")),
    "aliases": st.lists(st.sampled_from("abc"), min_size=1, max_size=2).map(tuple),
    "domains": st.lists(st.sampled_from(("a.example", "b.example")), min_size=1).map(tuple),
}
IDS = ("a", "b", "c")


@st.composite
def statements(draw: st.DrawFn, origins: frozenset[Origin] = frozenset(Origin)) -> Statement:
    fields = draw(st.sets(st.sampled_from(tuple(VALUES)), min_size=1))
    values = {field: draw(VALUES[field]) for field in sorted(fields)}
    return Statement(
        account_id=draw(st.sampled_from(IDS)),
        origin=draw(st.sampled_from(sorted(origins))),
        seen_at=NOON + timedelta(hours=draw(st.integers(0, 99))),
        values=values,
        covers=frozenset(VALUES) if draw(st.booleans()) else frozenset(values),
    )


def tell(book: Book, *said: Statement) -> Book:
    for statement in said:
        after = merging.tell(book, statement)
        book = {**book, after.account_id: after}
    return book


def change(book: Book, how: Callable[..., tuple[Dossier, Dossier]], *ids: str) -> Book:
    return {**book, **{one.account_id: one for one in how(book, *ids)}}


def book_of(*accounts: Account) -> Book:
    return tell({}, *(statement_of(account, Origin.CRM, NOON) for account in accounts))


ACME = Account(account_id="a", name="Acme", domains=("acme.example",), owner="nora", employees=5)
SHOP = Account(account_id="b", name="Shop", aliases=("Acme Shop",), domains=("shop.example",))
THIRD = Account(account_id="c", name="Third", phone="3")


@given(before=st.lists(statements()), enriched=st.lists(statements(PROVIDERS)))
def test_merge_enrich_n_times_and_unmerge_gives_the_original(
    before: list[Statement], enriched: list[Statement]
) -> None:
    original = tell(book_of(ACME, SHOP), *before)
    book = tell(change(original, merging.merge, "a", "b"), *_of(enriched, "a", "b"))
    book = change(book, merging.unmerge, "b")
    assert book == original
    assert all(merging.view(book, name) == merging.view(original, name) for name in original)


@given(before=st.lists(statements()), meanwhile=st.lists(statements()))
def test_what_people_and_the_crm_say_meanwhile_stays_with_the_id_it_was_said_of(
    before: list[Statement], meanwhile: list[Statement]
) -> None:
    original = tell(book_of(ACME, SHOP), *before)
    book = tell(change(original, merging.merge, "a", "b"), *_of(meanwhile, "a", "b"))
    book = change(book, merging.unmerge, "b")
    lasting = [one for one in _of(meanwhile, "a", "b") if one.origin not in PROVIDERS]
    assert book == tell(original, *lasting)


@given(st.lists(statements()), st.lists(statements(PROVIDERS)), st.lists(statements(PROVIDERS)))
def test_merges_upon_merges_are_taken_back_one_by_one(
    before: list[Statement], first: list[Statement], second: list[Statement]
) -> None:
    original = tell(book_of(ACME, SHOP, THIRD), *before)
    once = tell(change(original, merging.merge, "a", "b"), *_of(first, "a", "b"))
    twice = tell(change(once, merging.merge, "a", "c"), *second)
    assert change(twice, merging.unmerge, "c") == once
    either_way = change(change(twice, merging.unmerge, "b"), merging.unmerge, "c")
    assert either_way == original


@given(st.lists(statements(frozenset({Origin.CRM, Origin.WEBSITE, Origin.GLEIF}))))
def test_a_persons_correction_is_never_overwritten(said: list[Statement]) -> None:
    corrected = Statement(
        account_id="a",
        origin=Origin.HUMAN,
        seen_at=NOON,
        values={"owner": "maya", "employees": 77},
        covers=frozenset({"owner", "employees"}),
    )
    book = change(book_of(ACME, SHOP, THIRD), merging.merge, "a", "b")
    seen = merging.view(tell(tell(book, corrected), *said), "a")
    assert (seen.owner, seen.employees) == ("maya", 77)


def _of(said: list[Statement], *ids: str) -> list[Statement]:
    return [one for one in said if one.account_id in ids]


def test_a_merged_account_has_the_names_and_domains_of_both_and_gaps_filled() -> None:
    book = change(book_of(ACME, SHOP), merging.merge, "a", "b")
    book = tell(book, statement_of(SHOP.model_copy(update={"phone": "7"}), Origin.CRM, NOON))
    assert merging.view(book, "a") == ACME.model_copy(
        update={
            "aliases": ("Acme Shop", "Shop"),
            "domains": ("acme.example", "shop.example"),
            "phone": "7",
        }
    )
    name, *_ = merging.shown(book, "a")
    assert (name.reason, [other.value for other in name.others]) == (
        "of_the_kept_account",
        ["Shop"],
    )


def test_what_a_provider_says_of_a_merged_account_is_shown_and_goes_with_the_merge() -> None:
    website = Statement(
        account_id="b",
        origin=Origin.WEBSITE,
        seen_at=NOON,
        values={"description": "Saws"},
        covers=frozenset({"description"}),
    )
    merged = change(book_of(ACME, SHOP), merging.merge, "a", "b")
    book = tell(merged, website)
    assert merging.view(book, "a").description == "Saws"
    assert merging.tell(book, website) is book["a"]
    newer = website.model_copy(update={"values": {"description": "Axes"}})
    assert merging.view(tell(book, newer), "a").description == "Axes"


def test_a_provider_may_know_an_account_that_is_not_merged() -> None:
    said = statement_of(ACME, Origin.GLEIF, NOON)
    assert merging.tell({}, said).facts


@pytest.mark.parametrize(
    ("kept", "gone", "reason"),
    [
        ("a", "x", "there is no account 'x'"),
        ("x", "a", "there is no account 'x'"),
        ("a", "a", "cannot be merged into itself"),
        ("c", "b", "'b' is merged into 'a' already"),
        ("b", "c", "'b' is merged into 'a' already"),
    ],
)
def test_a_merge_that_cannot_be_is_refused(kept: str, gone: str, reason: str) -> None:
    book = change(book_of(ACME, SHOP, THIRD), merging.merge, "a", "b")
    with pytest.raises(MergeError, match=reason):
        merging.merge(book, kept, gone)


def test_a_merge_twice_is_one_merge() -> None:
    book = change(book_of(ACME, SHOP), merging.merge, "a", "b")
    assert change(book, merging.merge, "a", "b") == book


@pytest.mark.parametrize("name", ["a", "x"])
def test_what_is_not_merged_cannot_be_unmerged(name: str) -> None:
    with pytest.raises(MergeError, match="is merged into no account"):
        merging.unmerge(book_of(ACME, SHOP), name)


def test_a_family_has_a_largest_size() -> None:
    many = [ACME.model_copy(update={"account_id": str(n)}) for n in range(MOST_MERGED + 1)]
    book = book_of(*many)
    for number in range(1, MOST_MERGED):
        book = change(book, merging.merge, "0", str(number))
    with pytest.raises(MergeError, match="more than 20 accounts"):
        merging.merge(book, "0", str(MOST_MERGED))


def test_a_family_is_found_from_any_member_and_nothing_for_nobody() -> None:
    book = change(book_of(ACME, SHOP, THIRD), merging.merge, "b", "c")
    book = change(book, merging.merge, "a", "b")
    for name in IDS:
        assert merging.book_of(name, book.get) == book
    assert merging.book_of("x", book.get) == {}
    assert merging.view(book, "a").phone == "3"
