"""What a mail about a signal says."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from earshot.domain import mail_wording as wording
from earshot.domain.mail import LONGEST_SUBJECT, Story, compose, compose_digest
from earshot.domain.models import (
    AlertKind,
    DataClass,
    Event,
    Intent,
    Role,
)
from tests import examples
from tests.unit.domain import mail_examples
from tests.unit.domain.mail_examples import LEAVING, content

GOLDEN = Path(__file__).parents[2] / "golden"
MAILS = {
    **{name: compose(told) for name, told in mail_examples.SIGNAL_MAILS.items()},
    **{name: compose_digest(told) for name, told in mail_examples.DIGESTS.items()},
}


@pytest.mark.parametrize("name", MAILS)
@pytest.mark.parametrize("part", ["text", "html"])
def test_a_mail_reads_as_it_did(name: str, part: str) -> None:
    """``UPDATE_GOLDEN=1`` writes the files anew; look at the difference."""
    file = GOLDEN / f"{name}.{'txt' if part == 'text' else part}"
    said = getattr(MAILS[name], part)
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(said, encoding="utf-8")
    assert said == file.read_text(encoding="utf-8")


def test_an_alert_goes_to_the_seller_and_begins_a_thread() -> None:
    mail = compose(content())
    assert mail.to == "nora@seller.example"
    assert mail.thread_id == "a1"
    assert mail.list_name == "alerts"
    assert mail.one_click == "https://actions.example/prod/one-click?t=a1.sig"


def test_later_mails_of_a_thread_have_its_subject_and_its_root() -> None:
    first = compose(content(alert={"posts": 3}))
    assert first.subject == "[Hot] Acme GmbH: talks of switching (3 posts)"
    root = mail_examples.TOLD.model_copy(update={"posts": 3})
    for told in (mail_examples.UPDATE, mail_examples.ESCALATION, mail_examples.REMINDER):
        mail = compose(told.model_copy(update={"root": root}))
        assert mail.subject == f"Re: {first.subject}"
        assert mail.thread_id == first.thread_id


def test_a_subject_stays_while_its_story_grows() -> None:
    grown = {"intent": Intent.PURCHASE, "post_count": 40, "revision": 9}
    now_cold = content(signal=grown, decision=mail_examples.decision(Role.TERRITORY))
    assert compose(now_cold).subject == compose(content()).subject


def test_what_began_before_that_was_noted_is_named_after_what_it_is_now() -> None:
    assert compose(content(alert={"intent": None, "score": 0})).subject == (
        "[Warm] Acme GmbH: talks of switching"
    )


@pytest.mark.parametrize(
    ("kind", "label"), [(AlertKind.HANDOVER, "Hand-over"), (AlertKind.ESCALATION, "Unanswered")]
)
def test_a_thread_that_began_with_a_colleague_says_so(kind: AlertKind, label: str) -> None:
    assert compose(content(alert={"kind": kind})).subject.startswith(f"[{label}] Acme GmbH: ")


def test_while_observing_the_operator_gets_it_and_reads_who_would_have() -> None:
    mail = compose(content(observer="operator@company.example"))
    assert mail.to == "operator@company.example"
    assert mail.subject.startswith("[Observing] [Hot] Acme GmbH")
    for part in (mail.text, mail.html):
        assert "nobody but you got this mail" in part
        assert "Nora Weiss" in part


@pytest.mark.parametrize("intent", Intent)
@pytest.mark.parametrize("kind", [AlertKind.ALERT, AlertKind.ESCALATION])
def test_a_long_name_gives_way_to_what_happened(intent: Intent, kind: AlertKind) -> None:
    told = content(
        signal={"subject": examples.subject(name="Acme " * 60)},
        alert={"intent": intent, "kind": kind, "posts": 12_000},
        observer="operator@company.example",
    )
    subject = compose(told).subject
    assert len(f"Re: {subject}") <= LONGEST_SUBJECT
    assert f"…: {wording.HEADLINE[intent]}" in subject
    assert "Acme" in subject


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
        assert "Words" not in part  # a cue is some of the words
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
        f"https://{'a.' * 60}example/",
        None,
    ],
)
def test_what_is_no_plain_web_link_is_not_linked(url: str | None) -> None:
    mail = compose(content(LEAVING.model_copy(update={"permalink": url}), links=None))
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
    assert "1 more post belongs to the same story." in text


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


def test_an_update_tells_first_what_is_new() -> None:
    text = MAILS["update"].text
    assert text.index("New since the last mail: 1 post.") < text.index("WHAT IS NEW")
    assert "WHAT WAS SAID" not in text


def test_what_was_resolved_meanwhile_stands_on_top_and_asks_for_nothing() -> None:
    mail = MAILS["update_of_stories"]
    assert mail.text.startswith("Jonas Brandt claimed it at 13:40. Nothing is expected of you.")
    assert "Expected: an answer" not in mail.text + mail.html


def test_what_a_colleague_took_on_meanwhile_asks_for_nothing() -> None:
    told = mail_examples.REMINDER.model_copy(update={"claim": mail_examples.SILENT})
    mail = compose(told)
    top = "Jonas Brandt took it on (Wed 18 Nov 2026, 13:10 CET). Nothing is expected of you.\n"
    assert mail.text.startswith(top)
    assert "Expected: an answer" not in mail.text + mail.html
    for changes in ({"seller_id": "nora"}, {"state": "offered"}):
        claim = mail_examples.SILENT.model_copy(update=changes)
        open_still = compose(told.model_copy(update={"claim": claim}))
        assert "Expected: an answer by" in open_still.text


def test_the_accounts_owner_has_a_name_where_it_is_known() -> None:
    assert "Owner: Nora Weiss" in compose(content(people={})).text
    other = mail_examples.ACME.model_copy(update={"owner": "jonas"})
    assert "Owner: Jonas Brandt" in compose(content(account=other)).text
    assert "Owner: jonas" in compose(content(account=other, people={})).text


def test_a_hand_over_is_expected_to_be_answered_when_its_lease_ends() -> None:
    assert "Expected: an answer by Wed 18 Nov 2026, 16:58 CET." in MAILS["handover"].text
    late = mail_examples.HANDED.model_copy(update={"lease_until": examples.NOON, "from_id": None})
    text = compose(mail_examples.HANDOVER.model_copy(update={"claim": late})).text
    assert "Expected: an answer by Wed 18 Nov 2026, 15:00 CET." in text
    assert "A colleague handed this over to you." in text


def test_an_escalation_says_who_left_it() -> None:
    own = mail_examples.SILENT.model_copy(update={"seller_id": "nora", "lease_until": None})
    told = mail_examples.ESCALATION
    assert "You took this on" in compose(told.model_copy(update={"claim": own})).text
    assert "Nobody has answered this yet" in compose(told.model_copy(update={"claim": None})).text


def test_who_stands_in_for_the_owner_is_told_so() -> None:
    decided = mail_examples.decision(Role.DEPUTY, reason="stands_in")
    text = compose(content(decision=decided)).text
    assert "You are a deputy for Acme GmbH, and the owner is away." in text


@pytest.mark.parametrize("role", Role)
def test_each_role_has_its_reason(role: Role) -> None:
    mail = compose(content(role=role))
    assert wording.WHY_ME[role].format(subject="Acme GmbH", objects="RivalCRM") in mail.text


def test_news_says_what_of() -> None:
    told = {"intent": Intent.NEWS, "objects": ()}
    assert "has new funding" in compose(content(signal={**told, "event": Event.FUNDING})).text
    assert "is in the news" in compose(content(signal=told)).text


def test_a_heavy_play_is_shown_as_text() -> None:
    heavy = mail_examples.PLAY.model_copy(
        update={"html": "<p>x</p>" * 5_000, "text": "Ask.\nListen."}
    )
    mail = compose(content(play=heavy))
    assert "Ask.<br>Listen." in mail.html
    assert "| Ask.\n| Listen.\n" in mail.text


def test_a_story_without_posts_left_still_makes_a_mail() -> None:
    bare = Story(signal=mail_examples.NEWS, posts=())
    told = content(others=[bare]).model_copy(update={"stories": (bare, bare)})
    assert "Has new funding" in compose(told).html


def test_links_that_are_none_make_no_button() -> None:
    broken = mail_examples.links().model_copy(
        update=dict.fromkeys(type(mail_examples.links()).model_fields, "javascript:alert(1)")
    )
    mail = compose(content(links=broken))
    assert "javascript" not in mail.html + mail.text
    assert mail.one_click == ""


@pytest.mark.parametrize(
    ("score", "label"), [(80, "Hot"), (79, "Warm"), (70, "Warm"), (69, "Note")]
)
def test_the_label_is_read_off_the_score(score: int, label: str) -> None:
    assert wording.label(score) == label
