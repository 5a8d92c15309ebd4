"""An account whose name is also a word: what means it, what does not, and what is learned of it."""

from earshot.aws.account_store import AccountStore
from earshot.aws.alias_store import AliasStore
from earshot.aws.post_store import PostStore
from earshot.domain.learned_prior import AliasPrior
from earshot.flows import compile_watchlist
from earshot.meanings import versions
from tests import examples
from tests.house import House, entry

JAGUAR = examples.account(
    account_id="jaguar",
    name="Jaguar",
    domains=("jaguar.example",),
    owner="anna",
    description="Jaguar makes luxury cars and sports saloons in Coventry, England",
    website_text=(
        "Discover our range of luxury sports cars, saloons and electric SUVs. Book a test drive "
        "at your nearest dealer. Engines, leather interiors, racing heritage and performance."
    ),
)
CAR = (
    "Test drove the new Jaguar saloon at the dealer, the leather interior and the engine are superb"
)
CAT = "A jaguar slept on a branch above the river while monkeys screamed in the rainforest"


def furnish(house: House) -> None:
    house.furnish()
    AccountStore(house.table).put_accounts([JAGUAR])
    compile_watchlist.handle({}, None)


def test_an_ambiguous_name_is_told_by_what_the_company_does(house: House) -> None:
    furnish(house)
    house.deliver(entry(1, CAR), entry(2, CAT))
    house.run()
    heads = PostStore(house.table)
    car, cat = heads.head("generic", "p1"), heads.head("generic", "p2")
    assert car
    assert cat
    assert car.current_ids == ("account:jaguar",)
    assert cat.current_ids == ()
    assert cat.nearest == "account:jaguar"
    assert cat.nearest_percent is not None
    assert car.nearest_percent is not None
    assert cat.nearest_percent < 50 < car.nearest_percent


def test_what_was_seen_of_an_alias_counts_from_the_next_compilation(house: House) -> None:
    furnish(house)
    house.deliver(entry(1, CAR), entry(2, CAT))
    house.run()
    aliases = AliasStore(house.table)
    assert aliases.priors("account:jaguar", "jaguar") == {}
    compile_watchlist.handle({}, None)
    priors = aliases.priors("account:jaguar", "jaguar")
    assert {version: prior.posts for version, prior in priors.items()} == {versions()[0]: 2}


def test_both_judges_count_in_one_row(house: House) -> None:
    aliases = AliasStore(house.table)
    aliases.observe("account:jaguar", "jaguar", {"quick": 0.5, "slow": 0.25})
    aliases.observe("account:jaguar", "jaguar", {"quick": 0.125})
    assert aliases.renew(("quick", "slow")) == 1
    assert aliases.priors("account:jaguar", "jaguar") == {
        "quick": AliasPrior("quick", posts=2, kinship=0.625),
        "slow": AliasPrior("slow", posts=1, kinship=0.25),
    }


def test_another_model_counts_anew(house: House) -> None:
    aliases = AliasStore(house.table)
    for version, kinship in (("old", 0.5), ("old", 0.25), ("new", 0.125)):
        aliases.observe("account:jaguar", "jaguar", {version: kinship})
    assert aliases.renew(("new",)) == 1
    new = {"new": AliasPrior("new", posts=1, kinship=0.125)}
    assert aliases.priors("account:jaguar", "jaguar") == new
    assert aliases.renew(("new", "old")) == 0


def test_an_account_without_a_description_is_never_guessed(house: House) -> None:
    house.furnish()
    bare = JAGUAR.model_copy(update={"description": None, "website_text": None})
    AccountStore(house.table).put_accounts([bare])
    compile_watchlist.handle({}, None)
    house.deliver(entry(1, CAR), entry(2, "See jaguar.example for the new Jaguar"))
    house.run()
    heads = PostStore(house.table)
    named, linked = heads.head("generic", "p1"), heads.head("generic", "p2")
    assert named
    assert linked
    assert (named.current_ids, named.nearest) == ((), "account:jaguar")
    assert linked.current_ids == ("account:jaguar",)
