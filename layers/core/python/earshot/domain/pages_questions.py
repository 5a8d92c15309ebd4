"""What each action asks before it is done, and what may be answered."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from earshot.domain import mail_parts
from earshot.domain.actions import ActionKind, MailList
from earshot.domain.models import FeedbackKind
from earshot.domain.pages import Choice, Option, QuestionPage
from earshot.domain.pages_matter import Matter, about, snooze_moments, what_to_mute
from earshot.domain.untrusted import line

LONGEST_NAME = mail_parts.LONGEST_NAME
MOST_COLLEAGUES = 60

WHY_NOT = (
    ("not_for_me", "Not for me", "Somebody else should have it."),
    ("no_business", "No business in it", "Nothing can be sold or saved here."),
    ("wrong_company", "Wrong company", "It is not about whom Earshot takes it for."),
    ("known_already", "I knew that already", ""),
)
ENDS = (
    ("done", "Done", "Answered, nothing more to do."),
    (FeedbackKind.WON.value, "Won", "It became business."),
    (FeedbackKind.LOST.value, "Lost", "It went elsewhere, or nowhere."),
)


def question_of(action: ActionKind, matter: Matter, now: datetime) -> QuestionPage:
    """For the actions that are about a signal."""
    if action is ActionKind.SNOOZE:
        return _snooze(matter, now)
    return _QUESTIONS[action](matter)


def answers(page: QuestionPage, fields: Mapping[str, str]) -> dict[str, str] | None:
    """What was chosen of each choice; ``None`` when something that was not offered was."""
    found = {choice.name: fields.get(choice.name, "") for choice in page.choices}
    offered = {choice.name: {one.value for one in choice.options} for choice in page.choices}
    if any(value not in offered[name] for name, value in found.items()):
        return None
    return found


def unsubscribe_question(chosen: MailList) -> QuestionPage:
    lists = (
        Option(
            value=MailList.ALERTS,
            label="No mails at once",
            hint="What is worth one waits for the digest.",
        ),
        Option(
            value=MailList.DIGEST, label="No digest", hint="What is worth a mail at once stays."
        ),
        Option(
            value="both",
            label="Neither",
            hint="What colleagues hand over to you still comes, and your list stays.",
        ),
    )
    ordered = sorted(lists, key=lambda one: one.value != chosen)
    return QuestionPage(
        title="Unsubscribe",
        about="",
        intro="Choose what you do not want any more. You can take it back under Preferences.",
        choices=(Choice(name="what", legend="No more of this", options=tuple(ordered)),),
        button="Unsubscribe",
    )


def _useful(matter: Matter) -> QuestionPage:
    return _question(
        matter,
        title="Was this useful?",
        intro="It teaches Earshot what to tell you of. The last answer counts.",
        button="Yes, useful",
    )


def _not_relevant(matter: Matter) -> QuestionPage:
    options = tuple(Option(value=v, label=label, hint=hint) for v, label, hint in WHY_NOT)
    return _question(
        matter,
        title="Not relevant?",
        intro="It teaches Earshot what to spare you. The last answer counts.",
        choices=(Choice(name="why", legend="Why?", options=options),),
        button="Not relevant",
    )


def _mute(matter: Matter) -> QuestionPage:
    what = tuple(
        Option(value=value, label=line(label, 2 * LONGEST_NAME))
        for value, (_, _, label) in what_to_mute(matter).items()
    )
    durations = (
        Option(value="month", label="For 30 days"),
        Option(value="week", label="For 7 days"),
        Option(value="quarter", label="For 90 days"),
        Option(value="always", label="Until I take it back"),
    )
    return _question(
        matter,
        title="Mute",
        intro="What you mute is still listened to; you are told nothing of it.",
        choices=(
            Choice(name="what", legend="What?", options=what),
            Choice(name="long", legend="How long?", options=durations),
        ),
        button="Mute",
    )


def _snooze(matter: Matter, now: datetime) -> QuestionPage:
    zone = matter.seller.hours.zone
    options = tuple(
        Option(value=name, label=label, hint=mail_parts.moment(at, zone))
        for (name, at), label in zip(
            snooze_moments(zone, now).items(), ("Tomorrow", "Next week"), strict=True
        )
    )
    return _question(
        matter,
        title="Later",
        intro="You get one reminder. Until then it stays open: somebody else may take it.",
        choices=(Choice(name="until", legend="Remind me", options=options),),
        button="Remind me",
    )


def _claim(matter: Matter) -> QuestionPage:
    return _question(
        matter,
        title="Take it?",
        intro="Your colleagues see that you take care of it. If nothing came of it by the time an "
        "answer is expected, one of them hears of it.",
        button="I take it",
    )


def _hand_over(matter: Matter) -> QuestionPage:
    options = tuple(
        Option(value=one.seller_id, label=line(one.name, LONGEST_NAME))
        for one in matter.team[:MOST_COLLEAGUES]
    )
    return _question(
        matter,
        title="Hand over",
        intro="They get a mail with all that you see here, and your note."
        if options
        else "Nobody else is in scope for this signal, so there is nobody to hand it over to.",
        choices=(Choice(name="to", legend="To whom?", options=options, must_choose=True),)
        if options
        else (),
        note="Note for them (optional)" if options else "",
        button="Hand over" if options else "",
    )


def _finish(matter: Matter) -> QuestionPage:
    options = tuple(Option(value=v, label=label, hint=hint) for v, label, hint in ENDS)
    return _question(
        matter,
        title="How did it end?",
        intro="Nobody is reminded of it any more.",
        choices=(Choice(name="end", legend="It is", options=options, must_choose=True),),
        button="Close it",
    )


def _question(
    matter: Matter,
    *,
    title: str,
    intro: str,
    button: str,
    choices: Iterable[Choice] = (),
    note: str = "",
) -> QuestionPage:
    return QuestionPage(
        title=title,
        about=about(matter),
        intro=intro,
        choices=tuple(choices),
        note=note,
        button=button,
        back=f"signals/{matter.signal.signal_id}",
    )


_QUESTIONS: dict[ActionKind, Callable[[Matter], QuestionPage]] = {
    ActionKind.USEFUL: _useful,
    ActionKind.NOT_RELEVANT: _not_relevant,
    ActionKind.MUTE: _mute,
    ActionKind.CLAIM: _claim,
    ActionKind.HAND_OVER: _hand_over,
    ActionKind.FINISH: _finish,
}
