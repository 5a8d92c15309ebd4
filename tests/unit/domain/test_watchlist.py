import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.aliases import OrdinaryWords, aliases_of, domains_of, handles_of
from earshot.domain.models import EntryKind, WatchlistEntry
from earshot.domain.tokens import fold, spans, words
from earshot.domain.watchlist import compile_entries
from earshot.domain.watchlist_index import MOST_KEPT, from_bytes, nobody, to_bytes
from earshot.errors import UnreadableWatchlistError
from tests import examples


def company(name: str, **changes: object) -> WatchlistEntry:
    return examples.entry(EntryKind.ACCOUNT, "x", name, **changes)


def aliases(name: str, ordinary: str = "", **changes: object) -> set[str]:
    """Ambiguous ones with a question mark."""
    found = aliases_of(
        company(name, **changes), OrdinaryWords(frozenset(ordinary.split()), frozenset({"rare"}))
    )
    return {" ".join(alias.words) + "?" * alias.is_ambiguous for alias in found}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Acme Rockets GmbH & Co. KG", {"acme rockets"}),
        ("Banco Santander, S.A.", {"banco santander"}),
        ("A.P. Møller - Mærsk A/S", {"a p moller maersk", "ap moller maersk", "apmoller maersk"}),
        ("The Globex Corporation", {"globex"}),
        ("Globex Holdings Ltd", {"globex", "globex holdings"}),
        ("ООО Яндекс", {"яндекс"}),  # noqa: RUF001
        ("Globex (UK) Ltd", {"globex"}),
        ("Globex Ltd dba Initech", {"globex", "initech"}),
        ("Globex & Co", {"globex"}),
        ("HP Inc", {"hp inc"}),
        ("Limited", set()),
        ("The Company", set()),
        ("Us", set()),
        ("2001", set()),
        ("!!!", set()),
        ("(", set()),
        ("Ab", set()),
    ],
)
def test_the_legal_form_goes_and_what_means_nothing_is_not_searched(
    name: str, expected: set[str]
) -> None:
    assert aliases(name) == expected


def test_nobody_is_searched_by_more_words_than_people_write() -> None:
    assert {len(a.words) for a in aliases_of(company(" ".join(f"w{n}" for n in range(30))))} == {10}


def test_ordinary_words_are_ambiguous_alone_and_in_pairs() -> None:
    ordinary = "target best buy home slack"
    assert aliases("Target Corporation", ordinary) == {"target?", "target corporation"}
    assert aliases("Best Buy", ordinary) == {"best buy?"}
    assert aliases("Best & Buy", ordinary) == {"best & buy", "best and buy?"}
    assert aliases("Slack Technologies", ordinary) == {"slack technologies"}
    assert aliases("Best Home Buy", ordinary) == {"best home buy"}
    assert aliases("Rare Inc", ordinary) == {"rare?", "rare inc"}
    assert aliases("Rare Home", ordinary) == {"rare home"}
    product = aliases("Target Corporation", ordinary, products=("Target Corporation",))
    assert {"target?", "target corporation"} <= product
    assert aliases("SAP") == {"sap?"}
    assert aliases("华为") == {"华 为?"}


def test_the_label_of_a_domain_is_an_alias_only_if_it_is_distinctive() -> None:
    assert aliases("NW Traders", domains=("northwind.co.uk",)) == {"nw traders", "northwind"}
    assert aliases("NW Traders", "bright", domains=("bright.io", "acme.io")) == {"nw traders"}
    assert "ibm" in aliases("International Business Machines", domains=("www.ibm.com",))
    assert "bestbuy" in aliases("Best Buy", "best buy", domains=("bestbuy.com",))
    assert aliases("NW Traders", domains=("12345.com", "localhost")) == {"nw traders"}


def test_an_address_where_everybody_has_a_page_is_nobodys_domain() -> None:
    entry = company("Cafe", domains=("facebook.com", "WWW.Cafe.example", ""))
    assert domains_of(entry) == {"cafe.example"}


def test_a_product_is_searched_alone_and_with_the_name_of_its_company() -> None:
    assert aliases("Apple Inc.", "apple pages", products=("Pages",)) == {
        "apple?",
        "apple inc",
        "pages?",
        "apple pages",
    }


def test_handles_keep_their_source() -> None:
    assert handles_of(company("x", handles=("@Acme", "GitHub:@acme", " "))) == {
        "acme",
        "github:acme",
    }


def test_a_topic_with_a_query_is_found_by_nothing_else() -> None:
    assert aliases("Slow CRM", query="crm slow") == set()


@given(st.text(max_size=60))
def test_tokens_are_the_words_with_their_places(text: str) -> None:
    assert [fold(text[start:end]) for start, end in spans(text)] == words(text)
    assert all(word and not word.isspace() for word in words(text))


@given(st.sampled_from(["Moët", "MOE\u0308T", "ｍｏｅｔ", "moet"]))  # noqa: RUF001
def test_spellings_of_a_word_are_folded_into_one(word: str) -> None:
    assert words(word) == ["moet"]


_ENTRIES = st.lists(
    st.builds(
        lambda name, domain, handle, query: company(
            name, domains=(domain,), handles=(handle,), tickers=(handle,), query=query
        ),
        st.text(min_size=1, max_size=20),
        st.text("ab.", max_size=8),
        st.text("ab:@", max_size=5),
        st.sampled_from([None, None, "crm NOT slow", '"a b" OR c']),
    ),
    max_size=8,
).map(
    lambda entries: [
        e.model_copy(update={"entry_id": f"account:{n}"}) for n, e in enumerate(entries)
    ]
)


@given(_ENTRIES, st.randoms())
def test_what_is_stored_is_what_was_compiled_in_any_order(
    entries: list[WatchlistEntry], chance: random.Random
) -> None:
    authors = {"github:jo": "1", "github:al": "0", "github:nobody": "gone"}
    compiled = compile_entries(entries, account_by_handle=authors)
    chance.shuffle(entries)
    again = compile_entries(entries, account_by_handle=dict(reversed(authors.items())))
    assert from_bytes(to_bytes(compiled)) == compiled == again


def test_another_content_is_another_version() -> None:
    versions = {compile_entries([company(name)]).version for name in ("Acme", "Acme Rockets")}
    assert len(versions) == 2


def test_a_newer_format_and_a_damaged_artifact_are_refused() -> None:
    stored = to_bytes(compile_entries([company("Acme Rockets")]))
    for wrong in (
        b"",
        b'{"version": "w1"}',
        stored[:-1],
        stored + b"x",
        stored[:60],
        stored.replace(b'"format": 1', b'"format": 2'),
        stored.replace(b'"version"', b'"vorsion"'),
        stored.replace(b'"masks"', b'"masts"'),
    ):
        with pytest.raises(UnreadableWatchlistError):
            from_bytes(wrong)


def test_only_so_many_entries_are_kept_decoded() -> None:
    listed = compile_entries(
        [
            company("x").model_copy(update={"entry_id": f"account:{n:05}"})
            for n in range(MOST_KEPT + 1)
        ]
    )
    assert nobody().of_domain("x.example") == ()
    names = [listed.listed(number).entry_id for number in range(len(listed))]
    assert names == [f"account:{n:05}" for n in range(MOST_KEPT + 1)]
    assert listed.listed(MOST_KEPT).entry_id == names[-1]
