"""Platforms that are asked: feeds and APIs, as they answer on loopback."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.e2e.replayed import JSON, Answer, Answering, Asked, of_json, tagged
from tests.e2e.sayings import Saying
from tests.e2e.web_platforms import atom

REDDIT_SECRET = "client-id:client-5ecret"
TOKEN = "t0ken-of-this-run"


@dataclass(frozen=True)
class Poller:
    """``words`` are what `earshot connect` is told beside the address, ``page`` the path that is
    asked for news, below the source's own. ``answers`` are those of all paths when this was said,
    the newest first."""

    source: str
    page: str
    native_id: Callable[[Saying], str]
    answers: Callable[[Sequence[Saying]], Mapping[str, Answering]]
    words: tuple[str, ...] = ()
    secret: str = ""
    asks_conditionally: bool = True


def _feed(said: Sequence[Saying]) -> Mapping[str, Answering]:
    return {"": tagged(atom(*said).encode(), "application/atom+xml")}


def _hackernews(said: Sequence[Saying]) -> Mapping[str, Answering]:
    """Every number below the newest is an item."""
    stories = {f"/item/{one.number}.json": of_json(_story(one)) for one in said}
    newest = max(one.number for one in said)
    told = [one.number for one in said if one.is_edit]
    return {
        "/maxitem.json": of_json(newest),
        "/updates.json": of_json({"items": told, "profiles": []}),
        **stories,
    }


def _story(said: Saying) -> dict[str, Any]:
    told = {"id": said.number, "type": "story", "by": said.handle, "time": said.first_seconds}
    return {**told, "title": said.text, "score": 1, "descendants": 0}


def _reddit(said: Sequence[Saying]) -> Mapping[str, Answering]:
    listing = {"kind": "Listing", "data": {"after": None, "children": [*map(_link, said)]}}
    return {
        "/api/v1/access_token": _reddit_token,
        "/search": tagged(json.dumps(listing).encode()),
        "/api/info": of_json(listing),
    }


def _reddit_token(asked: Asked) -> Answer:
    known = f"Basic {base64.b64encode(REDDIT_SECRET.encode()).decode()}"
    if asked.headers.get("authorization") != known or not asked.form.get("grant_type"):
        return Answer(status=401)
    return Answer(json.dumps({"access_token": TOKEN}).encode(), headers=JSON)


def reddit_taken_back(*said: Saying) -> Answering:
    """What ``/api/info`` answers once the authors took it back."""
    gone = {"selftext": "[deleted]", "author": "[deleted]", "title": "[deleted by user]"}
    children = [{"kind": "t3", "data": {**_link(one)["data"], **gone}} for one in said]
    return of_json({"kind": "Listing", "data": {"after": None, "children": children}})


def _link(said: Saying) -> dict[str, Any]:
    name = _base36(said.number)
    data = {
        "id": name,
        "name": f"t3_{name}",
        "title": "A question",
        "selftext": said.text,
        "author": said.handle,
        "author_fullname": f"t2_{_base36(said.author_number)}",
        "created_utc": float(said.first_seconds),
        "edited": float(said.seconds) if said.is_edit else False,
        "permalink": f"/r/crm/comments/{name}/a_question/",
    }
    return {"kind": "t3", "data": data}


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    return _base36(number // 36) + digits[number % 36] if number >= 36 else digits[number]


def _stackexchange(said: Sequence[Saying]) -> Mapping[str, Answering]:
    return {"/search/advanced": tagged(json.dumps(questions(said)).encode())}


def questions(said: Sequence[Saying], **beside: Any) -> dict[str, Any]:
    return {
        "items": [*map(_question, said)],
        "has_more": False,
        "quota_max": 300,
        "quota_remaining": 250,
        **beside,
    }


def _question(said: Saying) -> dict[str, Any]:
    edited = {"last_edit_date": said.seconds} if said.is_edit else {}
    return {
        "question_id": said.number,
        "title": "A question",
        "body": f"<p>{said.text}</p>",
        "link": f"https://stackoverflow.com/questions/{said.number}/a-question",
        "owner": {"user_id": said.author_number, "display_name": said.name},
        "creation_date": said.first_seconds,
        "last_activity_date": said.seconds,
        **edited,
    }


def _bluesky(said: Sequence[Saying]) -> Mapping[str, Answering]:
    views = [_view(one) for one in said]
    page = json.dumps({"posts": views}).encode()
    return {"/xrpc/app.bsky.feed.searchPosts": tagged(page)}


def _view(said: Saying) -> dict[str, Any]:
    record = {"$type": "app.bsky.feed.post", "text": said.text, "createdAt": said.first_moment}
    return {
        "uri": _bluesky_uri(said),
        "cid": f"cid{said.number}",
        "author": {
            "did": f"did:plc:{said.author_number}",
            "handle": f"{said.handle}.bsky.example",
            "displayName": said.name,
        },
        "record": record,
        "indexedAt": said.first_moment,
    }


def _bluesky_uri(said: Saying) -> str:
    return f"at://did:plc:{said.author_number}/app.bsky.feed.post/{said.number}"


def _mastodon(said: Sequence[Saying]) -> Mapping[str, Answering]:
    def timeline(asked: Asked) -> Answer:
        newer = [one for one in said if one.number > int(asked.query.get("min_id") or 0)]
        return Answer(json.dumps([*map(_status, newer)]).encode(), headers=JSON)

    return {"/api/v1/timelines/tag/crm": timeline}


def _status(said: Saying) -> dict[str, Any]:
    account = {
        "id": str(said.author_number),
        "username": said.handle,
        "acct": said.handle,
        "display_name": said.name,
        "url": f"https://tags.example/@{said.handle}",
        "uri": f"https://tags.example/users/{said.author_number}",
    }
    return {
        "id": str(said.number),
        "created_at": said.first_moment,
        "edited_at": None,
        "visibility": "public",
        "uri": _mastodon_uri(said),
        "url": f"https://tags.example/@{said.handle}/{said.number}",
        "content": f"<p>{said.text}</p>",
        "account": account,
    }


def _mastodon_uri(said: Saying) -> str:
    return f"https://tags.example/users/{said.author_number}/statuses/{said.number}"


POLLERS = (
    Poller(
        "rss",
        page="",
        native_id=lambda said: f"tag:news.example,2026:{said.number}",
        answers=_feed,
    ),
    Poller(
        "hackernews",
        page="/maxitem.json",
        native_id=lambda said: str(said.number),
        answers=_hackernews,
        asks_conditionally=False,
    ),
    Poller(
        "reddit",
        page="/search",
        native_id=lambda said: f"t3_{_base36(said.number)}",
        answers=_reddit,
        words=("--query", "pipelord"),
        secret=REDDIT_SECRET,
    ),
    Poller(
        "stackexchange",
        page="/search/advanced",
        native_id=lambda said: f"stackoverflow:question:{said.number}",
        answers=_stackexchange,
        words=("--query", "stackoverflow: pipelord"),
    ),
    Poller(
        "bluesky",
        page="/xrpc/app.bsky.feed.searchPosts",
        native_id=_bluesky_uri,
        answers=_bluesky,
        words=("--query", "pipelord"),
    ),
    Poller(
        "mastodon",
        page="/api/v1/timelines/tag/crm",
        native_id=_mastodon_uri,
        answers=_mastodon,
        words=("--query", "crm"),
        asks_conditionally=False,
    ),
)
