"""A town that talks: accounts, competitors, and deliveries of what was said about them.

Posts, answers, reposts, quotes, edits and deletions in the order in which they happened; the same
for the same seed.
"""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from earshot.aws.account_store import AccountStore
from earshot.aws.config_store import Config, ConfigStore
from earshot.aws.seller_store import SellerStore
from earshot.domain.models import EntryKind
from earshot.flows import compile_watchlist
from tests import examples
from tests.house import House, entry
from tests.standin.event_sources import Context

Entry = dict[str, Any]

_START = datetime(2026, 9, 1, 8, tzinfo=UTC)
_SYLLABLES = ("vel", "mar", "tor", "quin", "bel", "sar", "lun", "dor", "fex", "gri", "hap", "zul")
RIVALS = ("RivalCRM", "Dealpipe", "Leadforge")
_PEOPLE = 400
_WORDS = {
    name: words.split()
    for line in (Path(__file__).parent / "town_words.txt").read_text().splitlines()
    for name, _, words in [line.partition(":")]
}
"""Enough of them that few posts of thousands share four words in a row, as among people."""

_WANTS = (
    "we at {account} are leaving {rival}, what {thing} would you take instead?",
    "{account} is looking for an alternative to {rival} before the {kind} {thing}",
    "is anybody at {account} happy with {rival}? The {thing} went up again and support is {kind}",
    "we are done with {rival} and its {thing}. What do people use instead?",
    "{account} raised a {kind} round and hires {n} people in sales",
    "thanks to {account} for the {kind} answer about the {thing}",
    "which {kind} plants survive a winter on a balcony in the north?",
)
_ASIDES = (
    "the {kind} {thing} takes {n} hours", "our {kind} {thing} of {n} cannot {act} like this",
    "ticket {n} about the {kind} {thing} is open", "the {kind} {thing} is in {n} weeks",
    "we compared {n} {kind} {thing}s to {act} with", "the {kind} {thing} was {n} euros too high",
    "version {n} broke our {kind} {thing}", "{kind} {thing} {n} is where we {act}",
    "it took {n} clicks to {act} one {kind} {thing}",
    "page {n} of the {kind} {thing} tells us to {act}",
    "my {kind} {thing} has asked me {n} times to {act}",
)  # fmt: skip
_ANSWERS = ("Same here at {account}.", "We had that too, {n} times.", "How much is it for {n}?")


@dataclass
class Town:
    """``accounts`` grow with the number of deliveries, so that signals stay of a natural size."""

    seed: int
    count: int
    accounts: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        names = ("".join(three).title() for three in itertools.permutations(_SYLLABLES, 3))
        wanted = max(8, min(self.count // 20, 1000))
        self.accounts = tuple(itertools.islice(names, wanted))

    def furnish(self, house: House) -> None:
        accounts, sellers = AccountStore(house.table), SellerStore(house.table)
        for number in range(8):
            sellers.put(examples.seller(f"owner-{number}"))
        for rival in RIVALS:
            desk = (f"competitor:{rival.lower()}",)
            sellers.put(examples.seller(f"desk-{rival.lower()}", desks=desk))
        accounts.put_accounts(
            examples.account(
                account_id=name.lower(),
                name=name,
                domains=(f"{name.lower()}.example",),
                owner=f"owner-{number % 8}",
            )
            for number, name in enumerate(self.accounts)
        )
        accounts.put_entries(
            examples.entry(EntryKind.COMPETITOR, rival.lower(), rival) for rival in RIVALS
        )
        ConfigStore(house.table).put(Config(live=True))
        compile_watchlist.handle({}, Context())

    @property
    def changed(self) -> set[str]:
        """Posts that are edited or deleted."""
        return {one["id"] for one in self.deliveries() if "deleted" in one or "edited_at" in one}

    def deliveries(self) -> Iterator[Entry]:
        """One post, edit or deletion each."""
        chance = random.Random(self.seed)
        said: list[Entry] = []
        for number in range(self.count):
            happened = self._next(number, said, chance)
            if "posted_at" in happened:
                said.append(happened)
            yield happened

    def _next(self, number: int, said: list[Entry], chance: random.Random) -> Entry:
        kinds = (self._post, self._answer, self._repost, self._edit, _deletion)
        (happen,) = chance.choices(kinds, (66, 14, 10, 7, 3))
        if not said:
            happen = self._post
        recent = said[-200:] or [{}]
        return happen(number, chance.choice(recent), chance)

    def _post(self, number: int, _: Entry, chance: random.Random) -> Entry:
        return _said(number, self._words(chance), chance)

    def _answer(self, number: int, to: Entry, chance: random.Random) -> Entry:
        text = self._filled(chance.choice(_ANSWERS), chance)
        root = to.get("thread_id", to["id"])
        return _said(number, text, chance, thread_id=root, parent_id=to["id"])

    def _repost(self, number: int, of: Entry, chance: random.Random) -> Entry:
        text, handle = of["text"], of["author"]["handle"]
        ways = (
            text,
            f"RT @{handle}: {text}",
            f"This! {text}",
            f"{text[: len(text) * 7 // 10]}\u2026",
            f"{text} https://short.example/{number}",
        )
        return _said(number, chance.choice(ways), chance)

    def _edit(self, number: int, of: Entry, chance: random.Random) -> Entry:
        edited = _moment(number)
        return {**of, "text": self._words(chance), "edited_at": edited}

    def _words(self, chance: random.Random) -> str:
        asides = (self._filled(aside, chance) for aside in chance.sample(_ASIDES, 4))
        wish = self._filled(chance.choice(_WANTS), chance)
        return f"{wish[0].upper()}{wish[1:]} {', '.join(asides)}."

    def _filled(self, text: str, chance: random.Random) -> str:
        account = self.accounts[int(len(self.accounts) * chance.random() ** 2)]
        named = f"{account} ({account.lower()}.example)" if chance.random() < 0.5 else account
        words = {name: chance.choice(some) for name, some in _WORDS.items()}
        number = chance.randrange(9999)
        return text.format(account=named, rival=chance.choice(RIVALS), n=number, **words)


def _said(number: int, text: str, chance: random.Random, **more: Any) -> Entry:
    person = chance.randrange(_PEOPLE)
    author = {"id": f"u{person}", "handle": f"handle-{person}", "name": f"Name {person}"}
    return entry(number, text, author=author, posted_at=_moment(number), **more)


def _deletion(_: int, of: Entry, __: random.Random) -> Entry:
    return {"id": of["id"], "deleted": True}


def _moment(number: int) -> str:
    return (_START + number * timedelta(minutes=13)).isoformat()
