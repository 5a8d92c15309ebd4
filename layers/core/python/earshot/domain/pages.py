"""What the pages of sellers show: plain text, not yet escaped; the templates escape it.

There is no script on them, and nothing is loaded from elsewhere.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from earshot.domain.mail_parts import Quote
from earshot.domain.values import Identifier, Model, Score, Utc

Pairs = tuple[tuple[str, str], ...]


class OpenSignal(Model):
    """A signal that a seller was told of, by which alert, and how it scored for them."""

    subject_id: Identifier
    signal_id: Identifier
    alert_id: Identifier
    score: Score
    told_at: Utc


class Frame(Model):
    """What every page has. ``root`` leads to where the pages begin, from where this one is."""

    root: str = ""
    seller_name: str = ""


class Option(Model):
    value: str
    label: str
    hint: str = ""


class Choice(Model):
    """One of the options; the first is chosen already unless ``must_choose``."""

    name: str
    legend: str
    options: tuple[Option, ...]
    must_choose: bool = False


class QuestionPage(Model):
    """Asks before it acts. Without ``choices`` there is a button and nothing else."""

    title: str
    about: str
    intro: str
    choices: tuple[Choice, ...] = ()
    note: str = ""
    button: str
    back: str = ""


class Notice(Model):
    """What was done, or why not. ``links`` lead on: words, and a relative address."""

    title: str
    said: tuple[str, ...]
    links: Pairs = ()
    is_problem: bool = False


class SignalPage(Model):
    subject_name: str
    headline: str
    label: str
    state: str
    note: str
    answer_by: str
    is_prospect: bool
    actions: Pairs
    quotes: tuple[Quote, ...]
    more_posts: int
    play_title: str
    play_text: str
    next_step: str
    why_me: str
    facts: Pairs
    score: int
    contributions: Pairs
    evidence: Pairs


class Entry(Model):
    """A signal in the list."""

    address: str
    subject_name: str
    headline: str
    label: str
    state: str
    told: str


class Section(Model):
    title: str
    entries: tuple[Entry, ...]


class OpenPage(Model):
    sections: tuple[Section, ...]


class Field(Model):
    """Of the form for preferences: what stands in it, and what is wrong with that."""

    value: str
    problem: str = ""


class MuteShown(Model):
    value: str
    label: str


class PreferencesPage(Model):
    instant: bool
    urgent_anytime: bool
    digest: str
    fields: dict[str, Field]
    days: Pairs
    chosen_days: frozenset[str]
    mutes: tuple[MuteShown, ...]
    saved: bool = False


_TEMPLATES: dict[type[Model], str] = {
    QuestionPage: "question.html",
    Notice: "notice.html",
    SignalPage: "signal.html",
    OpenPage: "open.html",
    PreferencesPage: "preferences.html",
}


def render(page: Model, frame: Frame, *, token: str = "") -> str:
    """``token`` is what the page's form carries, if it has one. The same gives the same page."""
    template = _environment().get_template(_TEMPLATES[type(page)])
    return template.render(page=page, frame=frame, token=token)


@cache
def content_security_policy() -> str:
    """Nothing but our own style sheet, by its hash, and forms that lead back to us."""
    style = _environment().get_template("style.css").render()
    hashed = b64encode(sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{hashed}'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("earshot", "pages"),
        autoescape=select_autoescape(enabled_extensions=("html",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
