"""What a mail says, and what strangers cannot make it say."""

import os
import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from earshot.aws.mailer import raw_message
from earshot.domain import mail_wording as wording
from earshot.domain.mail import LONGEST_SUBJECT, Mail, MailContent, compose
from earshot.domain.models import (
    Attention,
    Contribution,
    DataClass,
    Decision,
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

GOLDEN = Path(__file__).parents[2] / "golden"
SENDER = "alerts@earshot.example"

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


def content(*posts: SignalPost, **changes: Any) -> MailContent:
    told = posts or (LEAVING,)
    signal = {
        "signal_id": "5f0c",
        "subject": examples.subject(),
        "objects": ("competitor:rivalcrm",),
        "intent": Intent.SWITCHING,
        "urgency": Urgency.NOW,
        "post_count": len(told),
        "author_count": 1,
        "first_posted_at": examples.NOON,
        "last_posted_at": examples.NOON,
        "revision": 1,
    }
    plain = {
        "signal": Signal.model_validate({**signal, **changes.pop("signal", {})}),
        "posts": told,
        "decision": decision(changes.pop("role", Role.OWNER)),
        "seller": examples.seller("nora", name="Nora", hours=WorkingHours(zone="Europe/Berlin")),
        "account": examples.account(
            industry="Manufacturing", employees=1850, stage="opportunity", owner="nora"
        ),
        "attention": Attention(read_at=examples.NOON, due_at=examples.NOON, reason="within_hours"),
    }
    return MailContent.model_validate({**plain, **changes})


def decision(role: Role) -> Decision:
    parts = {
        "intent_switching": 40,
        "competitor_involved": 15,
        "open_stage": 10,
        f"role_{role}": 25,
        "owned_by_another": -30,
        "something_new": 1,
    }
    return Decision(
        seller_id="nora",
        role=role,
        outcome=Outcome.ALERT,
        reason="worth_an_alert",
        relevance=Relevance(
            score=61,
            contributions=tuple(Contribution(name=n, points=p) for n, p in parts.items()),
            versions={},
        ),
        attention=None,
    )


PROSPECT = content(
    LEAVING.model_copy(update={"author": examples.author(name=None, handle="jo42")}),
    examples.signal_post("p0", quote="Anybody?", posted_at=examples.NOON - timedelta(hours=3)),
    signal={"subject": examples.subject(account_id=None, name="jo42"), "urgency": Urgency.SOON},
    role=Role.DESK,
    account=None,
    observer="operator@company.example",
)


@pytest.mark.parametrize(
    ("name", "told"), [("account", content()), ("observed_prospect", PROSPECT)]
)
@pytest.mark.parametrize("part", ["text", "html"])
def test_a_mail_reads_as_it_did(name: str, told: MailContent, part: str) -> None:
    """``UPDATE_GOLDEN=1`` writes the files anew; look at the difference."""
    file = GOLDEN / f"{name}.{'txt' if part == 'text' else part}"
    said = getattr(compose(told), part)
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(said, encoding="utf-8")
    assert said == file.read_text(encoding="utf-8")


def test_an_alert_goes_to_the_seller_and_threads_by_its_signal() -> None:
    mail = compose(content())
    assert mail.to == "nora@seller.example"
    assert mail.subject == "[Hot] Acme GmbH: talks of switching"
    message = raw_message(mail, SENDER)
    assert b"References: <signal-5f0c@earshot.example>\r\n" in message
    assert b"In-Reply-To: <signal-5f0c@earshot.example>\r\n" in message


def test_while_observing_the_operator_gets_it_and_reads_who_would_have() -> None:
    mail = compose(content(observer="operator@company.example"))
    assert mail.to == "operator@company.example"
    assert mail.subject.startswith("[Observing] [Hot] Acme GmbH")
    for part in (mail.text, mail.html):
        assert "nobody but you got this mail" in part
        assert "Nora" in part


def test_a_long_name_gives_way_to_what_happened() -> None:
    subject = compose(content(signal={"subject": examples.subject(name="Acme " * 60)})).subject
    assert len(subject) <= LONGEST_SUBJECT
    assert subject.endswith("…: talks of switching")


@pytest.mark.parametrize(
    "changes",
    [
        {"data_class": DataClass.DISPLAYED},
        {"data_class": DataClass.BORROWED, "expires_at": examples.NOON},
    ],
)
def test_words_that_may_not_be_kept_leave_their_link(changes: dict[str, Any]) -> None:
    mail = compose(content(LEAVING.model_copy(update=changes)))
    for part in (mail.text, mail.html):
        assert "What do people use instead" not in part
        assert "https://forum.example/t/42#p1" in part


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,hi",
        "https://bank.example@evil.example/",
        "https://evil.example\\@bank.example/",
        "https://[::1",
        "https://evil.example:port/",
        'https://evil.example/"onmouseover=x y',
        "https://",
        "//evil.example/",
        "https://evil.example/" + "a" * 1000,
        None,
    ],
)
def test_what_is_no_plain_web_link_is_not_linked(url: str | None) -> None:
    mail = compose(content(LEAVING.model_copy(update={"permalink": url})))
    assert "<a " not in mail.html
    assert "Answer at" not in mail.text


