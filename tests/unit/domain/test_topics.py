import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.tokens import words
from earshot.domain.topics import TopicQueryError, is_met, parse, phrases, required


def meets(query: str, text: str) -> bool:
    return is_met(parse(query), words(text))


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("crm", "Our CRM.", True),
        ("crm", "crms", False),
        ("crm slow", "a slow CRM", True),
        ("crm AND slow", "a CRM", False),
        ("crm OR erp", "an ERP", True),
        ('"too expensive"', "too, expensive", True),
        ('"too expensive"', "expensive, too", False),
        ("crm NOT hiring", "crm team", True),
        ("crm NOT hiring", "crm team is hiring", False),
        ("crm AND NOT (hiring OR job)", "crm job", False),
        ("a OR b c", "b", False),
        ("(a OR b) c", "b c", True),
        ("NOT NOT a b", "a b", True),
        ('"and"', "and", True),
    ],
)
def test_a_query_means_what_it_says(query: str, text: str, expected: bool) -> None:
    assert meets(query, text) is expected


@pytest.mark.parametrize(
    ("query", "position", "problem"),
    [
        ("", 0, "a word is missing at the end"),
        ("crm AND", 7, "a word is missing at the end"),
        ("OR crm", 0, "a word is missing before 'OR'"),
        ("crm OR )", 7, "a word is missing before ')'"),
        ("crm )", 4, "')' closes nothing"),
        ("a (crm", 2, "'(' is never closed"),
        ('a "crm', 2, "a quotation mark is never closed"),
        ('a ""', 2, "'' has no word"),
        ("a ---", 2, "'---' has no word"),
        ("crm and slow", 4, "write AND in capitals, or 'and' in quotation marks"),
        ("NOT hiring", 0, "words that must be there"),
        ("crm OR NOT hiring", 0, "words that must be there"),
        ("(" * 30 + "a" + ")" * 30, 61, "too many parentheses"),
        ("a " * 201, 400, "more than 200"),
    ],
)
def test_a_query_that_says_nothing_is_refused_with_its_place(
    query: str, position: int, problem: str
) -> None:
    with pytest.raises(TopicQueryError, match=problem.replace(")", r"\)").replace("(", r"\(")) as e:
        parse(query)
    assert e.value.position == position


def test_a_text_is_tried_only_when_it_has_what_the_query_needs() -> None:
    assert set(required(parse('(a OR b) AND "long phrase" NOT c')) or ()) == {("long", "phrase")}
    assert set(required(parse("a OR b")) or ()) == {("a",), ("b",)}


def test_what_speaks_for_a_topic_is_not_what_stands_behind_not() -> None:
    assert list(phrases(parse("a OR (b NOT c)"))) == [("a",), ("b",)]


_QUERIES = st.recursive(
    st.sampled_from("abc"),
    lambda q: st.one_of(
        st.tuples(q, st.sampled_from([" AND ", " OR ", " NOT "]), q).map(
            lambda t: f"({''.join(t)})"
        )
    ),
    max_leaves=6,
)


@given(_QUERIES, st.lists(st.sampled_from("abcd"), max_size=5))
def test_no_text_fulfils_a_query_without_what_it_needs(query: str, text: list[str]) -> None:
    parsed = parse(query)
    if is_met(parsed, text):
        assert any(phrase[0] in text for phrase in required(parsed) or ())
