from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.aliases import OrdinaryWords
from earshot.domain.models import EntryKind, WatchlistEntry
from earshot.domain.poller_queries import PollerQueries, poller_queries
from tests import examples

RIVAL = examples.entry(EntryKind.COMPETITOR, "rival", "RivalCRM Inc.", domains=("rival.example",))
OWN = examples.entry(EntryKind.BRAND, "own", "Summit", products=("Base Camp",))
CRM = examples.entry(EntryKind.TOPIC, "crm", "CRM", query='crm AND ("too slow" OR bad)')
ERP = examples.entry(EntryKind.TOPIC, "erp", "ERP")
ACCOUNT = examples.entry(EntryKind.ACCOUNT, "acme", "Acme")
ALL = (ACCOUNT, ERP, CRM, OWN, RIVAL)


def asked(*entries: WatchlistEntry, quota: int = 10, longest: int = 40) -> PollerQueries:
    ordinary = OrdinaryWords(others=frozenset({"summit"}))
    return poller_queries(entries, quota=quota, longest=longest, ordinary=ordinary)


def test_names_and_domains_are_packed_and_ordinary_words_come_last() -> None:
    told = asked(*ALL)
    assert [query.text for query in told.queries] == [
        '"base camp" OR rivalcrm',
        '"rival.example" OR crm OR erp OR summit',
    ]
    assert told.queries[1].entry_ids == (
        "competitor:rival",
        "topic:crm",
        "topic:erp",
        "brand:own",
    )
    assert told.uncovered == ()


def test_what_is_over_the_quota_or_too_long_is_told() -> None:
    assert asked(*ALL, quota=1).uncovered == (
        "brand:own",
        "competitor:rival",
        "topic:crm",
        "topic:erp",
    )
    assert asked(*ALL, longest=3, quota=9).uncovered == ("brand:own", "competitor:rival")
    assert asked(*ALL, quota=0).queries == ()


def test_a_platform_without_or_is_asked_for_one_thing_at_a_time() -> None:
    told = poller_queries(ALL, quota=3, longest=40, packs=False)
    assert [query.text for query in told.queries] == ["summit", '"base camp"', "rivalcrm"]


def test_two_entries_share_a_term() -> None:
    other = examples.entry(EntryKind.TOPIC, "crm2", "CRM")
    told = asked(CRM, other)
    assert [(q.text, q.entry_ids) for q in told.queries] == [("crm", ("topic:crm", "topic:crm2"))]


@given(st.permutations(ALL), st.integers(0, 4), st.integers(1, 60))
def test_limits_hold_in_any_order_of_the_entries(
    entries: list[WatchlistEntry], quota: int, longest: int
) -> None:
    told = asked(*entries, quota=quota, longest=longest)
    assert told == asked(*ALL, quota=quota, longest=longest)
    assert len(told.queries) <= quota
    assert all(len(query.text) <= longest for query in told.queries)
    covered = {entry_id for query in told.queries for entry_id in query.entry_ids}
    assert covered | set(told.uncovered) == {
        entry.entry_id for entry in ALL if entry is not ACCOUNT
    }
