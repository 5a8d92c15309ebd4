"""An example of what each kind of mail is made of, for tests and for pictures."""

from datetime import date, datetime, timedelta
from typing import Any

from earshot.domain.deliveries import ConnectionState
from earshot.domain.digest import (
    Digest,
    DigestGroup,
    DigestItem,
    OpenItem,
    Resolved,
)
from earshot.domain.links import ActionLinks
from earshot.domain.mail import MailContent, PlayShown, Story
from earshot.domain.models import (
    Alert,
    AlertKind,
    AlertState,
    Attention,
    Claim,
    Contribution,
    Decision,
    Event,
    Evidence,
    EvidenceKind,
    Intent,
    Outcome,
    Relevance,
    Role,
    Signal,
    SignalPost,
    Urgency,
    WorkingHours,
)
from tests import examples

NOON = examples.NOON
MORNING = NOON + timedelta(hours=19)  # 08:00 in Berlin
NORA = examples.seller("nora", name="Nora Weiss", hours=WorkingHours(zone="Europe/Berlin"))
PEOPLE = {"nora": "Nora Weiss", "jonas": "Jonas Brandt", "lea": "Lea Sommer"}
ACME = examples.account(
    industry="Manufacturing",
    country="DE",
    employees=1850,
    revenue=240_000_000,
    stage="opportunity",
    owner="nora",
    phone="+49 30 5550199",
)

LEAVING = examples.signal_post(
    permalink="https://forum.example/t/42#p1",
    source="generic",
    author=examples.author(name="Jo Müller", handle="jo"),
    quote="We are leaving RivalCRM.\nWhat do people use instead?",
    objects=("competitor:rivalcrm",),
    intent=Intent.SWITCHING,
    urgency=Urgency.NOW,
    evidence=(
        Evidence(kind=EvidenceKind.ALIAS, value="RivalCRM", start=15, end=23),
        Evidence(kind=EvidenceKind.CUE, value="leaving", start=7, end=14),
    ),
)
ANSWERED = LEAVING.model_copy(
    update={
        "native_id": "p2",
        "permalink": "https://forum.example/t/42#p2",
        "author": examples.author(author_id="u2", name="Kim Park", handle="kim"),
        "quote": "Same here: our renewal is due in three weeks, and we want to be out by then.",
        "posted_at": NOON + timedelta(minutes=50),
        "evidence": (Evidence(kind=EvidenceKind.CUE, value="want to be out"),),
    }
)
FUNDED = examples.signal_post(
    "n1",
    permalink="https://news.example/acme-raises",
    source="rss",
    author=examples.author(author_id="n", name="Trade News", handle=None),
    quote="Acme raises 40 million to build its second plant.",
    intent=Intent.NEWS,
    posted_at=NOON - timedelta(hours=2),
    evidence=(Evidence(kind=EvidenceKind.ALIAS, value="Acme"),),
)
PLAY = PlayShown(
    play_id="leaving_a_competitor",
    title="They are leaving a competitor",
    text="Ask what made them look around.\n1. Answer in the thread.\n2. Offer help with moving.",
    html=(
        "<p>Ask what made them look around.</p>\n<ol>\n<li>Answer <strong>in the thread</strong>."
        '</li>\n<li>Offer <a href="https://wiki.example/moving">help with moving</a>.</li>\n</ol>'
    ),
)


def links(alert_id: str = "a1") -> ActionLinks:
    base = "https://actions.example/prod"
    names = [name for name in ActionLinks.model_fields if name != "one_click"]
    urls = {name: f"{base}/{name}?t={alert_id}.{len(name)}.sig" for name in names}
    return ActionLinks(**urls, one_click=f"{base}/one-click?t={alert_id}.sig")


def signal(**changes: Any) -> Signal:
    plain = {
        "signal_id": "5f0c",
        "subject": examples.subject(),
        "objects": ("competitor:rivalcrm",),
        "intent": Intent.SWITCHING,
        "urgency": Urgency.NOW,
        "post_count": 1,
        "author_count": 1,
        "first_posted_at": NOON,
        "last_posted_at": NOON,
        "revision": 1,
    }
    return Signal.model_validate({**plain, **changes})


