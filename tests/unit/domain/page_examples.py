"""An example of each page, for tests and for pictures: Nora's, in the story of the mails."""

from datetime import timedelta
from typing import Any

from earshot.domain.actions import ActionKind, MailList
from earshot.domain.claims import CLAIMED
from earshot.domain.models import (
    Claim,
    Feedback,
    FeedbackKind,
    Model,
    Mute,
    MuteKind,
    Preferences,
)
from earshot.domain.pages import Frame, OpenSignal, PreferencesPage, render
from earshot.domain.pages_done import done, unsubscribed
from earshot.domain.pages_matter import Matter
from earshot.domain.pages_open import Listed, open_page
from earshot.domain.pages_preferences import filled_in, form_of
from earshot.domain.pages_progress import Progress
from earshot.domain.pages_questions import question_of, unsubscribe_question
from earshot.domain.pages_refusals import PageRefusal, notice_of
from earshot.domain.pages_signal import signal_page
from earshot.domain.plays import Play
from tests import examples
from tests.unit.domain import mail_examples as told

NOW = told.NOON + timedelta(hours=1)
TEAM = (
    examples.seller("jonas", name="Jonas Brandt"),
    examples.seller("lea", name="Lea Sommer"),
)
PLAY = Play(
    play_id=told.PLAY.play_id,
    title=told.PLAY.title,
    text=told.PLAY.text,
    html=told.PLAY.html,
    version="1",
)
POSTS = (told.ANSWERED, told.LEAVING)
CLAIMED_BY_JONAS = told.SILENT
FEEDBACK = Feedback(
    signal_id="5f0c",
    subject_id="account:acme",
    alert_id="a1",
    seller_id="nora",
    kind=FeedbackKind.USEFUL,
    given_at=NOW,
)
PREFERENCES = Preferences(
    seller_id="nora",
    budget=3,
    mutes=(
        Mute(kind=MuteKind.ACCOUNT, value="account:betatron", until=NOW + timedelta(days=6)),
        Mute(kind=MuteKind.TOPIC, value="topic:hiring"),
        Mute(kind=MuteKind.RULE, value="open_stage"),
        Mute(kind=MuteKind.SIGNAL, value="77aa"),
    ),
    version=4,
)


def matter(**changes: Any) -> Matter:
    plain = {
        "seller": told.NORA,
        "signal": told.signal(post_count=2),
        "account": told.ACME,
        "decision": told.decision(),
        "alert_id": "a1",
        "score": 91,
        "play_id": PLAY.play_id,
        "team": TEAM,
        "evidence": tuple(found for post in POSTS for found in post.evidence),
    }
    return Matter.model_validate({**plain, **changes})


def claim(**changes: Any) -> Claim:
    plain = {
        "signal_id": "5f0c",
        "subject_id": "account:acme",
        "seller_id": "nora",
        "state": CLAIMED,
        "claimed_at": NOW - timedelta(minutes=5),
        "lease_until": NOW + timedelta(minutes=55),
        "version": 1,
    }
    return Claim.model_validate({**plain, **changes})


def shown(progress: Progress, **changes: Any) -> Model:
    return signal_page(matter(**changes), progress, POSTS, play=PLAY, now=NOW)


def listed(signal_id: str, score: int, **changes: Any) -> Listed:
    signal = told.signal(signal_id=signal_id, **changes.pop("signal", {}))
    heard = OpenSignal(
        subject_id=signal.subject.subject_id,
        signal_id=signal_id,
        alert_id=f"alert-{signal_id}",
        score=score,
        told_at=changes.pop("told_at", NOW - timedelta(hours=2)),
    )
    plain = {"told": heard, "signal": signal, "claim": None, "feedback": None}
    return Listed.model_validate({**plain, **changes})


LISTED = (
    listed("5f0c", 91, claim=told.HANDED),
    listed("77aa", 52, signal={"intent": "news", "event": "funding", "objects": ()}),
    listed("9b1d", 74, signal={"subject": told.JO.subject, "intent": "recommendation"}),
    listed("aa01", 80, claim=CLAIMED_BY_JONAS.model_copy(update={"signal_id": "aa01"})),
    listed(
        "aa02",
        66,
        signal={"subject": examples.subject(name="Betatron AG"), "intent": "complaint"},
        feedback=FEEDBACK.model_copy(update={"kind": FeedbackKind.WON}),
    ),
)


def wrong_preferences() -> PreferencesPage:
    form = form_of(told.NORA, PREFERENCES, NOW)
    fields = {name: [field.value] for name, field in form.fields.items()}
    wrong = {**fields, "zone": ["Mars/Base"], "digest": ["daily"], "budget": ["many"]}
    found = filled_in(form, wrong, told.NORA, chosen=PREFERENCES)
    assert isinstance(found, PreferencesPage)
    return found


PAGES: dict[str, Model] = {
    "signal": shown(Progress(people=told.PEOPLE)),
    "signal_handed_over": shown(Progress(claim=told.HANDED, people=told.PEOPLE)),
    **{
        f"ask_{action}": question_of(ActionKind(action), matter(), NOW)
        for action in ("useful", "not_relevant", "mute", "snooze", "claim", "hand_over", "finish")
    },
    "ask_unsubscribe": unsubscribe_question(MailList.DIGEST),
    "claimed": done(
        ActionKind.CLAIM,
        "An answer is expected by Wed 18 Nov 2026, 15:00 CET.",
        signal_id="5f0c",
    ),
    "unsubscribed": unsubscribed([MailList.ALERTS], links=(("Preferences", "preferences"),)),
    "used": notice_of(PageRefusal.USED, links=(("The signal", "signals/5f0c"),))[1],
    "expired": notice_of(PageRefusal.EXPIRED)[1],
    "taken": notice_of(
        PageRefusal.TAKEN,
        detail="Jonas Brandt was first.",
        links=(("The signal", "signals/5f0c"), ("My signals", "open")),
    )[1],
    "open": open_page(LISTED, told.NORA, told.PEOPLE, now=NOW),
    "preferences": form_of(told.NORA, PREFERENCES, NOW, saved=True),
    "preferences_wrong": wrong_preferences(),
}
OUTSIDE = {"expired", "used", "taken"}


def rendered(name: str) -> str:
    seller = "" if name in OUTSIDE else told.NORA.name
    return render(PAGES[name], Frame(root="../", seller_name=seller), token="t.t.t")
