"""What a platform deletes takes with it what hangs on it: the replies of a topic, the other numbers
of a post that was edited; in any order of arrival."""

import json
from itertools import permutations
from typing import Any

import pytest

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import DataClass
from earshot.flows.erase import eraser
from tests.house import House
from tests.standin import StandIn

FORUM = {"x-discourse-instance": "https://forum.example", "x-discourse-event-type": "post"}
REPLY = {
    "id": 815,
    "topic_id": 77,
    "topic_title": "Leaving RivalCRM",
    "topic_slug": "leaving",
    "post_number": 3,
    "username": "mira-k",
    "user_id": 32,
    "raw": "We at Acme are leaving RivalCRM, any alternatives?",
    "cooked": "<p>We at Acme are leaving RivalCRM, any alternatives?</p>",
    "created_at": "2026-11-18T11:00:00.000Z",
    "updated_at": "2026-11-18T11:00:00.000Z",
    "version": 1,
}
FIRST, SECOND = "2028398656201162753", "2028401300206518273"


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


def forum(house: House, event: str, **parts: Any) -> None:
    headers = {**FORUM, "x-discourse-event": event}
    headers["x-discourse-event-type"] = event.partition("_")[0]
    house.deliver_raw("discourse", RawObject(headers, json.dumps(parts).encode(), DataClass.OWNED))


def reply(house: House) -> None:
    forum(house, "post_created", post=REPLY)


def topic_goes(house: House) -> None:
    forum(house, "topic_destroyed", topic={"id": 77, "title": "Leaving RivalCRM"})


def said(house: House, number: str, *, history: tuple[str, ...], words: str) -> None:
    post = {
        "id": number,
        "text": words,
        "author_id": "8101",
        "created_at": "2026-11-18T11:00:00.000Z",
        "edit_history_tweet_ids": list(history),
    }
    users = [{"id": "8101", "username": "mira", "name": "Mira Kovac"}]
    body = json.dumps({"data": post, "includes": {"users": users}}).encode()
    house.deliver_raw("x", RawObject({}, body, DataClass.OWNED))


def first(house: House) -> None:
    said(house, FIRST, history=(FIRST,), words="We at Acme are leaving RivalCRM, any hints?")


def edited(house: House) -> None:
    said(house, SECOND, history=(FIRST, SECOND), words="We at Acme leave RivalCRM, any hints?")


def chain_goes(house: House) -> None:
    gone = {"tweet": {"id": SECOND, "author_id": "8101"}, "event_at": "2026-11-18T12:00:00.000Z"}
    body = json.dumps({"data": {"tweet_delete": gone}}).encode()
    house.deliver_raw("x", RawObject({}, body, DataClass.OWNED))


@pytest.mark.parametrize("order", list(permutations((reply, topic_goes))))
def test_replies_go_with_their_topic(house: House, order: Any) -> None:
    house.furnish()
    for step in order:
        step(house)
        house.run()
    assert house.places_with("leaving RivalCRM", "Leaving RivalCRM", "mira-k") == []
    assert house.signals("account:acme") == {}


def test_the_author_of_a_topic_takes_no_reply_of_others_along(house: House) -> None:
    house.furnish()
    reply(house)
    opened = {**REPLY, "id": 801, "post_number": 1, "username": "jonas", "user_id": 31}
    forum(house, "post_created", post=opened)
    house.run()
    eraser().erase_person("discourse", "forum.example:user:31")
    assert house.places_with("jonas") == []
    assert house.places_with("mira-k")


@pytest.mark.parametrize("order", list(permutations((first, edited, chain_goes))))
def test_a_post_goes_by_any_of_its_numbers(house: House, order: Any) -> None:
    house.furnish()
    for step in order:
        step(house)
        house.run()
    assert house.places_with("RivalCRM, any hints", "Mira Kovac") == []
