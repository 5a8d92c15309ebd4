"""What several origins say of an account: all is kept, the best is shown, and it is said why."""

from datetime import UTC, datetime, timedelta

import pytest

from earshot.domain.business import Account
from earshot.domain.facts import (
    FIELDS,
    LISTS,
    Fact,
    Origin,
    Statement,
    Value,
    account_of,
    normal_company_name,
    shown,
    statement_of,
    told,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def statement(origin: Origin, covers: str = "", /, *, hours: int = 0, **values: Value) -> Statement:
    return Statement(
        account_id="1",
        origin=origin,
        seen_at=NOON + timedelta(hours=hours),
        values=values,
        covers=frozenset(covers.split()) | values.keys(),
    )


def facts_of(*statements: Statement) -> tuple[Fact, ...]:
    facts: tuple[Fact, ...] = ()
    for one in statements:
        facts = told(facts, one)
    return facts


def test_every_field_of_an_account_can_be_spoken_of() -> None:
    assert {"account_id", *FIELDS} == Account.model_fields.keys()
    assert set(FIELDS) >= LISTS


def test_a_human_is_shown_before_the_crm_a_register_and_a_website() -> None:
    facts = facts_of(
        *(statement(origin, industry=origin, name="Acme") for origin in reversed(Origin))
    )
    name, industry = shown(facts)
    assert (industry.fact.origin, industry.reason) == (Origin.HUMAN, "ranks_higher")
    assert [other.value for other in industry.others] == ["crm", "gleif", "website"]
    assert industry.is_disputed
    assert (name.reason, name.is_disputed) == ("all_agree", False)


def test_what_only_one_says_is_shown() -> None:
    (only,) = shown(facts_of(statement(Origin.WEBSITE, description="Saws")))
    assert (only.fact.value, only.reason, only.others) == ("Saws", "only_one", ())


def test_of_one_origin_the_later_word_is_shown() -> None:
    early, late = (
        Fact(field="phone", origin=Origin.CRM, value=value, seen_at=NOON + timedelta(hours=hours))
        for hours, value in enumerate(("1", "2"))
    )
    (phone,) = shown((early, late))
    assert (phone.fact, phone.others) == (late, (early,))


def test_what_was_said_before_changes_nothing_and_keeps_its_time() -> None:
    facts = facts_of(statement(Origin.CRM, name="Acme", aliases=("A",)))
    again = statement(Origin.CRM, "industry", hours=5, name="Acme", aliases=("A",))
    assert told(facts, again) is facts


def test_an_origin_replaces_and_withdraws_its_own_words_only() -> None:
    facts = facts_of(
        statement(Origin.CRM, name="Acme", phone="1", stage="lead"),
        statement(Origin.HUMAN, phone="2"),
        statement(Origin.CRM, "name phone", hours=1, name="Beta"),
    )
    assert [(fact.field, fact.origin, fact.value) for fact in facts] == [
        ("name", Origin.CRM, "Beta"),
        ("phone", Origin.HUMAN, "2"),
        ("stage", Origin.CRM, "lead"),
    ]


def test_a_whole_account_is_a_statement_and_comes_back() -> None:
    account = Account(account_id="1", name="Acme", employees=0, domains=("acme.example",))
    said = statement_of(account, Origin.CRM, NOON)
    assert said.covers == frozenset(FIELDS)
    assert account_of("1", shown(told((), said))) == account


def test_an_account_that_nobody_named_is_called_by_its_id() -> None:
    assert account_of("1", ()) == Account(account_id="1", name="1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ACME, Inc.", "Acme"),
        ("Müller & Söhne GmbH", "MULLER & SOHNE"),
        ("O'Neil S.A.", "ONeil SA"),
        ("Acme Tools B.V.", "acme  tools"),
    ],
)
def test_spellings_of_one_name_are_alike(one: str, other: str) -> None:
    assert normal_company_name(one) == normal_company_name(other)


def test_a_name_of_nothing_but_a_legal_form_stays() -> None:
    assert normal_company_name("SE") == "se"
    assert normal_company_name("Acme Foods") != normal_company_name("Acme Tools")
