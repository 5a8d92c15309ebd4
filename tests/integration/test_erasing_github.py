"""GitHub repeats an issue or a discussion in every event about it: an erasure reaches all of
them."""

import json
from typing import Any

import pytest

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import DataClass
from earshot.flows.erase import eraser
from tests.house import House
from tests.standin.stage import Aws

WORDS = "Acme is leaving RivalCRM"
ISSUE: dict[str, Any] = {
    "id": 9001,
    "html_url": "https://github.com/acme/shop/issues/1",
    "title": WORDS,
    "body": "words of the issue",
    "user": {"id": 501, "login": "jonas-w"},
    "created_at": "2026-03-02T09:15:00Z",
    "updated_at": "2026-03-02T09:15:00Z",
}
COMMENT: dict[str, Any] = {
    **{name: value for name, value in ISSUE.items() if name != "title"},
    "id": 9102,
    "html_url": "https://github.com/acme/shop/issues/1#issuecomment-9102",
    "body": "Acme should look at RivalCRM's pricing, any alternatives?",
    "user": {"id": 502, "login": "mira-k"},
}


@pytest.fixture
def aws(either_aws: Aws) -> Aws:
    return either_aws


def deliver(house: House, event: str, action: str, **parts: Any) -> None:
    body = json.dumps({"action": action, **parts}).encode()
    raw = RawObject({"x-github-event": event}, body, DataClass.OWNED)
    house.deliver_raw("github", raw)


def deliver_all(house: House) -> None:
    deliver(house, "issues", "opened", issue=ISSUE)
    deliver(house, "issues", "labeled", issue=ISSUE, label="crm")
    deliver(house, "issue_comment", "created", issue=ISSUE, comment=COMMENT)
    house.run()


def places(house: House) -> list[str]:
    return house.places_with(WORDS, "words of the issue", "jonas-w")


def test_an_issue_that_is_deleted_goes_from_every_event_that_repeats_it(house: House) -> None:
    house.furnish()
    deliver_all(house)
    assert len(places(house)) >= 3
    deliver(house, "issues", "deleted", issue=ISSUE)
    house.run()
    assert places(house) == []
    assert house.places_with("pricing")


@pytest.mark.parametrize("known", ["issue", "comment"])
def test_an_erased_author_goes_from_events_about_others_too(house: House, known: str) -> None:
    house.furnish()
    if known == "issue":
        deliver_all(house)
    else:
        deliver(house, "issue_comment", "created", issue=ISSUE, comment=COMMENT)
        house.run()
    eraser().erase_person("github", "501")
    assert places(house) == []
    deliver(house, "issue_comment", "edited", issue=ISSUE, comment=COMMENT)
    deliver(house, "issues", "closed", issue=ISSUE)
    house.run()
    assert places(house) == []
    assert house.places_with("pricing")


DISCUSSION: dict[str, Any] = {**ISSUE, "id": 7001}
ANSWER: dict[str, Any] = {**COMMENT, "id": 7101, "discussion_id": 7001}


def test_a_discussion_that_is_deleted_goes_from_the_answers_too(house: House) -> None:
    house.furnish()
    deliver(house, "discussion", "created", discussion=DISCUSSION)
    deliver(house, "discussion", "answered", discussion=DISCUSSION, answer=ANSWER)
    deliver(house, "discussion_comment", "created", discussion=DISCUSSION, comment=ANSWER)
    house.run()
    assert len(places(house)) >= 3
    deliver(house, "discussion", "deleted", discussion=DISCUSSION)
    house.run()
    assert places(house) == []
    assert house.places_with("pricing")


def test_an_erased_author_of_an_answer_goes_from_events_about_the_discussion(house: House) -> None:
    house.furnish()
    deliver(house, "discussion", "created", discussion=DISCUSSION)
    deliver(house, "discussion", "answered", discussion=DISCUSSION, answer=ANSWER)
    deliver(house, "discussion_comment", "created", discussion=DISCUSSION, comment=ANSWER)
    house.run()
    eraser().erase_person("github", "502")
    assert house.places_with("pricing", "mira-k") == []
    assert places(house)