NEWS = signal(
    signal_id="77aa",
    objects=(),
    intent=Intent.NEWS,
    urgency=Urgency.NONE,
    event=Event.FUNDING,
    first_posted_at=FUNDED.posted_at,
    last_posted_at=FUNDED.posted_at,
)


def alert(kind: AlertKind = AlertKind.ALERT, alert_id: str = "a1", **changes: Any) -> Alert:
    plain = {
        "alert_id": alert_id,
        "kind": kind,
        "signal_id": "5f0c",
        "subject_id": "account:acme",
        "seller_id": "nora",
        "state": AlertState.PENDING,
        "score": 91,
        "intent": Intent.SWITCHING,
        "posts": 1,
        "told_at": None,
    }
    return Alert.model_validate({**plain, **changes})


def decision(role: Role = Role.OWNER, **changes: Any) -> Decision:
    parts = {
        "intent_switching": 40,
        "urgency_now": 15,
        "competitor_involved": 15,
        "open_stage": 10,
        f"role_{role}": 25,
        "owned_by_another": -30,
        "something_new": 1,
    }
    plain = {
        "seller_id": "nora",
        "role": role,
        "outcome": Outcome.ALERT,
        "reason": "worth_an_alert",
        "relevance": Relevance(
            score=76,
            contributions=tuple(Contribution(name=n, points=p) for n, p in parts.items()),
            versions={},
        ),
    }
    return Decision.model_validate({**plain, **changes})


def at(moment: datetime) -> Attention:
    return Attention(read_at=moment, due_at=moment, reason="within_hours")


def content(*posts: SignalPost, **changes: Any) -> MailContent:
    """An alert about one story. ``signal`` and ``alert`` are changes to theirs."""
    told = posts or (LEAVING,)
    about = signal(**{"post_count": len(told), **changes.pop("signal", {})})
    own = alert(**changes.pop("alert", {}))
    plain = {
        "alert": own,
        "root": own,
        "stories": (Story(signal=about, posts=told), *changes.pop("others", ())),
        "decision": decision(changes.pop("role", Role.OWNER)),
        "seller": NORA,
        "account": ACME,
        "attention": at(NOON),
        "links": links(),
        "people": PEOPLE,
    }
    return MailContent.model_validate({**plain, **changes})


TOLD = alert(state=AlertState.SENT, told_at=NOON)
HANDED = Claim(
    signal_id="5f0c",
    subject_id="account:acme",
    seller_id="nora",
    from_id="jonas",
    state="offered",
    note="I am away from tomorrow on.\nJo answers best before lunch.",
    claimed_at=NOON + timedelta(minutes=58),
    lease_until=NOON + timedelta(hours=3, minutes=58),
    version=2,
)
SILENT = HANDED.model_copy(
    update={
        "seller_id": "jonas",
        "from_id": None,
        "state": "claimed",
        "note": "",
        "claimed_at": NOON + timedelta(minutes=10),
        "lease_until": NOON + timedelta(hours=4),
    }
)

LATER = at(NOON + timedelta(hours=1))

