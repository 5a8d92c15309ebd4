import itertools
import json

import pytest

from earshot.aws import keys
from earshot.aws.account_store import AccountStore
from earshot.aws.watchlist_artifact import FRESH_SECONDS, WatchlistArtifact
from earshot.domain import heartbeat_reader
from earshot.domain.matching import match
from earshot.domain.models import Contact, EntryKind
from earshot.errors import UnreadableWatchlistError
from earshot.flows.compile_watchlist import compile_from
from tests import examples
from tests.house import House


def artifact(house: House, refused: list[str] | None = None) -> WatchlistArtifact:
    """Each look is later than the one before by more than it may be old."""
    times = itertools.count(step=FRESH_SECONDS + 1)
    told = refused if refused is not None else []
    return WatchlistArtifact(
        house.s3, house.bucket, lambda: told.append("refused"), clock=lambda: next(times)
    )


def store(house: House, body: bytes) -> None:
    house.s3.put_object(Bucket=house.bucket, Key=keys.watchlist_object(), Body=body)


def test_before_the_first_compilation_nobody_is_listed(house: House) -> None:
    assert len(artifact(house).current()) == 0


def test_what_was_compiled_is_what_a_container_loads_and_swaps(house: House) -> None:
    accounts, container = AccountStore(house.table), artifact(house)
    accounts.put_accounts([examples.account()])
    first = compile_from(accounts, artifact(house))
    assert container.current() == first
    assert container.current() is container.current()
    accounts.put_entries([examples.entry(EntryKind.COMPETITOR, "rival", "RivalCRM")])
    accounts.put_contacts(
        [Contact(contact_id="c", account_id="acme", name="Jo", handles=("generic:jo",))]
    )
    second = compile_from(accounts, artifact(house))
    assert container.current() == second != first
    found = match(examples.post("We left RivalCRM"), container.current())
    assert [mention.entry_id for mention in found.sure] == ["account:acme", "competitor:rival"]


def test_the_same_names_give_the_same_version(house: House) -> None:
    accounts = AccountStore(house.table)
    accounts.put_accounts([examples.account(), examples.account(account_id="b", name="Betatron")])
    versions = {compile_from(accounts, artifact(house)).version for _ in range(2)}
    assert len(versions) == 1


def test_an_artifact_of_a_newer_format_leaves_the_former_in_use_and_is_counted(
    house: House,
) -> None:
    refused: list[str] = []
    container = artifact(house, refused)
    accounts = AccountStore(house.table)
    accounts.put_accounts([examples.account()])
    compiled = compile_from(accounts, artifact(house))
    assert container.current() == compiled
    store(house, b"of another time")
    assert container.current() == compiled
    assert container.current() == compiled
    assert refused == ["refused"]
    with pytest.raises(UnreadableWatchlistError):
        artifact(house).current()
    compile_from(accounts, artifact(house))
    assert container.current() == compiled


def test_a_topic_that_cannot_be_read_keeps_nothing_else_from_being_listened_for(
    house: House,
) -> None:
    accounts = AccountStore(house.table)
    accounts.put_entries(
        [
            examples.entry(EntryKind.TOPIC, "broken", "Broken", query="crm AND"),
            examples.entry(EntryKind.TOPIC, "slow", "Slow CRM", query="crm AND slow"),
        ]
    )
    compiled = compile_from(accounts, artifact(house))
    found = match(examples.post("a slow CRM"), compiled)
    assert [mention.entry_id for mention in found.exact] == ["topic:slow"]
    listed = {compiled.listed(number).entry_id for number in range(len(compiled))}
    assert listed == {"topic:slow", heartbeat_reader.ENTRY.entry_id}


def test_the_queries_of_pollers_lie_beside_it(house: House) -> None:
    accounts = AccountStore(house.table)
    accounts.put_entries([examples.entry(EntryKind.COMPETITOR, "rival", "RivalCRM")])
    compile_from(accounts, artifact(house))
    body = house.s3.get_object(Bucket=house.bucket, Key=keys.poller_queries_object())["Body"]
    asked = json.loads(body.read())
    assert asked["reddit"]["queries"] == [{"text": "rivalcrm", "entry_ids": ["competitor:rival"]}]
    assert asked["hackernews"]["uncovered"] == []
