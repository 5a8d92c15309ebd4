"""What the demo sends, and what each delivery is there to show.

All of it is made up: companies, people and posts. The shapes are those of the platforms.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from earshot_ops.demo import post_office
from earshot_ops.demo.feed import Article
from earshot_ops.demo.post_office import Envelope

GITHUB = "product-issues"
FORUM = "trade-forum"
NEWS = "trade-news"

REPOSITORY = "fernwave/importer"
NOBODY_URL = "https://forum.example/t/905"
ERASED_URL = "https://forum.example/t/906"
PROSPECT_URL = "https://forum.example/t/901"
DECIDED_URL = "https://forum.example/t/908"
DECIDED_WORDS = "Which other CRM would you recommend"
FORGED_URL = "https://forum.example/t/907"
POSTS = (
    f"https://github.com/{REPOSITORY}/issues/12",
    f"https://github.com/{REPOSITORY}/issues/12#issuecomment-88001",
    *(f"https://forum.example/t/{number}" for number in (*range(901, 907), 908)),
    "https://tradenews.example/tidewell-series-c",
    "https://tradenews.example/saltmarsh-head-of-it",
    "https://tradenews.example/town-fair",
)
ERASED_WORDS = "my private number is on page three"
FORGED_WORDS = "Pipelord is down again"


@dataclass(frozen=True)
class Step:
    """One delivery, how often it is sent, and what the platform must be told."""

    envelope: Envelope
    times: int = 1
    expects: int = 202


def articles() -> tuple[Article, ...]:
    return (
        Article(
            guid="news-1",
            title="Tidewell Insurance raises $40M in Series C",
            text="The insurer announces plans to replace its CRM before the end of the year, and "
            "is switching from Pipelord.",
            author="Trade News Desk",
            link="https://tradenews.example/tidewell-series-c",
        ),
        Article(
            guid="news-2",
            title="Saltmarsh Logistics appoints a new head of IT",
            text="Mina de Vries joins from a bank. She is evaluating every contract, RivalCRM "
            "included.",
            author="Trade News Desk",
            link="https://tradenews.example/saltmarsh-head-of-it",
        ),
        Article(
            guid="news-3",
            title="Town fair draws record crowd",
            text="The weather held, and so did the tents.",
            author="Trade News Desk",
            link="https://tradenews.example/town-fair",
        ),
    )


def steps(github_secret: bytes, forum_secret: bytes, now: datetime) -> Iterator[Step]:
    """In the order of sending; the same words always make the same posts."""
    yield Step(_issue(github_secret, now), times=5)
    for number, entry in enumerate(_forum(now)):
        payload = {"posts": [entry]}
        yield Step(post_office.generic(FORUM, forum_secret, payload, identity=f"msg_demo_{number}"))
    bad = {"posts": [_entry(now, "907", "mallory", text=FORGED_WORDS)]}
    good = post_office.generic(FORUM, forum_secret, bad, identity="msg_demo_forged")
    yield Step(post_office.forged(good), expects=401)


def later_steps(github_secret: bytes, forum_secret: bytes, now: datetime) -> Iterator[Step]:
    """What is said after the sellers had their first mails."""
    yield Step(_comment(github_secret, now))
    asking = _entry(
        now,
        "908",
        "lena-f",
        text="Our price at RivalCRM doubles at the renewal. Which other CRM would you recommend "
        "for 25 people? We decide this week.",
    )
    payload = {"posts": [asking]}
    yield Step(post_office.generic(FORUM, forum_secret, payload, identity="msg_demo_908"))


def _forum(now: datetime) -> tuple[dict[str, Any], ...]:
    return (
        _entry(
            now,
            "901",
            "kim-r",
            text="We are leaving RivalCRM after three years, the renewal is due next month. What "
            "do people use instead? Any alternatives to it for 80 seats?",
        ),
        _entry(
            now,
            "902",
            "orchard-it",
            text="Orchard Foods here: we want to buy a CRM this quarter, budget for 300 seats is "
            "there. Can anyone recommend one? RivalCRM is on the shortlist.",
        ),
        _entry(
            now,
            "903",
            "textile-fan",
            text="Brightloom is switching from Pipelord, says their sales director. RivalCRM and "
            "Fernwave are being evaluated, a quote for both is requested.",
        ),
        _entry(
            now,
            "904",
            "harbour-dev",
            text="Harbour Labs had a great summer party. Thank you all!",
        ),
        _entry(now, "905", "gardener", text="Does anyone know when to plant tulips?"),
        _entry(
            now,
            "906",
            "regretful",
            text=f"Looking to replace RivalCRM, any alternatives? By the way, {ERASED_WORDS}.",
        ),
    )


def _entry(now: datetime, number: str, handle: str, *, text: str) -> dict[str, Any]:
    return {
        "id": number,
        "url": f"https://forum.example/t/{number}",
        "author": {
            "id": f"u-{handle}",
            "handle": handle,
            "name": handle.replace("-", " ").title(),
            "url": f"https://forum.example/u/{handle}",
        },
        "text": text,
        "posted_at": (now - timedelta(minutes=10)).isoformat(),
    }


def _issue(secret: bytes, now: datetime) -> Envelope:
    issue = _issue_of(now)
    payload = {
        "action": "opened",
        "issue": issue,
        "repository": {"id": 7001, "full_name": REPOSITORY},
        "sender": issue["user"],
    }
    return post_office.github(GITHUB, secret, payload, event="issues")


def _comment(secret: bytes, now: datetime) -> Envelope:
    comment = {
        "id": 88001,
        "html_url": f"https://github.com/{REPOSITORY}/issues/12#issuecomment-88001",
        "user": _user(502, "passer-by"),
        "body": "Same at our place. RivalCRM support never answers, it is a nightmare.",
        "created_at": _moment(now - timedelta(minutes=4)),
        "updated_at": _moment(now - timedelta(minutes=4)),
    }
    payload = {
        "action": "created",
        "issue": _issue_of(now),
        "comment": comment,
        "repository": {"id": 7001, "full_name": REPOSITORY},
        "sender": comment["user"],
    }
    return post_office.github(GITHUB, secret, payload, event="issue_comment")


def _issue_of(now: datetime) -> dict[str, Any]:
    return {
        "id": 77001,
        "number": 12,
        "html_url": f"https://github.com/{REPOSITORY}/issues/12",
        "title": "Import from RivalCRM",
        "user": _user(501, "petra-lindqvist"),
        "body": "We at Northwind are moving off RivalCRM before the end of the quarter. How much "
        "does the migration plan cost?",
        "comments": 1,
        "created_at": _moment(now - timedelta(minutes=20)),
        "updated_at": _moment(now - timedelta(minutes=20)),
    }


def _user(number: int, login: str) -> dict[str, Any]:
    return {"id": number, "login": login, "html_url": f"https://github.com/{login}"}


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