ALERT = content(play=PLAY)
PROSPECT = content(
    LEAVING.model_copy(update={"author": examples.author(name=None, handle="jo42")}),
    examples.signal_post("p0", quote="Anybody?", posted_at=NOON - timedelta(hours=3)),
    signal={"subject": examples.subject(account_id=None, name="jo42"), "urgency": Urgency.SOON},
    alert={"posts": 2},
    role=Role.DESK,
    account=None,
    links=None,
    observer="operator@company.example",
)
UPDATE = content(
    ANSWERED,
    alert={"kind": AlertKind.UPDATE, "alert_id": "a2", "root_id": "a1"},
    root=TOLD,
    attention=LATER,
    links=links("a2"),
)
STORIES = content(
    ANSWERED,
    alert={"kind": AlertKind.UPDATE, "alert_id": "a3", "root_id": "a1"},
    root=TOLD,
    attention=LATER,
    links=links("a3"),
    others=(Story(signal=NEWS, posts=(FUNDED,), more=2),),
    more_stories=1,
    resolved="Jonas Brandt claimed it at 13:40.",
)
HANDOVER = content(
    LEAVING,
    ANSWERED,
    alert={"kind": AlertKind.HANDOVER, "alert_id": "h1", "posts": 2},
    attention=LATER,
    claim=HANDED,
    links=links("h1"),
)
ESCALATION = content(
    alert={"kind": AlertKind.ESCALATION, "alert_id": "e1", "root_id": "a1"},
    root=TOLD,
    attention=at(NOON + timedelta(hours=4, minutes=5)),
    claim=SILENT,
    links=links("e1"),
)
REMINDER = content(
    alert={"kind": AlertKind.REMINDER, "alert_id": "r1", "root_id": "a1"},
    root=TOLD,
    attention=at(NOON + timedelta(days=1)),
    signal={"urgency": Urgency.SOON},
    links=links("r1"),
)


def digest(**changes: Any) -> Digest:
    """A quiet day."""
    own = alert(AlertKind.DIGEST, "d1", signal_id="", subject_id="", day=date(2026, 11, 19))
    plain = {
        "alert": own,
        "seller": NORA,
        "day": date(2026, 11, 19),
        "made_at": MORNING,
        "since": MORNING - timedelta(days=1),
        "connections": (
            ConnectionState(
                source="generic",
                connection_id="forum",
                last_delivery_at=MORNING - timedelta(hours=1),
            ),
            ConnectionState(
                source="rss",
                connection_id="trade",
                last_delivery_at=MORNING - timedelta(days=2),
                last_error="the feed answered 503",
                last_error_at=MORNING - timedelta(minutes=12),
            ),
            ConnectionState(source="github", connection_id="ours"),
        ),
        "links": links("d1"),
    }
    return Digest.model_validate({**plain, **changes})


QUIET = digest()
JO = signal(
    signal_id="9b1d",
    subject=examples.subject(subject_id="author:1", account_id=None, name="jo42"),
    intent=Intent.RECOMMENDATION,
    urgency=Urgency.SOON,
)
FULL = digest(
    groups=(
        DigestGroup(
            name="Acme GmbH",
            account=ACME,
            items=(
                DigestItem(
                    signal=signal(),
                    posts=(ANSWERED, LEAVING),
                    more=3,
                    score=81,
                    reason="over_budget",
                    is_known=True,
                    link="https://actions.example/prod/signal?t=1",
                ),
                DigestItem(signal=NEWS, posts=(FUNDED,), score=52, reason="below_alert"),
            ),
        ),
        DigestGroup(
            name="Prospects",
            items=(
                DigestItem(
                    signal=JO,
                    posts=(LEAVING,),
                    score=47,
                    reason="below_alert",
                    link="https://actions.example/prod/signal?t=2",
                ),
            ),
        ),
    ),
    more_items=4,
    gone=1,
    resolved=(
        Resolved(
            signal=signal(subject=examples.subject(name="Betatron AG")),
            said="Jonas Brandt takes care of it",
        ),
    ),
    open=(
        OpenItem(
            signal=signal(subject=examples.subject(name="Betatron AG"), intent=Intent.COMPLAINT),
            told_at=MORNING - timedelta(days=2),
            expected_by=MORNING - timedelta(days=1),
            claimed_by="Nora Weiss",
            link="https://actions.example/prod/signal?t=3",
        ),
        OpenItem(
            signal=JO,
            told_at=MORNING - timedelta(hours=17),
            expected_by=MORNING + timedelta(hours=10),
        ),
    ),
    open_more=1,
)

SIGNAL_MAILS = {
    "account": ALERT,
    "observed_prospect": PROSPECT,
    "update": UPDATE,
    "update_of_stories": STORIES,
    "handover": HANDOVER,
    "escalation": ESCALATION,
    "reminder": REMINDER,
}
DIGESTS = {"digest": FULL, "quiet_digest": QUIET}
