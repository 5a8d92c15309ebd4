from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.matching import match
from earshot.domain.models import Contact, EntryKind, EvidenceKind, Mention
from earshot.domain.watchlist import aliases_of, contact_handles, entry_of, index, words
from tests import examples

ACME = examples.entry(
    EntryKind.ACCOUNT,
    "acme",
    "Acme Rockets GmbH",
    aliases=("ACME",),
    domains=("acme.example",),
    handles=("@acmerockets",),
)
RIVAL = examples.entry(EntryKind.COMPETITOR, "rival", "RivalCRM", domains=("rival.example",))
BOTH = index(examples.watchlist(ACME, RIVAL, account_by_handle={"generic:jo": "acme"}))
NO_AUTHORS = index(examples.watchlist(ACME, RIVAL))


def found(plain: str, **changes: object) -> dict[str, Mention]:
    return {m.entry_id: m for m in match(examples.post(plain, **changes), NO_AUTHORS)}


def test_a_name_is_found_at_token_boundaries_with_its_place() -> None:
    evidence = found("We left acme rockets, sadly.")["account:acme"].evidence
    assert {(e.value, e.start, e.end) for e in evidence} == {
        ("acme rockets", 8, 20),
        ("acme", 8, 12),
    }


def test_a_name_inside_another_word_is_not_found() -> None:
    assert found("Acmeville and rivalcrms are towns") == {}


def test_a_name_across_other_words_is_not_found() -> None:
    assert "account:acme" not in found("rockets gmbh")


def test_a_domain_decides_with_and_without_subdomain() -> None:
    for text in (
        "see acme.example",
        "ask joe@mail.acme.example today",
        "HTTPS://WWW.ACME.EXAMPLE/x",
    ):
        kinds = {e.kind for e in found(text)["account:acme"].evidence}
        assert kinds == {EvidenceKind.DOMAIN}, text


def test_a_domain_that_only_ends_alike_is_not_ours() -> None:
    assert found("notacme.example and acme.example.org") == {}


def test_a_link_that_the_text_does_not_show_is_evidence_without_a_place() -> None:
    evidence = found("look here", links=("https://rival.example/pricing",))[
        "competitor:rival"
    ].evidence
    assert [(e.kind, e.start) for e in evidence] == [(EvidenceKind.DOMAIN, -1)]


def test_a_link_that_cannot_be_parsed_is_passed_over() -> None:
    assert found("look here", links=("https://[broken",)) == {}


def test_a_handle_in_the_text_and_one_told_by_the_source_are_evidence() -> None:
    shown = found("hey @somebody and @AcmeRockets.")["account:acme"].evidence[0]
    assert shown.value == "@AcmeRockets"
    told = found("hey", mentions=("nobody", "acmerockets"))["account:acme"].evidence[0]
    assert (told.kind, told.start) == (EvidenceKind.HANDLE, -1)


def test_a_handle_both_in_the_text_and_told_is_one_evidence() -> None:
    mention = found("hey @acmerockets", mentions=("acmerockets",))["account:acme"]
    assert len(mention.evidence) == 1


def test_a_known_contact_of_the_crm_brings_its_account() -> None:
    mention = match(examples.post("what do you use?"), BOTH)[0]
    assert (mention.entry_id, mention.evidence[0].kind) == ("account:acme", EvidenceKind.AUTHOR)


def test_a_handle_without_its_platform_never_resolves_an_author() -> None:
    contacts = [
        Contact(contact_id="c1", account_id="acme", name="Jo", handles=("jo", "GitHub:Jo")),
        Contact(contact_id="c2", name="Al", handles=("github:al",)),
    ]
    assert contact_handles(contacts) == {"github:jo": "acme"}


def test_a_contact_of_an_account_that_is_not_listed_is_nobody() -> None:
    stray = index(examples.watchlist(RIVAL, account_by_handle={"generic:jo": "gone"}))
    assert match(examples.post("hi"), stray) == ()


def test_legal_forms_go_but_never_the_whole_name() -> None:
    assert ("acme", "rockets") in aliases_of(ACME)
    alone = examples.entry(EntryKind.ACCOUNT, "limited", "Limited")
    assert aliases_of(alone) == {("limited",)}


def test_names_too_short_to_mean_anything_are_left_out() -> None:
    assert aliases_of(examples.entry(EntryKind.ACCOUNT, "hp", "HP", aliases=("HP Inc",))) == {
        ("hp", "inc")
    }


def test_an_account_is_listed_by_its_name_domains_and_handles() -> None:
    listed = entry_of(examples.account(handles=("acme",)))
    assert (listed.entry_id, listed.domains, listed.handles) == (
        "account:acme",
        ("acme.example",),
        ("acme",),
    )


@given(st.text(max_size=200))
def test_matching_takes_any_text_and_its_places_are_true(plain: str) -> None:
    for mention in match(examples.post(plain, text=plain), BOTH):
        for evidence in mention.evidence:
            if evidence.start >= 0:
                assert plain[evidence.start : evidence.end] == evidence.value


@given(st.text(alphabet="abc ACME.@-ß", max_size=60), st.text(alphabet="xyz ,!", max_size=20))
def test_a_mention_of_a_name_is_found_wherever_it_stands(before: str, after: str) -> None:
    assert "competitor:rival" in found(f"{before} RivalCRM {after}")


@given(st.text(max_size=50))
def test_words_are_casefolded_and_hold_no_space(text: str) -> None:
    assert all(word and not word.isspace() for word in words(text))
