from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.aliases import OrdinaryWords
from earshot.domain.matching import SURE_NAME_PERCENT, Candidates, match
from earshot.domain.models import Contact, EntryKind, EvidenceKind, Mention, WatchlistEntry
from earshot.domain.watchlist import compile_entries, contact_handles, entry_of, index
from earshot.domain.watchlist_index import WatchlistIndex
from tests import examples

ACME = examples.entry(
    EntryKind.ACCOUNT,
    "acme",
    "Acme Rockets GmbH",
    aliases=("ACME",),
    domains=("acme.example",),
    handles=("@acmerockets", "github:acme-rockets"),
    tickers=("NYSE:ACM",),
)
RIVAL = examples.entry(EntryKind.COMPETITOR, "rival", "RivalCRM", domains=("rival.example",))
SLOW = examples.entry(
    EntryKind.TOPIC, "slow", "Slow CRM", query='crm AND (slow OR "too expensive") NOT hiring'
)
BOTH = index(examples.watchlist(ACME, RIVAL, account_by_handle={"generic:jo": "acme"}))
NO_AUTHORS = index(examples.watchlist(ACME, RIVAL, SLOW))


def candidates(plain: str, listed: WatchlistIndex = NO_AUTHORS, **changes: Any) -> Candidates:
    return match(examples.post(plain, **changes), listed)


def found(plain: str, **changes: Any) -> dict[str, Mention]:
    return {m.entry_id: m for m in candidates(plain, **changes).sure}


def names_of(plain: str, *entries: WatchlistEntry, ordinary: str = "") -> dict[str, bool]:
    """Entries that the post may name, and whether that is ambiguous."""
    listed = compile_entries(entries, ordinary=OrdinaryWords(frozenset(ordinary.split())))
    return {
        name.mention.entry_id.removeprefix("account:").removeprefix("topic:"): name.is_ambiguous
        for name in candidates(plain, listed).names
    }


def company(name: str, **changes: object) -> WatchlistEntry:
    return examples.entry(EntryKind.ACCOUNT, name.partition(" ")[0].lower(), name, **changes)


def test_a_name_is_found_at_token_boundaries_with_its_place() -> None:
    mention = found("We left acme rockets, sadly.")["account:acme"]
    assert mention.percent == SURE_NAME_PERCENT
    assert {(e.value, e.start, e.end) for e in mention.evidence} == {
        ("acme rockets", 8, 20),
        ("acme", 8, 12),
    }


def test_a_name_inside_another_word_is_not_found() -> None:
    assert found("Acmeville and rivalcrms are towns") == {}


def test_a_name_across_other_words_is_not_found() -> None:
    assert "account:acme" not in found("rockets gmbh")
    assert not names_of("a great red tent", company("Great Red Circus"))


def test_a_name_inside_an_address_or_a_handle_is_not_found() -> None:
    text = "https://blog.example/acme-rockets or @acme or acme.test or acme@mail.test"
    assert found(text) == {}


def test_a_hashtag_names_with_and_without_capitals() -> None:
    for tag in ("#AcmeRockets", "#acmerockets", "#Acme"):
        assert "account:acme" in found(f"leaving {tag} today"), tag
    assert found("#acmerocketsfan #other") == {}
    assert names_of("#greatredcircus", company("Great Red Circus"))


def test_spellings_of_a_name_are_one_name() -> None:
    for name, texts in {
        "The Coca-Cola Company": ("Coca-Cola", "coca cola", "CocaCola's"),
        "L'Oréal S.A.": ("L\u2019Oreal", "LOréal", "l'oréal"),
        "Moët & Chandon": ("Moe\u0308t and Chandon", "moet & chandon"),
        "Marks and Sons": ("Marks & Sons", "marks and sons"),
        "AT&T Inc.": ("at&t", "AT & T"),
        "Yahoo!": ("Yahoo", "yahoo!"),
        "C++ Systems": ("c++ systems",),
        "McDonald's": ("McDonalds", "mcdonald\u2019s"),
        "J.P. Morgan Chase & Co.": ("JP Morgan Chase", "J. P. Morgan Chase", "JPMorgan Chase"),
        "Müller Werke GmbH & Co. KG": ("Mueller Werke", "Muller Werke", "MÜLLER-WERKE"),
        "株式会社トヨタ": ("新しいトヨタの車",),
        "삼성전자 주식회사": ("삼성전자는 크다",),
        "华为技术有限公司": ("我用华为技术产品",),
    }.items():
        for text in texts:
            assert names_of(f"x, {text}.", company(name)), (name, text)


def test_a_name_in_a_script_without_spaces_ends_where_its_word_ends() -> None:
    assert not names_of("トヨタマ", company("トヨタ"))
    assert not names_of("ニトヨタ", company("トヨタ"))
    assert not names_of("대삼성전자", company("삼성전자"))


