import pytest

from earshot.domain.models import EntryKind, Intent, Mention
from earshot.domain.subjects import (
    account_id_of,
    find_subjects,
    is_prospect,
    prospect,
    prospect_subject_id,
)
from tests import examples


def mention(kind: EntryKind, identity: str) -> Mention:
    return Mention(entry_id=f"{kind}:{identity}", kind=kind, name=identity, evidence=())


ACME = mention(EntryKind.ACCOUNT, "acme")
RIVAL = mention(EntryKind.COMPETITOR, "rival")


def test_every_account_is_a_subject_whatever_the_intent() -> None:
    beta = mention(EntryKind.ACCOUNT, "beta")
    outcome = find_subjects(examples.post(), (ACME, beta, RIVAL), Intent.OTHER)
    assert outcome.subject_ids == ("account:acme", "account:beta")
    assert outcome.reason == "names_account"


def test_a_stranger_who_wants_something_is_a_prospect() -> None:
    outcome = find_subjects(examples.post(), (RIVAL,), Intent.SWITCHING)
    assert outcome.subject_ids == (prospect_subject_id("generic", "u1"),)
    assert "u1" not in outcome.subject_ids[0]


@pytest.mark.parametrize("intent", [Intent.NEWS, Intent.PRAISE, Intent.SUPPORT, Intent.OTHER])
def test_a_stranger_who_wants_nothing_stays_ordinary(intent: Intent) -> None:
    outcome = find_subjects(examples.post(), (RIVAL,), intent)
    assert (outcome.reason, outcome.subject_ids) == ("no_buying_intent", ())


def test_a_post_that_names_nobody_concerns_nobody() -> None:
    assert find_subjects(examples.post(), (), Intent.PURCHASE).reason == "names_nobody"


def test_a_subject_id_tells_its_account() -> None:
    assert account_id_of("account:acme:emea") == "acme:emea"
    assert account_id_of("prospect:x:1") is None
    assert is_prospect("prospect:x:1")
    assert not is_prospect("account:acme")


@pytest.mark.parametrize(
    ("changes", "name"),
    [({}, "Jo"), ({"name": None}, "jo"), ({"name": None, "handle": None}, "somebody unknown")],
)
def test_a_prospect_goes_by_what_is_known_of_the_author(
    changes: dict[str, None], name: str
) -> None:
    somebody = prospect("prospect:generic:u1", examples.author(**changes))
    assert somebody.name == name
    assert somebody.is_prospect
