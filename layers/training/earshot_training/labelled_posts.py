"""account_match: posts found by an alias, in the order they were written, with the accounts."""

import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

POSTS = "account_match.jsonl"
ACCOUNTS = "account_match_accounts.csv"


@dataclass(frozen=True)
class Company:
    name: str
    alias: str
    description: str
    website_text: str
    texts: tuple[str, ...]
    about: tuple[bool, ...]

    @property
    def share(self) -> float:
        return sum(self.about) / len(self.about)


def companies(folder: Path) -> list[Company]:
    """By name. Ids grow with time."""
    posts: dict[str, list[tuple[int, str, bool]]] = defaultdict(list)
    for line in (folder / POSTS).read_text("utf-8").splitlines():
        row = json.loads(line)
        posts[row["account"]].append((int(row["id"]), row["text"], bool(row["about"])))
    with (folder / ACCOUNTS).open(encoding="utf-8", newline="") as file:
        accounts = {row["name"]: row for row in csv.DictReader(file)}
    return [_company(accounts[name], sorted(posts[name])) for name in sorted(posts)]


def _company(account: dict[str, str], posts: list[tuple[int, str, bool]]) -> Company:
    return Company(
        name=account["name"],
        alias=account["query"],
        description=account["description"],
        website_text=account["website_text"],
        texts=tuple(text for _, text, _ in posts),
        about=tuple(about for _, _, about in posts),
    )