def test_a_name_of_two_characters_has_to_stand_in_capitals() -> None:
    assert names_of("tape of 3M", company("3M Company"), ordinary="") == {"3m": True}
    assert not names_of("3m of tape", company("3M Company"))


def test_an_ordinary_word_is_an_ambiguous_name_until_its_legal_form_is_there() -> None:
    apple = company("Apple Inc.", products=("Pages",))
    assert names_of("an apple a day", apple, ordinary="apple pages") == {"apple": True}
    assert names_of("Apple Inc. grows", apple, ordinary="apple pages") == {"apple": False}
    assert names_of("my pages", apple, ordinary="apple pages") == {"apple": True}
    assert names_of("Apple Pages is slow", apple, ordinary="apple pages") == {"apple": False}


def test_a_name_inside_a_longer_name_of_somebody_else_is_ambiguous() -> None:
    told = names_of("I bank with Acme Savings", company("Acme"), company("Savings Acme"))
    assert told == {"acme": False}
    longer = examples.entry(EntryKind.ACCOUNT, "bank", "Acme Savings")
    assert names_of("with Acme Savings", company("Acme"), longer) == {"acme": True, "bank": False}
    assert names_of("Acme, not Acme Savings", company("Acme"), longer)["acme"] is False


def test_a_domain_decides_with_and_without_subdomain() -> None:
    for text in (
        "see acme.example",
        "ask joe@mail.acme.example today",
        "HTTPS://WWW.ACME.EXAMPLE/x",
        "请看acme.example吧",
    ):
        mention = candidates(text).exact[0]
        assert (mention.entry_id, mention.percent) == ("account:acme", 100)
        assert {e.kind for e in mention.evidence} == {EvidenceKind.DOMAIN}, text


def test_a_domain_that_only_ends_alike_is_not_ours() -> None:
    assert found("notacme.example and acme.example.org") == {}


def test_a_name_that_is_a_domain_is_found_as_one() -> None:
    booking = index(examples.watchlist(company("Booking.com B.V.", aliases=("Booking.com",))))
    assert candidates("I used booking.com", booking).exact


def test_a_link_that_the_text_does_not_show_is_evidence_without_a_place() -> None:
    evidence = found("look here", links=("https://rival.example/pricing",))[
        "competitor:rival"
    ].evidence
    assert [(e.kind, e.start) for e in evidence] == [(EvidenceKind.DOMAIN, -1)]


def test_a_link_to_the_page_of_a_handle_is_evidence() -> None:
    links = ("https://github.com/Acme-Rockets/engine", "https://github.com/", "https://x.com/acm")
    evidence = found("look here", links=links)["account:acme"].evidence
    assert [(e.kind, e.value) for e in evidence] == [(EvidenceKind.HANDLE, "github:acme-rockets")]


def test_a_link_that_cannot_be_parsed_is_passed_over() -> None:
    assert found("look here", links=("https://[broken",)) == {}


def test_a_handle_in_the_text_and_one_told_by_the_source_are_evidence() -> None:
    shown = found("hey @somebody and @AcmeRockets.")["account:acme"].evidence[0]
    assert shown.value == "@AcmeRockets"
    told = found("hey", mentions=("nobody", "acmerockets"))["account:acme"].evidence[0]
    assert (told.kind, told.start) == (EvidenceKind.HANDLE, -1)


def test_a_handle_of_one_source_is_nobody_on_another() -> None:
    assert "account:acme" in found("thanks @acme-rockets", source="github")
    assert found("thanks @acme-rockets") == {}


def test_a_handle_both_in_the_text_and_told_is_one_evidence() -> None:
    mention = found("hey @acmerockets", mentions=("acmerockets",))["account:acme"]
    assert len(mention.evidence) == 1


def test_a_ticker_is_one_only_with_its_sign_or_its_exchange() -> None:
    for text in ("I bought $ACM today", "Acquired by NYSE: ACM.", "(nyse:ACM)"):
        assert [m.entry_id for m in candidates(text).exact] == ["account:acme"], text
    for text in ("the ACM conference", "US$ACM", "$ACMX", "note: ACM", "NYSE ACM", "NYSE: OTH"):
        assert candidates(text) == Candidates(), text


def test_a_topic_is_found_by_its_query_and_shows_the_words() -> None:
    mention = candidates("Our CRM is too expensive!").exact[0]
    assert (mention.entry_id, mention.percent) == ("topic:slow", 100)
    assert [e.value for e in mention.evidence] == ["CRM", "too expensive"]
    for text in ("our crm is fine", "slow crm team is hiring", "Slow and too expensive"):
        assert candidates(text) == Candidates(), text


