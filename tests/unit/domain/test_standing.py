import pytest

from earshot.domain.models import EntryKind, Standing
from earshot.domain.standing import AuthorFacts, facts_of, standing_of
from earshot.domain.watchlist import Watchlist, index
from tests import examples

KNOWN = index(
    Watchlist(
        version="1",
        entries=(
            examples.entry(EntryKind.ACCOUNT, "acme", "Acme", domains=("acme.example",)),
            examples.entry(EntryKind.COMPETITOR, "rival", "RivalCRM", handles=("rivalcrm",)),
            examples.entry(EntryKind.BRAND, "ours", "Fernwave", handles=("fernwave",)),
        ),
        account_by_handle={"github:octo": "acme"},
    )
)


@pytest.mark.parametrize(
    ("standing", "author", "stage"),
    [
        (Standing.CUSTOMER, {"handle": "octo"}, " Customer"),
        (Standing.PROSPECT, {"handle": "octo"}, "lead"),
        (Standing.PROSPECT, {"handle": "octo"}, None),
        (Standing.COMPETITOR, {"handle": "RivalCRM"}, None),
        (Standing.OWN, {"handle": "fernwave"}, None),
        (Standing.PROSPECT, {"profile_url": "https://acme.example/team"}, None),
        (Standing.PROSPECT, {"handle": None, "email": "jo@acme.example"}, None),
        (Standing.UNKNOWN, {"handle": None, "email": "jo@gmail.com"}, None),
        (Standing.UNKNOWN, {"handle": "somebody"}, None),
        (Standing.UNKNOWN, {"handle": None}, None),
    ],
)
def test_an_author_is_known_by_what_the_business_data_gives(
    standing: Standing, author: dict[str, str | None], stage: str | None
) -> None:
    post = examples.post("text", source="github", author=examples.author(**author))
    facts = facts_of(post, KNOWN)
    assert standing_of(post.kind, facts, stage=stage) is standing


def test_without_contacts_nobody_is_known_by_a_handle() -> None:
    nobody = index(Watchlist(version="1", entries=()))
    assert facts_of(examples.post("text"), nobody) == AuthorFacts()


def test_an_article_is_by_the_press_unless_the_author_is_known() -> None:
    assert standing_of("article", AuthorFacts(), stage=None) is Standing.PRESS
    ours = AuthorFacts(bears=frozenset({EntryKind.BRAND}))
    assert standing_of("article", ours, stage=None) is Standing.OWN
