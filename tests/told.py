"""A signal that sellers were told of, as it lies in the table: for tests of what follows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from earshot.aws import keys
from earshot.aws.account_store import AccountStore
from earshot.aws.items import item_of
from earshot.aws.open_signal_store import OpenSignalStore
from earshot.aws.outbox import Outbox
from earshot.aws.seller_store import SellerStore
from earshot.aws.signal_store import SignalStore
from earshot.aws.transactions import commit
from earshot.domain.grouping import summarise
from earshot.domain.models import (
    Alert,
    AlertState,
    Contribution,
    Decision,
    DecisionSet,
    EntryKind,
    Intent,
    Outcome,
    Relevance,
    Role,
    Seller,
    Signal,
)
from earshot.domain.pages import OpenSignal
from earshot.domain.stories import StoryPost, Strand, tell
from tests import examples

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.service_resource import Table

STRAND = "words:1"
SELLERS = ("anna", "ben", "carla")
CONTRIBUTIONS = (
    Contribution(name="intent_switching", points=45),
    Contribution(name="competitor_involved", points=25),
    Contribution(name="owned_by_another", points=-5),
)


@dataclass(frozen=True)
class Told:
    """Acme is Anna's, Ben is its deputy, Carla sits at the desk of RivalCRM."""

    table: "Table"
    signal: Signal
    alerts: dict[str, Alert]

    @property
    def signal_id(self) -> str:
        return self.signal.signal_id


def furnish(table: "Table", *posts: StoryPost, at: datetime, **changes: Any) -> Told:
    """Sellers, account, strand, signal, decisions; an alert that was sent for each seller, and the
    signal on each one's list."""
    for name in SELLERS:
        desks = ("competitor:rival",) if name == "carla" else ()
        SellerStore(table).put(seller(name, desks=desks, **changes))
    account = examples.account(
        owner="anna", deputies=("ben",), industry="Software", employees=120, phone="+49 30 1234"
    )
    AccountStore(table).put_accounts([account])
    told_posts = posts or (post(at - timedelta(hours=1)),)
    (told,) = tell([Strand(strand_id=STRAND, version=1, posts=told_posts)])
    signal = summarise(told, examples.subject(), revision=1, absorbed=())
    _put_strand(table, signal, told_posts)
    signals = SignalStore(table)
    decided = DecisionSet(
        signal_id=signal.signal_id, revision=1, decisions=tuple(map(_decision, SELLERS))
    )
    assert commit(table, [signals.puts(signal), *signals.puts_decisions(decided)]) is None
    return Told(table, signal, {name: _told(table, signal, name, at=at) for name in SELLERS})


def seller(name: str, **changes: Any) -> Seller:
    return examples.seller(name, name=f"{name.title()} Example", **changes)


def post(posted_at: datetime, **changes: Any) -> StoryPost:
    rival = examples.mention(EntryKind.COMPETITOR, "rival")
    plain = {
        "intent": Intent.SWITCHING,
        "quote": "We leave RivalCRM, what do people use?",
        "permalink": "https://forum.example/t/1",
        "posted_at": posted_at,
        "mentions": (examples.mention(EntryKind.ACCOUNT, "acme"), rival),
    }
    return examples.story_post("p1", **{**plain, **changes})


def _put_strand(table: "Table", signal: Signal, posts: tuple[StoryPost, ...]) -> None:
    key = f"{signal.signal_id}#{signal.subject.subject_id}"
    head: dict[str, Any] = {
        **keys.strand(STRAND),
        "strand_id": STRAND,
        "version": 1,
        "signals": {key},
    }
    table.put_item(Item=head)
    for one in posts:
        place = keys.strand_post(STRAND, one.source, one.native_id)
        table.put_item(Item=item_of(place, one, version=one.version))


def _decision(name: str) -> Decision:
    role = {"anna": Role.OWNER, "ben": Role.DEPUTY, "carla": Role.DESK}[name]
    relevance = Relevance(score=82, contributions=CONTRIBUTIONS, versions={"weights": "1"})
    return Decision(
        seller_id=name,
        role=role,
        outcome=Outcome.ALERT,
        reason="worth_an_alert",
        relevance=relevance,
    )


def _told(table: "Table", signal: Signal, name: str, *, at: datetime) -> Alert:
    subject_id, signal_id = signal.subject.subject_id, signal.signal_id
    alert = Alert(
        alert_id=keys.digest("alert", signal_id, name),
        signal_id=signal_id,
        subject_id=subject_id,
        seller_id=name,
        revision=1,
        state=AlertState.SENT,
        score=82,
        intent=signal.intent,
        posts=1,
        signal_ids=frozenset({(subject_id, signal_id)}),
        made_at=at,
        message_id=f"m-{name}",
    )
    assert commit(table, [Outbox(table).inserts(alert)]) is None
    told = OpenSignal(
        subject_id=subject_id,
        signal_id=signal_id,
        alert_id=alert.alert_id,
        score=82,
        told_at=at,
    )
    OpenSignalStore(table).told(name, told)
    return alert
