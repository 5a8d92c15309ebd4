"""What strangers, files and broken links cannot make a mail do, whichever mail it is.

Values skip validation here: a mail holds against more than the models let through.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.aws.mailer import raw_message
from earshot.domain.deliveries import ConnectionState
from earshot.domain.digest import Digest, DigestItem
from earshot.domain.links import ActionLinks
from earshot.domain.mail import LONGEST_SUBJECT, Mail, MailContent, Story, compose, compose_digest
from earshot.domain.models import Evidence, EvidenceKind, Signal, SignalPost
from tests.unit.domain import mail_examples
from tests.unit.domain.mail_check import Tree, complaints

SENDER = "alerts@earshot.example"
FIRE = "\U0001f525" * 3_000  # the heaviest to say in quoted-printable
LONG_URL = "https://evil.example/" + "=" * 970
SEVEN = "{{ 7919 * 7 }}"
HOSTILE = (
    "x\r\nBcc: victim@example.com",
    "x\n\r\nContent-Type: text/html\r\n\r\n<b>",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "</td></tr></table><script>alert(1)</script>",
    "--><![endif]--><style>*{display:none}</style>",
    '" onmouseover="alert(1)" style="position:fixed',
    SEVEN,
    "{% include '/etc/passwd' %}{% raw %}{# x",
    "{subject.__class__}%s%n",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "https://bank.example@evil.example/",
    LONG_URL,
    "\u202e\u2066right to left\u200f",
    "\x00\x08\x1b[31m\x7f\x85",
    "\ud800 alone \udfff",
    "=?utf-8?q?=0d=0aBcc:_victim=40example.com?=",
    FIRE,
    "\"&'<>" * 900,
    "a\n" * 3_000,
    "",
)
texts = st.sampled_from(HOSTILE) | st.text()
HEADERS = ["From", "To", "Subject", "References", "In-Reply-To", "List-Id"]
ONE_CLICK = ["List-Unsubscribe", "List-Unsubscribe-Post"]
LAST = ["Auto-Submitted", "MIME-Version", "Content-Type"]

Draw = Callable[[], str]


def hostile_post(draw: Draw) -> SignalPost:
    author = mail_examples.LEAVING.author.model_copy(update={"name": draw(), "handle": draw()})
    found = [Evidence.model_construct(kind=kind, value=draw()) for kind in EvidenceKind]
    return mail_examples.LEAVING.model_copy(
        update={
            "quote": draw(),
            "permalink": draw(),
            "author": author,
            "evidence": tuple(found) * 3,
            "source": "generic",
        }
    )


def hostile_signal(signal: Signal, draw: Draw) -> Signal:
    subject = signal.subject.model_copy(update={"name": draw()})
    return signal.model_copy(
        update={"subject": subject, "objects": (draw(), "topic:" + draw()) * 4}
    )


def hostile_links(draw: Draw) -> ActionLinks:
    urls = {name: draw() for name in ActionLinks.model_fields}
    return mail_examples.links().model_copy(update=urls)


def hostile_content(content: MailContent, draw: Draw) -> MailContent:
    story = Story.model_construct(
        signal=hostile_signal(content.stories[0].signal, draw),
        posts=tuple(hostile_post(draw) for _ in range(7)),
        more=3,
    )
    names = ("name", "industry", "country", "stage", "territory", "owner", "phone")
    account = mail_examples.ACME.model_copy(
        update={**{name: draw() for name in names}, "domains": (draw(),)}
    )
    claim = content.claim and content.claim.model_copy(update={"note": draw(), "from_id": draw()})
    seller = content.seller.model_copy(update={"name": draw()})
    return content.model_copy(
        update={
            "stories": (story,) * 7,
            "account": content.account and account,
            "claim": claim,
            "seller": seller,
            "people": {"nora": draw(), "jonas": draw()},
            "resolved": draw() if content.resolved else "",
            "links": hostile_links(draw),
            "play": mail_examples.PLAY.model_copy(update={"title": draw(), "text": draw()}),
        }
    )


def hostile_digest(draw: Draw) -> Digest:
    digest = mail_examples.FULL
    item = DigestItem.model_construct(
        signal=hostile_signal(mail_examples.JO, draw),
        posts=(hostile_post(draw),) * 3,
        more=1,
        score=50,
        reason="below_alert",
        is_known=True,
        link=draw(),
    )
    account = mail_examples.ACME.model_copy(update={"industry": draw(), "stage": draw()})
    group = digest.groups[0].model_copy(
        update={"name": draw(), "account": account, "items": (item,) * 10}
    )
    changed = {"signal": hostile_signal(mail_examples.JO, draw), "link": draw()}
    states = [
        ConnectionState.model_construct(
            source="generic",
            connection_id="forum",
            last_delivery_at=None,
            last_error=draw(),
            last_error_at=digest.made_at,
        )
    ]
    return digest.model_copy(
        update={
            "groups": (group,) * 3,
            "open": (digest.open[0].model_copy(update={**changed, "claimed_by": draw()}),) * 30,
            "resolved": (digest.resolved[0].model_copy(update={**changed, "said": draw()}),) * 30,
            "connections": tuple(states) * 40,
            "seller": digest.seller.model_copy(update={"name": draw()}),
            "observer": "operator@company.example",
            "links": hostile_links(draw),
        }
    )


def assert_harmless(mail: Mail, plain: Mail) -> None:
    message = raw_message(mail, SENDER)
    headers = message.split(b"\r\n\r\n", maxsplit=1)[0]
    names = re.findall(r"^([A-Za-z-]+):", headers.decode("ascii"), re.MULTILINE)
    assert names in ([*HEADERS, *LAST], [*HEADERS, *ONE_CLICK, *LAST])
    assert len(message) < 100_000
    assert max(map(len, message.split(b"\r\n"))) <= 998
    assert len(mail.subject) <= LONGEST_SUBJECT
    assert len(mail.subject.splitlines()) == 1
    assert complaints(mail.html) == []
    assert _shapes(mail) <= _shapes(plain) | OPTIONAL
    for said in (mail.text, mail.html, mail.subject):
        assert "55433" not in said
        assert not re.search(
            "[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", said
        )


# What is there only where words have several lines, or are none.
OPTIONAL = {("i", ""), ("br", "")}


def _shapes(mail: Mail) -> set[tuple[str, str]]:
    """Elements with their classes: an injected one would be new. Those of plays have none."""
    elements = Tree(mail.html).root.all()[1:]
    return {(element.tag, element.attributes.get("class", "")) for element in elements}


ALL = mail_examples.SIGNAL_MAILS["update_of_stories"].model_copy(
    update={"play": mail_examples.PLAY, "observer": "operator@company.example"}
)
PLAIN = {
    name: compose(
        ALL.model_copy(
            update={
                "alert": content.alert,
                "claim": content.claim,
                "resolved": content.resolved,
                "stories": (ALL.stories[0], *ALL.stories),
            }
        )
    )
    for name, content in mail_examples.SIGNAL_MAILS.items()
}
PLAIN["digest"] = compose_digest(
    mail_examples.FULL.model_copy(update={"observer": "operator@company.example"})
)


HEAVY = [[FIRE], ["\"&'<>" * 900], [LONG_URL, "\"&'<>" * 900], ["x" * 1_000_000], [""]]
KINDS = [*mail_examples.SIGNAL_MAILS, "digest"]


def hostile_mail(name: str, words: list[str]) -> Mail:
    """``name`` made of these words, one field after the other."""
    turn = iter(range(1_000_000))

    def draw() -> str:
        return words[next(turn) % len(words)]

    if name == "digest":
        return compose_digest(hostile_digest(draw))
    return compose(hostile_content(mail_examples.SIGNAL_MAILS[name], draw))


@pytest.mark.parametrize("name", KINDS)
def test_no_mail_is_what_hostile_words_want_it_to_be(name: str) -> None:
    assert_harmless(hostile_mail(name, list(HOSTILE)), PLAIN[name])


@pytest.mark.parametrize("words", HEAVY, ids=lambda words: repr(words[0][:9]))
@pytest.mark.parametrize("name", ["handover", "digest"])
def test_no_words_make_a_mail_that_clients_clip(name: str, words: list[str]) -> None:
    assert_harmless(hostile_mail(name, words), PLAIN[name])


@given(st.sampled_from(KINDS), st.lists(texts, min_size=1, max_size=12))
def test_strangers_words_add_no_header_no_element_and_no_weight(
    name: str, words: list[str]
) -> None:
    assert_harmless(hostile_mail(name, words), PLAIN[name])


def test_values_reach_the_mail_as_they_are() -> None:
    """What is hostile in HTML is a plain word in text: shown, not lost."""
    words: dict[str, Any] = {"name": "A & B <Ltd> {{ 7919 * 7 }}"}
    subject = mail_examples.signal().subject.model_copy(update=words)
    mail = compose(mail_examples.content(signal={"subject": subject}))
    assert mail.subject.startswith("[Hot] A & B <Ltd> {{ 7919 * 7 }}: talks of switching")
    assert "A &amp; B &lt;Ltd&gt; {{ 7919 * 7 }}" in mail.html
    assert "A & B <Ltd> {{ 7919 * 7 }}" in mail.text
