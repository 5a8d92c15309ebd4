"""What sellers click changes what reaches them, and which posts mean their accounts."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from earshot.aws import keys
from earshot.aws.account_store import AccountStore
from earshot.aws.alias_store import AliasStore
from earshot.aws.connection_store import ConnectionStore
from earshot.aws.feedback_store import FeedbackStore
from earshot.aws.items import item_of
from earshot.aws.learned_store import LearnedStore, to_learn_item
from earshot.aws.post_store import PostStore
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.story_store import StoryStore
from earshot.aws.weights_store import WeightsStore
from earshot.domain.grouping import summarise
from earshot.domain.learned_relevance import Learned, learned_points
from earshot.domain.models import (
    SERVICE_DESK,
    Connection,
    Contribution,
    DataClass,
    EntryKind,
    Evidence,
    EvidenceKind,
    Feedback,
    FeedbackKind,
    Intent,
    PostHead,
    Preferences,
    Purpose,
    Role,
)
from earshot.domain.relevance import Weights
from earshot.domain.stories import tell as told_by
from earshot.domain.stories import thread_strand
from earshot.flows import learn
from earshot.meanings import versions
from tests import examples
from tests.house import House
from tests.integration.test_disambiguate import CAR, CAT, JAGUAR
from tests.standin import StandIn

STATIC = versions()[0]
NAMES = ("intent_purchase", "role_owner")


class _Context:
    def __init__(self, remaining_ms: int = 300_000) -> None:
        self._remaining_ms = remaining_ms

    def get_remaining_time_in_millis(self) -> int:
        return self._remaining_ms


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def town(house: House) -> House:
    """Jaguar is an account, its name is a word, and two connections differ in their purpose."""
    AccountStore(house.table).put_accounts([JAGUAR])
    AliasStore(house.table).observe("account:jaguar", "jaguar", {STATIC: 0.25})
    for name, purpose in (("forum", Purpose.ANALYTIC), ("inbox", Purpose.OPERATIONAL)):
        ConnectionStore(house.table).put(
            Connection(
                source="generic",
                connection_id=name,
                data_class=DataClass.OWNED,
                purpose=purpose,
                created_at=examples.NOON,
            )
        )
    return house


def tell(
    house: House,
    number: int = 1,
    quote: str = CAR,
    *,
    connection: str = "forum",
    kind: EvidenceKind = EvidenceKind.ALIAS,
) -> str:
    """A signal of one post about Jaguar; its id."""
    native_id = f"p{number}"
    named = examples.mention(
        EntryKind.ACCOUNT, "jaguar", evidence=(Evidence(kind=kind, value="Jaguar"),)
    )
    post = examples.story_post(
        native_id, quote=quote, mentions=(named,), subject_ids=("account:jaguar",)
    )
    strand_id = thread_strand("generic", native_id)
    head = PostHead(
        source="generic",
        native_id=native_id,
        version=post.version,
        author_id="u1",
        posted_at=post.posted_at,
        outcome="names_account",
        intent=Intent.PURCHASE,
        strand_id=strand_id,
        watchlist_version="w1",
        model_version="m1",
        raw_key=keys.raw_object("generic", connection, f"d{number}"),
    )
    PostStore(house.table).record(head, examples.NOON)
    stories = StoryStore(house.table)
    assert stories.join(strand_id, post, None, buried=()) is None
    (told,) = told_by(stories.region([strand_id]))
    about = examples.subject(subject_id="account:jaguar", account_id="jaguar", name="Jaguar")
    signals = SignalStore(house.table)
    signals.commit([signals.puts(summarise(told, about, revision=1, absorbed=()))])
    return told.signal_id


def click(
    house: House,
    signal_id: str,
    kind: FeedbackKind = FeedbackKind.USEFUL,
    why: str = "",
    at: datetime = examples.NOON,
) -> None:
    given = Feedback(
        signal_id=signal_id,
        subject_id="account:jaguar",
        alert_id="a1",
        seller_id="anna",
        kind=kind,
        why=why,
        given_at=at,
        contributions=tuple(Contribution(name=name, points=30) for name in NAMES),
    )
    assert FeedbackStore(house.table).give(given)


def learned(house: House) -> dict[str, int]:
    return learn.handle({}, _Context())


def known(house: House) -> Learned:
    found = LearnedStore(house.table).get("anna")
    assert found
    return found


def labels(house: House) -> int:
    store = AliasStore(house.table)
    store.renew((STATIC,))
    return store.priors("account:jaguar", "jaguar")[STATIC].labels


def test_a_click_is_learned_from_once_however_often_learning_runs(town: House) -> None:
    click(town, tell(town))
    assert learned(town) == {"learned": 1}
    first, rows = known(town), list(town.rows())
    assert learned_points(first, NAMES) > 0
    assert learned(town) == {"learned": 0}
    town.table.put_item(Item=to_learn_item("anna", "again"))
    assert learned(town) == {"learned": 1}
    assert known(town) == first
    assert list(town.rows()) == rows
    assert labels(town) == 1


def test_a_changed_click_changes_what_was_learned(town: House) -> None:
    signal_id = tell(town)
    click(town, signal_id)
    learned(town)
    click(town, signal_id, FeedbackKind.NOT_RELEVANT, "not_for_me", examples.NOON.replace(hour=13))
    learned(town)
    assert learned_points(known(town), NAMES) < 0
    assert known(town).labels == 1


def test_the_wrong_company_teaches_the_alias_and_not_what_the_seller_wants(town: House) -> None:
    click(town, tell(town, quote=CAT), FeedbackKind.NOT_RELEVANT, "wrong_company")
    learned(town)
    assert known(town).labels == 0
    assert labels(town) == 1
    prior = AliasStore(town.table).priors("account:jaguar", "jaguar")[STATIC]
    assert prior.weights[0] < 0


def test_an_alias_learns_of_a_signal_once_and_keeps_the_first_word(town: House) -> None:
    signal_id = tell(town)
    click(town, signal_id, FeedbackKind.NOT_RELEVANT, "not_for_me")
    learned(town)
    assert labels(town) == 0
    for minute, why in enumerate(("wrong_company", "not_for_me", "wrong_company"), start=1):
        at = examples.NOON + timedelta(minutes=minute)
        click(town, signal_id, FeedbackKind.NOT_RELEVANT, why, at)
        learned(town)
    assert labels(town) == 1


@pytest.mark.parametrize("kind", [EvidenceKind.DOMAIN, EvidenceKind.AUTHOR])
def test_what_was_found_by_more_than_its_name_teaches_no_alias(
    town: House, kind: EvidenceKind
) -> None:
    click(town, tell(town, kind=kind))
    learned(town)
    assert labels(town) == 0
    assert known(town).labels == 1


def test_words_that_are_gone_teach_no_alias(town: House) -> None:
    click(town, tell(town, quote=""))
    learned(town)
    assert labels(town) == 0


def test_a_name_that_was_never_doubted_is_taught_nothing(town: House) -> None:
    town.table.delete_item(Key=keys.alias("account:jaguar", "jaguar"))
    click(town, tell(town))
    learned(town)
    assert not [row for row in town.rows() if str(row["pk"]).startswith("ALIASES#")]


@pytest.mark.parametrize("connection", ["inbox", "unknown"])
def test_nothing_is_learned_from_what_came_for_operation_only(town: House, connection: str) -> None:
    click(town, tell(town, connection=connection))
    learned(town)
    assert known(town) == Learned(seller_id="anna", refused=1)
    assert labels(town) == 0


def test_a_connection_that_may_be_learned_from_later_is_learned_from_then(town: House) -> None:
    click(town, tell(town, connection="inbox"))
    learned(town)
    store = ConnectionStore(town.table)
    found = store.get("generic", "inbox")
    store.put(found.model_copy(update={"purpose": Purpose.ANALYTIC}))
    town.table.put_item(Item=to_learn_item("anna", "again"))
    learned(town)
    assert (known(town).labels, known(town).refused, labels(town)) == (1, 0, 1)


def test_a_signal_that_went_away_before_it_was_learned_from_is_refused(town: House) -> None:
    click(town, "gone")
    learned(town)
    assert known(town) == Learned(seller_id="anna", refused=1)


def test_what_was_reset_stays_forgotten_and_what_is_said_afterwards_counts(town: House) -> None:
    click(town, tell(town, 1))
    learned(town)
    store = LearnedStore(town.table)
    store.reset("anna", examples.NOON)
    assert known(town).labels == 0
    click(town, tell(town, 2), at=examples.NOON + timedelta(minutes=1))
    learned(town)
    assert known(town).labels == 1


def test_a_reset_beside_learning_is_not_undone(town: House) -> None:
    store = LearnedStore(town.table)
    store.reset("anna", examples.NOON)
    assert not store.put(Learned(seller_id="anna", labels=9), None)
    assert known(town).labels == 0


def test_what_is_said_while_it_is_learned_is_learned_next(town: House) -> None:
    store = LearnedStore(town.table)
    town.table.put_item(Item=to_learn_item("anna", "second"))
    store.done("anna", "first")
    assert list(store.new()) == [("anna", "second")]


def test_two_sellers_who_teach_one_alias_at_once_both_count(town: House) -> None:
    aliases = AliasStore(town.table)
    stale = aliases.counted("account:jaguar", "jaguar")
    assert stale
    click(town, tell(town))
    learned(town)
    lesson = aliases.labels(stale, stale.priors((STATIC,)))
    assert SignalStore(town.table).commit([lesson]) == "conflict"
    assert labels(town) == 1


def test_what_no_time_is_left_for_waits(town: House) -> None:
    click(town, tell(town))
    assert learn.handle({}, _Context(remaining_ms=1_000)) == {"learned": 0}
    assert learned(town) == {"learned": 1}


def test_candidates_come_with_what_they_chose_and_taught(house: House) -> None:
    house.furnish()
    chosen = Preferences(seller_id="anna", instant=False)
    house.table.put_item(Item=item_of(keys.preferences("anna"), chosen))
    LearnedStore(house.table).put(Learned(seller_id="ben", labels=1), None)
    account = examples.account(account_id="acme", owner="anna", territory="DACH")
    found = SellerStore(house.table).candidates(account, ["competitor:rival"], None)
    assert {
        (one.role, one.seller.seller_id, one.preferences, one.learned and one.learned.labels)
        for one in found
    } == {
        (Role.OWNER, "anna", chosen, None),
        (Role.TERRITORY, "ben", None, 1),
        (Role.DESK, "carla", None, None),
    }


def test_service_and_who_sells_a_product_are_found_like_desks(house: House) -> None:
    sellers = SellerStore(house.table)
    sellers.put(examples.seller("sven", desks=(SERVICE_DESK,)))
    sellers.put(examples.seller("petra", products=("brand:ours",)))

    def found(intent: Intent, *objects: str) -> set[tuple[Any, str]]:
        candidates = sellers.candidates(None, objects, None, intent=intent)
        return {(one.role, one.seller.seller_id) for one in candidates}

    assert found(Intent.SUPPORT) == {(Role.SERVICE, "sven")}
    assert found(Intent.PURCHASE, "brand:ours") == {(Role.DESK, "petra")}
    sellers.put(examples.seller("petra"))
    assert found(Intent.PURCHASE, "brand:ours") == set()


def test_forty_candidates_are_read_in_two_calls(house: House, aws: StandIn) -> None:
    sellers = SellerStore(house.table)
    for number in range(40):
        sellers.put(examples.seller(f"seller-{number}", desks=("topic:crm",)))
    before = aws.calls.copy()
    assert len(sellers.candidates(None, ["topic:crm"], None)) == 40
    assert aws.calls - before == {"dynamodb.Query": 1, "dynamodb.BatchGetItem": 2}


def test_weights_are_those_that_were_put_and_else_the_house_s_own(house: House) -> None:
    chosen = Weights(version="ours-1", alert_from=70, favoured_industries=("retail",))
    assert WeightsStore(house.table).get() == Weights()
    WeightsStore(house.table).put(chosen)
    store = WeightsStore(house.table)
    assert store.get() == chosen
    store.put(Weights())
    assert store.get() == chosen  # for a minute at most
