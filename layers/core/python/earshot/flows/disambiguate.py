"""Tell the posts that mean an account from those that only share a word with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from earshot.aws import clients
from earshot.aws.account_store import AccountStore
from earshot.aws.alias_store import AliasStore
from earshot.aws.fresh import Fresh
from earshot.aws.transactions import Action
from earshot.domain.cascade import Cascade, Priors, Subjects
from earshot.domain.matching import Candidates
from earshot.domain.models import EntryKind, Mention, Post
from earshot.domain.subjects import account_id_of
from earshot.domain.tokens import words
from earshot.meanings import cascade
from earshot.settings import settings

FRESH_SECONDS = 60.0
MOST_KEPT = 2_000


@dataclass(frozen=True)
class Sighting:
    """An ambiguous alias in a post, and how near the post is to the account that bears it, by the
    version of each judge that read it."""

    entry_id: str
    alias: str
    kinships: Mapping[str, float]


@dataclass(frozen=True)
class Settled:
    """``mentions`` are meant, ``unsure`` may be; both in the order of their entry ids."""

    mentions: tuple[Mention, ...]
    unsure: tuple[Mention, ...] = ()
    sightings: tuple[Sighting, ...] = ()


@dataclass(frozen=True)
class Disambiguation:
    """Knows each subject for ``FRESH_SECONDS``."""

    cascade: Cascade
    accounts: AccountStore
    aliases: AliasStore
    known: Fresh[tuple[str, str], tuple[Subjects, Priors]] = field(
        default_factory=lambda: Fresh(MOST_KEPT)
    )

    def settle(self, post: Post, candidates: Candidates) -> Settled:
        """Exact evidence and unambiguous names hold; an ambiguous name of an account is judged by
        what is known of the account. Names that were listed by hand (competitors, brands, topics)
        hold as well: of those an intent to buy is asked later."""
        mentions = list(candidates.sure)
        unsure: list[Mention] = []
        sightings: list[Sighting] = []
        for name in candidates.names:
            if not name.is_ambiguous:
                continue
            if name.mention.kind is not EntryKind.ACCOUNT:
                mentions.append(name.mention)
                continue
            judged, is_about, sighting = self._judge(post, name.mention)
            (mentions if is_about else unsure).append(judged)
            sightings.append(sighting)
        return Settled(
            mentions=tuple(sorted(mentions, key=lambda mention: mention.entry_id)),
            unsure=tuple(unsure),
            sightings=tuple(sightings),
        )

    def remember(self, settled: Settled) -> None:
        """Counts the post for the priors of its ambiguous aliases."""
        for seen in settled.sightings:
            self.aliases.observe(seen.entry_id, seen.alias, seen.kinships)

    def taught(self, text: str, mention: Mention, *, about: bool) -> Action | None:
        """Keeps what a seller said of a post that was found by the name in this mention's first
        evidence; ``None`` where the name was never doubted."""
        alias = " ".join(words(mention.evidence[0].value))
        counted = self.aliases.counted(mention.entry_id, alias)
        if counted is None:
            return None
        priors = counted.priors(self.cascade.versions)
        subjects = self._subjects(mention, alias)
        return self.aliases.labels(counted, self.cascade.teach(text, subjects, priors, about=about))

    def _judge(self, post: Post, mention: Mention) -> tuple[Mention, bool, Sighting]:
        alias = " ".join(words(mention.evidence[0].value))
        subjects, priors = self.known.get(
            (mention.entry_id, alias),
            lambda: (self._subjects(mention, alias), self.aliases.priors(mention.entry_id, alias)),
            max_age=FRESH_SECONDS,
        )
        verdict = self.cascade.judge(post.plain, subjects, priors)
        judged = mention.model_copy(update={"percent": verdict.percent})
        return judged, verdict.about, Sighting(mention.entry_id, alias, verdict.kinships)

    def _subjects(self, mention: Mention, alias: str) -> Subjects:
        account_id = account_id_of(mention.entry_id)
        account = self.accounts.get(account_id) if account_id else None
        return self.cascade.subjects(
            alias,
            name=mention.name,
            description=account.description if account else None,
            website_text=account.website_text if account else None,
        )


@cache
def disambiguation() -> Disambiguation:
    table = clients.table(settings().EARSHOT_TABLE)
    return Disambiguation(cascade(), AccountStore(table), AliasStore(table))
