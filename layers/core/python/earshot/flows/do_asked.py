"""Do what was asked and answered on a page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from earshot.domain import mail_parts
from earshot.domain.actions import ActionKind, Form
from earshot.domain.models import FeedbackKind, Mute
from earshot.domain.pages import Notice
from earshot.domain.pages_done import done
from earshot.domain.pages_matter import DURATIONS, Matter, snooze_moments, what_to_mute
from earshot.flows.take_care import Care


@dataclass(frozen=True)
class Asked:
    """``chosen`` holds answers that were offered, by the name of the choice."""

    form: Form
    matter: Matter
    chosen: Mapping[str, str]
    note: str
    now: datetime

    def moment(self, at: datetime | None) -> str:
        return mail_parts.moment(at, self.matter.seller.hours.zone) if at else ""


def do_asked(asked: Asked, care: Care) -> Notice:
    details = _DOING[asked.form.action](asked, care)
    return done(asked.form.action, details, signal_id=asked.matter.signal.signal_id)


def _useful(asked: Asked, care: Care) -> str:
    care.acting.say(asked.matter, FeedbackKind.USEFUL, asked.now)
    return ""


def _not_relevant(asked: Asked, care: Care) -> str:
    why = asked.chosen["why"]
    care.acting.say(asked.matter, FeedbackKind.NOT_RELEVANT, asked.now, why=why)
    return ""


def _mute(asked: Asked, care: Care) -> str:
    kind, value, label = what_to_mute(asked.matter)[asked.chosen["what"]]
    duration = DURATIONS.get(asked.chosen["long"])
    until = asked.now + duration if duration else None
    wish = Mute(kind=kind, value=value, until=until)
    care.acting.mute(asked.form, asked.matter, wish, now=asked.now)
    return f"{label}, until {asked.moment(until)}." if until else f"{label}."


def _snooze(asked: Asked, care: Care) -> str:
    moments = snooze_moments(asked.matter.seller.hours.zone, asked.now)
    until = moments[asked.chosen["until"]]
    care.acting.snooze(asked.form, asked.matter, until, now=asked.now)
    return f"On {asked.moment(until)}."


def _claim(asked: Asked, care: Care) -> str:
    claim = care.claim(asked.form, asked.matter, asked.now)
    return f"An answer is expected by {asked.moment(claim.lease_until)}."


def _hand_over(asked: Asked, care: Care) -> str:
    to = asked.chosen["to"]
    receiver = next(one for one in asked.matter.team if one.seller_id == to)
    care.hand_over(asked.form, asked.matter, receiver, note=asked.note, now=asked.now)
    return f"To {mail_parts.name_of(to, {to: receiver.name})}."


def _finish(asked: Asked, care: Care) -> str:
    care.finish(asked.form, asked.matter, asked.chosen["end"], now=asked.now)
    return ""


_DOING: dict[ActionKind, Callable[[Asked, Care], str]] = {
    ActionKind.USEFUL: _useful,
    ActionKind.NOT_RELEVANT: _not_relevant,
    ActionKind.MUTE: _mute,
    ActionKind.SNOOZE: _snooze,
    ActionKind.CLAIM: _claim,
    ActionKind.HAND_OVER: _hand_over,
    ActionKind.FINISH: _finish,
}
