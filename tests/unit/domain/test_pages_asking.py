"""What the pages ask, what may be answered, and how a signal stands."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.actions import ActionKind, MailList
from earshot.domain.claims import DONE
from earshot.domain.models import (
    DigestWish,
    FeedbackKind,
    Mute,
    MuteKind,
    Outcome,
    Preferences,
    Role,
)
from earshot.domain.pages import PreferencesPage, SignalPage
from earshot.domain.pages_done import done
from earshot.domain.pages_matter import about, snooze_moments, what_to_mute
from earshot.domain.pages_open import open_page
from earshot.domain.pages_preferences import MOST_MUTES, filled_in, form_of, muted
from earshot.domain.pages_progress import Progress, state_of
from earshot.domain.pages_questions import answers, question_of, unsubscribe_question
from earshot.domain.pages_refusals import PageRefusal, notice_of
from tests.unit.domain import mail_examples as told
from tests.unit.domain.page_examples import (
    CLAIMED_BY_JONAS,
    FEEDBACK,
    LISTED,
    NOW,
    PREFERENCES,
    claim,
    listed,
    matter,
    shown,
)


def page(progress: Progress, **changes: object) -> SignalPage:
    found = shown(progress, **changes)
    assert isinstance(found, SignalPage)
    return found


def test_only_what_was_offered_is_an_answer() -> None:
    question = question_of(ActionKind.MUTE, matter(), NOW)
    right = {"what": "account:account:acme", "long": "week", "more": "x"}
    assert answers(question, right) == {"what": "account:account:acme", "long": "week"}
    assert answers(question, {**right, "what": "account:account:other"}) is None
    assert answers(question, {"what": "account:account:acme"}) is None


def test_nobody_mutes_what_speaks_against_it_or_their_own_role() -> None:
    rules = {value for kind, value, _ in what_to_mute(matter()).values() if kind is MuteKind.RULE}
    assert "intent_switching" in rules
    assert not rules & {"owned_by_another", "role_owner"}
    assert {kind for kind, _, _ in what_to_mute(matter(decision=None)).values()} == {
        MuteKind.ACCOUNT,
        MuteKind.SIGNAL,
        MuteKind.TOPIC,
    }


def test_without_a_colleague_there_is_nobody_to_hand_over_to() -> None:
    question = question_of(ActionKind.HAND_OVER, matter(team=()), NOW)
    assert (question.choices, question.button, question.note) == ((), "", "")
    assert "nobody" in question.intro


def test_a_reminder_comes_in_the_morning_on_their_clock() -> None:
    saturday = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # Sunday in Berlin, when clocks change
    moments = snooze_moments("Europe/Berlin", saturday)
    assert moments["tomorrow"] == moments["next_week"]
    assert moments["tomorrow"].astimezone(UTC) == datetime(2026, 3, 30, 6, tzinfo=UTC)


@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2028, 1, 1)),  # noqa: DTZ001
    st.sampled_from(["Europe/Berlin", "America/St_Johns", "Pacific/Apia", "UTC", "Asia/Kolkata"]),
)
def test_a_reminder_is_always_ahead_at_eight(moment: datetime, zone: str) -> None:
    now = moment.replace(tzinfo=UTC)
    for name, at in snooze_moments(zone, now).items():
        local = at.astimezone(ZoneInfo(zone))
        assert at > now
        assert local.time() == time(8)
        assert name != "next_week" or local.isoweekday() == 1


def test_unsubscribing_begins_with_the_list_that_the_mail_was_of() -> None:
    for chosen in MailList:
        (choice,) = unsubscribe_question(chosen).choices
        assert choice.options[0].value == chosen


def test_about_names_subject_and_matter() -> None:
    assert about(matter()) == "Acme GmbH: talks of switching (RivalCRM)"


def test_every_refusal_has_its_words() -> None:
    for refusal in PageRefusal:
        status, notice = notice_of(refusal)
        assert status >= 400
        assert notice.title
        assert notice.is_problem
    assert notice_of(PageRefusal.TAKEN, detail="Jonas was first.")[1].said[0] == "Jonas was first."


def test_what_was_muted_can_be_taken_back_from_there() -> None:
    links = dict(done(ActionKind.MUTE, signal_id="s1").links)
    assert links["Preferences"] == "preferences"
    assert "Preferences" not in dict(done(ActionKind.USEFUL, signal_id="s1").links)


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (Progress(), "Nobody has taken it yet."),
        (Progress(claim=claim()), "You took it."),
        (Progress(claim=CLAIMED_BY_JONAS, people=told.PEOPLE), "Jonas Brandt took it."),
        (
            Progress(claim=claim(lease_until=NOW)),
            "You took it. The time for it ran out.",
        ),
        (
            Progress(claim=told.HANDED, people=told.PEOPLE),
            "Jonas Brandt handed it over to you; you have not accepted yet.",
        ),
        (
            Progress(claim=told.HANDED.model_copy(update={"seller_id": "lea"}), people=told.PEOPLE),
            "Jonas Brandt handed it over to Lea Sommer, who has not accepted yet.",
        ),
        (
            Progress(claim=claim(state=DONE, lease_until=None), feedback=FEEDBACK),
            "You closed it. You said it was useful.",
        ),
        (
            Progress(feedback=FEEDBACK.model_copy(update={"kind": FeedbackKind.CLAIMED})),
            "Nobody has taken it yet.",
        ),
        (
            Progress(feedback=FEEDBACK.model_copy(update={"kind": FeedbackKind.NOT_RELEVANT})),
            "You said it was not relevant.",
        ),
    ],
)
def test_how_it_stands_is_said_in_words(progress: Progress, said: str) -> None:
    assert state_of(progress, told.NORA, NOW) == said


@pytest.mark.parametrize(
    ("progress", "first"),
    [
        (Progress(), "I take it"),
        (Progress(claim=CLAIMED_BY_JONAS), "I take it"),
        (Progress(claim=claim()), "I am still on it"),
        (Progress(claim=told.HANDED), "I accept"),
        (Progress(claim=claim(state=DONE, lease_until=None)), "Change how it ended"),
        (Progress(claim=claim(state=DONE, lease_until=None, seller_id="lea")), "Useful"),
    ],
)
def test_the_first_button_is_what_comes_next(progress: Progress, first: str) -> None:
    assert page(progress).actions[0][0] == first


def test_an_answer_is_expected_by_the_lease_and_no_more_once_it_is_closed() -> None:
    assert page(Progress(claim=claim())).answer_by == "Wed 18 Nov 2026, 14:55 CET"
    assert page(Progress()).answer_by == "Wed 18 Nov 2026, 15:00 CET"
    assert page(Progress(claim=claim(state=DONE, lease_until=None))).answer_by == ""


def test_a_note_is_for_whom_it_was_written() -> None:
    assert page(Progress(claim=told.HANDED)).note.startswith("I am away")
    other = told.HANDED.model_copy(update={"seller_id": "lea"})
    assert page(Progress(claim=other)).note == ""


def test_who_is_no_candidate_any_more_is_told_so() -> None:
    assert "colleague" in page(Progress(), decision=None, account=None).why_me
    muted_away = told.decision(outcome=Outcome.NOT, reason="muted_topic")
    assert "colleague" in page(Progress(), decision=muted_away).why_me
    desk = page(Progress(), decision=told.decision(Role.DESK))
    assert desk.why_me == "You are on the desk for RivalCRM."
    nothing = told.signal(objects=())
    assert page(Progress(), signal=nothing).why_me == "You own Acme GmbH in the CRM."


def test_the_list_begins_with_what_waits_for_me_and_with_the_highest() -> None:
    sections = open_page(LISTED, told.NORA, told.PEOPLE, now=NOW).sections
    assert [one.title for one in sections] == [
        "Waiting for your answer",
        "Open",
        "Taken by colleagues",
        "Closed",
    ]
    assert [one.label for one in sections[1].entries] == ["Warm", "Note"]
    run_out = listed("x", 50, claim=CLAIMED_BY_JONAS.model_copy(update={"lease_until": NOW}))
    closed = listed("y", 50, claim=claim(state=DONE, lease_until=None))
    titles = [one.title for one in open_page([run_out, closed], told.NORA, {}, now=NOW).sections]
    assert titles == ["Open", "Closed"]
    assert open_page([], told.NORA, {}, now=NOW).sections == ()


FIELDS = {
    "instant": ["yes"],
    "budget": ["5"],
    "digest": ["daily"],
    "digest_at": ["08:00"],
    "start": ["08:00"],
    "end": ["18:00"],
    "zone": ["Europe/Berlin"],
    "days": ["1", "2", "3", "4", "5"],
}


def filled(chosen: Preferences | None = None, **changes: list[str]) -> Preferences:
    form = form_of(told.NORA, chosen, NOW)
    found = filled_in(form, {**FIELDS, **changes}, told.NORA, chosen=chosen)
    assert isinstance(found, Preferences)
    return found


def test_what_is_as_it_was_imported_is_left_to_the_import() -> None:
    assert filled() == Preferences(seller_id="nora", version=1)
    chosen = filled(budget=["0"], digest=["never"], end=["00:00:00"], days=["7", "7", "9"])
    assert (chosen.budget, chosen.digest) == (0, DigestWish.NEVER)
    assert chosen.hours
    assert (chosen.hours.end, chosen.hours.days) == (time(0), (7,))
    without = {name: value for name, value in FIELDS.items() if name != "instant"}
    again = filled_in(form_of(told.NORA, None, NOW), without, told.NORA, chosen=None)
    assert isinstance(again, Preferences)
    assert again.instant is False


def test_ticked_mutes_go_and_the_others_stay() -> None:
    chosen = filled(PREFERENCES, unmute=["topic:topic:hiring", "signal:none"])
    assert [mute.kind for mute in chosen.mutes] == [
        MuteKind.ACCOUNT,
        MuteKind.RULE,
        MuteKind.SIGNAL,
    ]
    assert chosen.version == PREFERENCES.version + 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("zone", "Mars/Base"),
        ("zone", "../etc/passwd"),
        ("budget", "101"),
        ("budget", "-1"),
        ("budget", "²"),
        ("digest_at", "25:00"),
        ("start", ""),
        ("digest", "hourly"),
    ],
)
def test_what_is_wrong_is_said_and_kept_in_the_form(name: str, value: str) -> None:
    form = form_of(told.NORA, PREFERENCES, NOW)
    again = filled_in(form, {**FIELDS, name: [value]}, told.NORA, chosen=PREFERENCES)
    assert isinstance(again, PreferencesPage)
    if name != "digest":
        assert again.fields[name].problem
        assert again.fields[name].value == value
        assert [one for one, field in again.fields.items() if field.problem] == [name]


def test_without_a_day_there_is_no_week() -> None:
    form = form_of(told.NORA, None, NOW)
    again = filled_in(form, {**FIELDS, "days": []}, told.NORA, chosen=None)
    assert isinstance(again, PreferencesPage)
    assert again.fields["days"].problem


def test_a_mute_takes_the_place_of_an_earlier_one_and_what_ended_goes() -> None:
    old = Mute(kind=MuteKind.ACCOUNT, value="account:acme", until=NOW + timedelta(days=1))
    ended = Mute(kind=MuteKind.TOPIC, value="topic:x", until=NOW)
    before = Preferences(seller_id="nora", mutes=(old, ended), version=3)
    wish = old.model_copy(update={"until": None})
    after = muted(before, wish, NOW)
    assert (after.mutes, after.version) == ((wish,), 4)
    for number in range(MOST_MUTES + 5):
        after = muted(after, Mute(kind=MuteKind.SIGNAL, value=f"s{number}"), NOW)
    assert len(after.mutes) == MOST_MUTES
    assert after.mutes[-1].value == f"s{MOST_MUTES + 4}"