def test_a_topic_without_a_query_is_found_by_its_name_and_means_it() -> None:
    topic = examples.entry(EntryKind.TOPIC, "data", "Data")
    assert names_of("more data", topic, ordinary="data") == {"data": False}


def test_a_known_contact_of_the_crm_brings_its_account() -> None:
    mention = match(examples.post("what do you use?"), BOTH).exact[0]
    assert (mention.entry_id, mention.evidence[0].kind) == ("account:acme", EvidenceKind.AUTHOR)


def test_an_address_of_a_contact_brings_the_account_whatever_it_came_through() -> None:
    contact = Contact(contact_id="c1", account_id="acme", name="Jo", email="Jo@Mail.example")
    known = index(
        examples.watchlist(ACME, account_by_handle=contact_handles([contact])),
    )
    for source in ("mailgun", "intercom"):
        writer = examples.author(handle=None, email="jo@mail.example")
        mention = match(examples.post("hello", source=source, author=writer), known).exact[0]
        assert (mention.entry_id, mention.evidence[0].kind) == ("account:acme", EvidenceKind.AUTHOR)
    handle = examples.author(handle="jo@mail.example")
    assert match(examples.post("hello", author=handle), known) == Candidates()


def test_whoever_writes_from_an_account_s_domain_speaks_of_it() -> None:
    writer = examples.author(handle=None, email="somebody@mail.acme.example")
    mention = match(examples.post("hello", author=writer), BOTH).exact[0]
    assert (mention.entry_id, mention.evidence[0].value) == ("account:acme", "mail.acme.example")
    for address in ("a@example", "a@gmail.com"):
        stranger = examples.author(handle=None, email=address)
        assert match(examples.post("hello", author=stranger), BOTH) == Candidates()


def test_nobody_resolves_an_author_without_a_handle() -> None:
    assert match(examples.post("hi", author=examples.author(handle=None)), BOTH) == Candidates()


def test_a_handle_without_its_platform_never_resolves_an_author() -> None:
    contacts = [
        Contact(contact_id="c1", account_id="acme", name="Jo", handles=("jo", "GitHub:@Jo")),
        Contact(contact_id="c2", name="Al", handles=("github:al",)),
    ]
    assert contact_handles(contacts) == {"github:jo": "acme"}


def test_a_contact_of_an_account_that_is_not_listed_is_nobody() -> None:
    stray = index(examples.watchlist(RIVAL, account_by_handle={"generic:jo": "gone"}))
    assert match(examples.post("hi"), stray) == Candidates()


def test_an_account_is_listed_by_all_it_is_called() -> None:
    account = examples.account(handles=("acme",), tickers=("ACM",), products=("Anvil",))
    listed = entry_of(account)
    assert (listed.entry_id, listed.domains, listed.handles, listed.tickers, listed.products) == (
        "account:acme",
        ("acme.example",),
        ("acme",),
        ("ACM",),
        ("Anvil",),
    )


@given(st.text(max_size=200))
def test_matching_takes_any_text_and_its_places_are_true(plain: str) -> None:
    told = candidates(plain, BOTH, text=plain)
    for mention in (*told.exact, *(name.mention for name in told.names)):
        for evidence in mention.evidence:
            if evidence.start >= 0:
                assert plain[evidence.start : evidence.end] == evidence.value


@given(st.text(alphabet="abc ACME.@-ß", max_size=60), st.text(alphabet="xyz ,!", max_size=20))
def test_a_mention_of_a_name_is_found_wherever_it_stands(before: str, after: str) -> None:
    assert "competitor:rival" in found(f"{before} RivalCRM {after}")


NAMES = st.text(alphabet="abß éÅ&'.-3トヨ华", max_size=7).map(lambda n: f"qu{n}q")


@given(NAMES, st.sampled_from(" ,!(\n"), st.sampled_from(" ,!)\n"))
def test_any_name_is_found_at_token_boundaries_and_not_inside_a_word(
    name: str, before: str, after: str
) -> None:
    listed = compile_entries([company("x", aliases=(name,))])
    assert candidates(f"we{before}{name}{after}use", listed) != Candidates()
    assert candidates(f"weq{name}quse", listed) == Candidates()


@given(st.lists(st.text(alphabet="ab &", min_size=1, max_size=9), max_size=6), st.text("ab &"))
def test_another_entry_never_removes_a_match(names: list[str], text: str) -> None:
    entries = [
        examples.entry(EntryKind.ACCOUNT, str(place), name) for place, name in enumerate(names)
    ]
    fewer = {n.mention.entry_id for n in candidates(text, compile_entries(entries[1:])).names}
    more = {n.mention.entry_id for n in candidates(text, compile_entries(entries)).names}
    assert fewer <= more
