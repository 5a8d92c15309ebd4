"""Posts as the platforms send them, each with a word that no other post has."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from earshot.aws import keys
from earshot.domain.stories import signal_id
from earshot_ops.demo import post_office
from earshot_ops.demo.post_office import Envelope
from tests.e2e.companies import Company

GITHUB = "product-issues"
FORUM = "trade-forum"
REPOSITORY = "fernwave/importer"
RIVAL = "Pipelord"


@dataclass(frozen=True)
class Post:
    """Somebody of the company says that they look for something new: worth one mail."""

    source: str
    number: str
    word: str
    company: Company

    @property
    def native_id(self) -> str:
        return f"issue:{self.number}" if self.source == "github" else self.number

    @property
    def reference(self) -> str:
        return f"{self.source}:{self.native_id}"

    @property
    def permalink(self) -> str:
        if self.source == "github":
            return f"https://github.com/{REPOSITORY}/issues/{self.number}"
        return f"https://forum.example/t/{self.number}"

    @property
    def author_id(self) -> str:
        return f"8{self.number}" if self.source == "github" else f"u-{self.number}"

    @property
    def handle(self) -> str:
        return f"handle-{self.word}"

    @property
    def text(self) -> str:
        return f"We at {self.company.name} are leaving {RIVAL}, says {self.word}. Any alternatives?"

    @property
    def alert_id(self) -> str:
        """Of the alert that the owner of the company is due, by its signal's first revision."""
        subject = f"account:{self.company.account_id}"
        signal = signal_id(subject, self.source, self.native_id)
        return keys.digest(self.company.seller_id, signal, "1", self.source, self.native_id)


def post(source: str, company: Company) -> Post:
    unique = uuid.uuid4()
    return Post(source, str(unique.int % 10**12), f"w{unique.hex}", company)


def github(post: Post, secret: bytes, **changes: Any) -> Envelope:
    author = {
        "id": int(post.author_id),
        "login": post.handle,
        "html_url": f"https://github.com/{post.handle}",
        "type": "User",
    }
    said_at = (datetime.now(UTC) - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    issue = {
        "id": int(post.number),
        "number": int(post.number),
        "html_url": post.permalink,
        "title": f"Import from {RIVAL}",
        "user": author,
        "body": post.text,
        "comments": 0,
        "reactions": {"total_count": 0},
        "created_at": said_at,
        "updated_at": said_at,
    }
    payload = {
        "action": "opened",
        "issue": issue,
        "repository": {"id": 7001, "full_name": REPOSITORY},
        "sender": author,
        **changes,
    }
    return post_office.github(GITHUB, secret, payload, event="issues")


def forum(posts: Sequence[Post], secret: bytes) -> Envelope:
    """All of them in one delivery."""
    return of_forum([entry(post) for post in posts], secret)


def of_forum(entries: Sequence[Mapping[str, Any]], secret: bytes) -> Envelope:
    return post_office.generic(
        FORUM, secret, {"posts": entries}, identity=f"msg_{uuid.uuid4().hex}"
    )


def entry(post: Post) -> dict[str, Any]:
    return {
        "id": post.native_id,
        "url": post.permalink,
        "author": {
            "id": post.author_id,
            "handle": post.handle,
            "name": f"Name {post.word}",
            "url": f"https://forum.example/u/{post.handle}",
        },
        "text": post.text,
        "posted_at": (datetime.now(UTC) - timedelta(minutes=5)).isoformat(),
    }