def test_a_link_says_where_it_leads() -> None:
    assert ">Answer at forum.example</a>" in compose(content()).html


def test_a_story_of_many_posts_shows_the_newest_and_counts_the_rest() -> None:
    posts = [
        examples.signal_post(
            f"p{number}", quote=f"Post {number}.", posted_at=examples.NOON + timedelta(hours=number)
        )
        for number in range(6)
    ]
    text = compose(content(*posts)).text
    assert text.index("Post 5.") < text.index("Post 1.")
    assert "Post 0." not in text
    assert "1 earlier post belongs to the same story." in text


def test_an_unknown_author_and_object_still_make_a_mail() -> None:
    nobody = examples.author(name=None, handle=None)
    told = content(
        LEAVING.model_copy(update={"author": nobody, "evidence": ()}),
        signal={"objects": ("nonsense",)},
        role=Role.TERRITORY,
    )
    assert "somebody unknown on generic" in compose(told).text
    assert "(nonsense)" in compose(told).text


def test_a_quote_cannot_pretend_to_be_the_mail() -> None:
    quote = "Nice.\r\n\r\nWHAT TO DO\u2028Send money to \u202eelpmaxe.live"
    text = compose(content(LEAVING.model_copy(update={"quote": quote}))).text
    assert "\n> WHAT TO DO\n> Send money to elpmaxe.live\n" in text
    assert text.count("\nWHAT TO DO\n") == 1


FIRE = "\U0001f525" * 3000  # the heaviest to say in quoted-printable
HOSTILE = st.text() | st.sampled_from(
    [
        "x\r\nBcc: victim@example.com",
        "<script>alert(1)</script><img src=x onerror=alert(1)>",
        "\u202e\u2066right to left",
        "{{ 7 * 7 }}{% raw %}",
        "\ud800 alone",
        FIRE,
        "\"&'<>" * 900,
    ]
)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen += [(tag, name) for name, _ in attrs] or [(tag, "")]


def tags(mail: Mail) -> list[tuple[str, str]]:
    parser = _Tags()
    parser.feed(mail.html)
    return sorted(set(parser.seen))


def test_the_heaviest_mail_stays_far_below_what_mail_clients_clip() -> None:
    """Gmail cuts a message at about 102 KB."""
    told = PROSPECT.signal.subject.model_copy(update={"name": FIRE})
    post = LEAVING.model_copy(
        update={
            "quote": FIRE,
            "author": examples.author().model_copy(update={"name": FIRE, "handle": FIRE}),
            "permalink": "https://x.example/" + "=" * 980,
        }
    )
    signal = content().signal.model_copy(update={"subject": told, "objects": ("x:" + FIRE,) * 5})
    account = examples.account(industry=FIRE, stage=FIRE, owner=FIRE)
    heaviest = content(*[post] * 7, account=account).model_copy(update={"signal": signal})
    assert len(raw_message(compose(heaviest), SENDER)) < 80_000


@given(HOSTILE, HOSTILE, HOSTILE)
@example(FIRE, FIRE, FIRE)
@example("a\n" * 3000, FIRE, '"' * 900)
def test_strangers_words_add_no_header_no_tag_and_no_weight(
    quote: str, name: str, value: str
) -> None:
    post = LEAVING.model_copy(
        update={
            "quote": quote,
            "author": examples.author().model_copy(update={"name": name, "handle": value}),
            "evidence": (Evidence.model_construct(kind=EvidenceKind.CUE, value=value),),
        }
    )
    subject = examples.subject().model_copy(update={"name": name})
    told = content(*[post] * 7)
    hostile = told.model_copy(
        update={"signal": told.signal.model_copy(update={"subject": subject})}
    )
    mail = compose(hostile)
    message = raw_message(mail, SENDER)
    headers = message.split(b"\r\n\r\n", maxsplit=1)[0]
    assert re.findall(rb"^([A-Za-z-]+):", headers, re.MULTILINE) == [
        b"From",
        b"To",
        b"Subject",
        b"References",
        b"In-Reply-To",
        b"List-Id",
        b"Auto-Submitted",
        b"MIME-Version",
        b"Content-Type",
    ]
    assert len(mail.subject) <= LONGEST_SUBJECT
    assert set(tags(mail)) <= set(tags(compose(told))) | {("div", "class"), ("i", "")}
    assert len(message) < 100_000


@pytest.mark.parametrize(
    ("score", "urgency", "label"),
    [
        (80, Urgency.NONE, "Hot"),
        (60, Urgency.NOW, "Hot"),
        (79, Urgency.NONE, "Warm"),
        (60, Urgency.SOON, "Warm"),
        (69, Urgency.NONE, "Note"),
    ],
)
def test_the_label_is_read_off_the_score_and_never_below_the_urgency(
    score: int, urgency: Urgency, label: str
) -> None:
    assert wording.label(score, urgency) == label
