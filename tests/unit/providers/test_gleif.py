"""A record of the register is a company's only if nothing speaks against it."""

import json
from pathlib import Path
from typing import Any

import pytest

from earshot.providers import gleif
from earshot.providers.surface import UnreadableAnswerError, Values
from earshot.sources.fetch import FetchError
from earshot.sources.surface import FetchedPage
from tests import examples

EVENTS = Path(__file__).parents[2] / "answers"
SEARCH = (EVENTS / "gleif.search.json").read_bytes()
PARENT = (EVENTS / "gleif.parent.json").read_bytes()
BASE = "https://register.example/v1"


def read(search: bytes, parent: bytes | FetchError = PARENT, **fields: Any) -> Values:
    def ask(url: str) -> FetchedPage:
        body = parent if url.endswith("/direct-parent") else search
        if isinstance(body, FetchError):
            raise body
        return FetchedPage(200, url, {}, body)

    account = examples.account(account_id="a", **{"name": "Norderwerk Antriebe", **fields})
    return gleif.read(account, ask, BASE)


def record(name: str, country: str = "DE", *, status: str = "ACTIVE", number: int = 10) -> Any:
    address = {"country": country}
    entity = {"legalName": {"name": name}, "legalAddress": address, "headquartersAddress": address}
    return {"attributes": {"lei": f"{'A' * 18}{number}", "entity": {**entity, "status": status}}}


def answer(*records: Any, last_page: int = 1) -> bytes:
    pages = {"pagination": {"lastPage": last_page}}
    return json.dumps({"meta": pages, "data": records}).encode()


def lei(search: bytes, name: str, country: str | None = None) -> str | None:
    found = read(search, name=name, country=country).get("lei")
    return str(found)[-2:] if found else None


def test_the_register_says_name_country_parent_and_state() -> None:
    found = read(SEARCH)
    assert found == {
        "legal_name": "Norderwerk Antriebe GmbH",
        "lei": "529900NORDERWERKXX12",
        "country": "DE",
        "registration": "active",
        "parent": "Hallig Holding SE",
    }
    assert found.keys() <= gleif.FIELDS


def test_a_name_is_asked_for_whatever_it_holds() -> None:
    asked: list[str] = []

    def ask(url: str) -> FetchedPage:
        asked.append(url)
        return FetchedPage(200, url, {}, answer())

    gleif.read(examples.account(account_id="a", name="Ä & B?#/ ]"), ask, BASE)
    [url] = asked
    assert url.startswith(
        f"{BASE}/lei-records?filter%5Bentity.legalName%5D=%C3%84%20%26%20B%3F%23%2F%20%5D&"
    )
    assert url.isascii()


@pytest.mark.parametrize(
    ("records", "name", "country", "found"),
    [
        ([record("Acme Rockets GmbH")], "ACME ROCKETS", None, "10"),
        ([record("Acme Rockets GmbH")], "Acme Rockets", "Deutschland", "10"),
        ([record("Acme Rockets GmbH")], "Acme Rockets", "France", None),
        ([record("Acme Rockets Nord GmbH")], "Acme Rockets", None, None),
        ([record("Acme GmbH")], "Acme", None, None),
        ([record("Acme GmbH")], "Acme", "DE", "10"),
        ([record("Acme GmbH")], "Acme GmbH", None, "10"),
        ([record("Acme GmbH"), record("Acme AG", number=11)], "Acme", "DE", None),
        ([record("Acme GmbH"), record("Acme AG", number=11)], "Acme AG", "DE", "11"),
        ([record("Acme GmbH"), record("Acme Ltd", "GB", number=11)], "Acme", "UK", "11"),
        ([record("Acme KG", status="INACTIVE"), record("Acme SE", number=11)], "Acme", "DE", "11"),
        ([record("Acme GmbH", status="INACTIVE")], "Acme", "DE", "10"),
        ([], "Acme", "DE", None),
    ],
)  # fmt: skip
def test_only_one_record_that_nothing_contradicts_is_the_companys(
    records: list[Any], name: str, country: str | None, found: str | None
) -> None:
    assert lei(answer(*records), name, country) == found


def test_where_there_are_more_records_than_seen_only_the_very_name_counts() -> None:
    more = answer(record("Acme Rockets GmbH"), last_page=2)
    assert lei(more, "Acme Rockets", "DE") is None
    assert lei(more, "Acme Rockets GmbH", "DE") == "10"


def test_a_name_without_words_is_not_asked_for() -> None:
    assert read(b"never read", name="!!!") == {}


def test_a_parent_that_is_not_there_is_left_out() -> None:
    assert "parent" not in read(SEARCH, FetchError("status_404", status=404))
    with pytest.raises(FetchError):
        read(SEARCH, FetchError("too_slow"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Bad gateway</html>",
        b"[]",
        b"null",
        b'{"data": {}}',
        b'{"errors": [{"status": "400"}]}',
        b"[" * 100_000,
        b'{"data": ' + b"9" * 5000,
        b'{"data": NaN}',
        b'{"data": "\\ud800"}',
        b"\xff\xfe",
    ],
    ids=lambda body: body[:12].decode("latin-1"),
)
def test_what_is_no_answer_of_the_register_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableAnswerError):
        read(body)
    with pytest.raises(UnreadableAnswerError):
        read(SEARCH, body)
