"""Read what a mail has to say, and whether it may be said now."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from earshot.aws import clients
from earshot.aws.config_store import Config, ConfigStore
from earshot.aws.day_store import DayStore
from earshot.aws.seller_store import SellerStore
from earshot.domain import heartbeat, heartbeat_reader
from earshot.domain.attention import attend, local_day, next_day
from earshot.domain.claims import is_with_another
from earshot.domain.mail import Mail, MailContent, compose
from earshot.domain.models import Alert, AlertKind, Attention, Preferences, Seller
from earshot.domain.muting import muting
from earshot.errors import GoneError
from earshot.flows.action_links import ActionLinker, action_linker
from earshot.flows.draft_digest import DigestDrafts, digest_drafts
from earshot.flows.postponed import ASK_AGAIN, Diverted, Postponed
from earshot.flows.read_stories import Stories, Told, stories_on
from earshot.settings import settings

INTERRUPTING = frozenset((AlertKind.ALERT, AlertKind.UPDATE))
"""These take a part of the day's budget. What a colleague or the seller asked for does not."""


@dataclass(frozen=True)
class Drafts:
    stories: Stories
    sellers: SellerStore
    configs: ConfigStore
    days: DayStore
    digests: DigestDrafts
    linker: ActionLinker

    def of(self, alert: Alert, now: datetime) -> Mail | Postponed | Diverted:
        """``GoneError`` when the story, or the seller, is no longer there, or the matter settled.

        The seller's hours are asked again: a retry may come after they ended. While the
        deployment observes, the mail goes to the operator, and waits until there is one; but not
        that of a heartbeat.
        """
        is_heartbeat = heartbeat.is_reader(alert.seller_id)
        config = Config(live=True) if is_heartbeat else self.configs.get()
        if not config.live and config.operator_email is None:
            return Postponed(now + ASK_AGAIN, "no_operator")
        if alert.kind is AlertKind.DIGEST:
            return self.digests.of(alert, now)
        seller, wishes = self._reader(alert, now)
        told = self.stories.of(alert)
        attention = attend(seller, told.urgency, now)
        if attention.due_at is None or attention.due_at > now:
            return Postponed(attention.due_at or now + ASK_AGAIN, attention.reason)
        if instead := self._instead(alert, seller, told, wishes=wishes, now=now):
            return instead
        if not told.stories:
            return Postponed(now + ASK_AGAIN, "story_changes")
        return compose(self._content(alert, seller, told, attention=attention, config=config))

    def _reader(self, alert: Alert, now: datetime) -> tuple[Seller, Preferences | None]:
        if heartbeat_reader.slot_of(alert, now):
            return heartbeat_reader.SELLER, None
        found = self.sellers.with_wishes(alert.seller_id)
        if found is None:
            raise GoneError("seller")
        return found

    def _instead(
        self,
        alert: Alert,
        seller: Seller,
        told: Told,
        *,
        wishes: Preferences | None,
        now: datetime,
    ) -> Diverted | Postponed | None:
        """What may have been sent already waits for no digest, but for a day with room for it."""
        if alert.kind not in INTERRUPTING:
            return None
        if not alert.may_be_sent:
            if wishes and (reason := _unwished(wishes, told, now)):
                return Diverted(reason)
            reason = self._diverts(alert, seller, told, now=now)
            return Diverted(reason) if reason else None
        is_spent = self._is_spent(alert, seller, now)
        return Postponed(next_day(seller.hours, now), "over_budget") if is_spent else None

    def _diverts(self, alert: Alert, seller: Seller, told: Told, *, now: datetime) -> str | None:
        """What somebody takes care of needs no other's interruption; and a day has its budget."""
        if is_with_another(told.claim, seller.seller_id):
            return "claimed_by_another"
        if told.is_overtaken:
            return "same_story"
        return "over_budget" if self._is_spent(alert, seller, now) else None

    def _is_spent(self, alert: Alert, seller: Seller, now: datetime) -> bool:
        spent = self.days.interruptions(seller.seller_id, local_day(seller.hours, now))
        return alert.alert_id not in spent and len(spent) >= seller.budget

    def spend(self, alert: Alert, now: datetime) -> bool:
        """Whether the day has room for this interruption, which then takes it."""
        if alert.kind not in INTERRUPTING:
            return True
        seller = self.sellers.preferred(alert.seller_id)
        if seller is None:
            return True
        day = local_day(seller.hours, now)
        return self.days.spend(alert.seller_id, day, alert.alert_id, budget=seller.budget, now=now)

    def _content(
        self, alert: Alert, seller: Seller, told: Told, *, attention: Attention, config: Config
    ) -> MailContent:
        return MailContent(
            alert=alert,
            root=told.root,
            stories=told.stories,
            more_stories=told.more_stories,
            decision=told.decision,
            seller=seller,
            account=told.account,
            attention=attention,
            observer=None if config.live else config.operator_email,
            # Links act for the seller: they are no business of whoever observes.
            links=self.linker.of(alert, attention.read_at) if config.live else None,
            play=told.play,
            claim=told.claim,
            people=self._people(told),
        )

    def _people(self, told: Told) -> dict[str, str]:
        claim, account = told.claim, told.account
        ids = [claim.seller_id, claim.from_id] if claim else []
        return self.sellers.names([*ids, account.owner if account else None])


def _unwished(wishes: Preferences, told: Told, now: datetime) -> str | None:
    """Why the seller wants no mail of it, also since it was decided: every story is muted, or no
    mail is wanted at all."""
    if not wishes.instant:
        return "unsubscribed"
    relevance = told.decision.relevance
    mutes = [muting(wishes, story.signal, relevance, now=now) for story in told.stories]
    return "muted" if mutes and all(mutes) else None


@cache
def drafts() -> Drafts:
    table = clients.table(settings().EARSHOT_TABLE)
    return Drafts(
        stories=stories_on(table),
        sellers=SellerStore(table),
        configs=ConfigStore(table),
        days=DayStore(table),
        digests=digest_drafts(),
        linker=action_linker(),
    )
