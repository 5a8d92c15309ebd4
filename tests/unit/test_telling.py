"""What `earshot explain` and `earshot account` print, 80 columns wide."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from earshot.domain.facts import Fact, Origin, Shown
from earshot.domain.kept_words import showable
from earshot.domain.models import (
    Alert,
    AlertState,
    DataClass,
    Decision,
    EntryKind,
    Evidence,
    EvidenceKind,
    Intent,
    Mention,
    Outcome,
    PostHead,
    Relevance,
    Role,
    Signal,
    Understanding,
    Urgency,
)
from earshot.domain.stories import StoryPost
from earshot.domain.story_bonds import Bond, Tie
from earshot.domain.why import Heard, SellerWhy
from earshot.flows.explain_post import Explanation, Story, Understood
from earshot.flows.show_account import AccountSheet
from earshot_ops.commands import account, explain, screen
from tests import examples

GOLDEN = Path(__file__).parents[1] / "golden"
WORDS = (
    "We at Northwind are leaving RivalCRM before the end of the quarter, the price per seat went "
    "up\nthree times. [bold]Any alternatives?[/bold] Ask petra@northwind.example \x1b[2J."
)


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen.out, "width", 80)


def found(kind: EvidenceKind, value: str) -> Evidence:
    start = WORDS.index(value)
    return Evidence(kind=kind, value=value, start=start, end=start + len(value))


def post(**changes: Any) -> StoryPost:
    name = found(EvidenceKind.ALIAS, "Northwind")
    link = Evidence(kind=EvidenceKind.HANDLE, value="github:northwind")
    rival = found(EvidenceKind.ALIAS, "RivalCRM")
    account_ = examples.mention(EntryKind.ACCOUNT, "northwind", name="Northwind Tooling GmbH")
    about = account_.model_copy(update={"evidence": (name, link)})
    meaning = Understanding(
        intent=Intent.SWITCHING,
        also=Intent.RECOMMENDATION,
        percent=88,
        urgency=Urgency.SOON,
        sentiment="negative",  # type: ignore[arg-type]
        degree="asking",  # type: ignore[arg-type]
        standing="customer",  # type: ignore[arg-type]
        language="en",
        evidence=(
            found(EvidenceKind.CUE, "leaving RivalCRM"),
            found(EvidenceKind.CUE, "Any alternatives"),
            found(EvidenceKind.CUE, "end of the quarter"),
        ),
        model_version="text-1",
    )
    fields = {
        "permalink": "https://forum.example/t/1",
        "author": examples.author(name="Petra [i]L", handle="petra", followers=1200),
        "quote": WORDS,
        "mentions": (
            about,
            Mention(
                entry_id="competitor:rivalcrm",
                kind=EntryKind.COMPETITOR,
                name="RivalCRM",
                evidence=(rival,),
                percent=95,
            ),
        ),
        "understanding": meaning,
    }
    return examples.story_post(**{**fields, **changes})


def head(**changes: Any) -> PostHead:
    fields = {
        "source": "generic",
        "native_id": "p1",
        "version": "1",
        "author_id": "u1",
        "permalink": "https://forum.example/t/1",
        "posted_at": examples.NOON,
        "outcome": "names_account",
        "intent": Intent.SWITCHING,
        "watchlist_version": "w1",
        "model_version": "text-1",
        "raw_key": "raw/generic/forum/d1",
    }
    return PostHead.model_validate({**fields, **changes})


def fact(field: str, value: Any, origin: Origin = Origin.CRM, **changes: Any) -> Fact:
    return Fact(field=field, origin=origin, value=value, seen_at=examples.NOON, **changes)


FIELDS = (
    Shown(
        field="name",
        fact=fact("name", "Northwind Tooling GmbH"),
        reason="ranks_higher",
        others=(
            fact("name", "Northwind Tooling", Origin.GLEIF, data_class=DataClass.COPIED),
            fact("name", "Northwind", Origin.WEBSITE, data_class=DataClass.COPIED),
        ),
    ),
    Shown(
        field="industry",
        fact=fact("industry", "Machine tools", Origin.HUMAN),
        reason="ranks_higher",
        others=(fact("industry", "Manufacturing"),),
    ),
    Shown(field="domains", fact=fact("domains", ("a.example", "b.example")), reason="only_one"),
    Shown(
        field="country",
        fact=fact("country", "DE"),
        reason="all_agree",
        others=(fact("country", "DE", Origin.GLEIF),),
    ),
    Shown(
        field="employees",
        fact=fact("employees", 1850),
        reason="of_the_kept_account",
        others=(fact("employees", 900),),
    ),
    Shown(
        field="description",
        fact=fact("description", "Tools. " * 60, Origin.WEBSITE),
        reason="only_one",
    ),
    Shown(
        field="stage",
        fact=fact("stage", "customer"),
        reason="ranks_higher",
        others=(fact("stage", "prospect"),),
    ),
)


def signal(*posts: StoryPost) -> Signal:
    subject = examples.subject(
        subject_id="account:northwind", account_id="northwind", name="Northwind Tooling GmbH"
    )
    return examples.signal(*posts).model_copy(
        update={"subject": subject, "objects": ("competitor:rivalcrm",)}
    )


ALERTED = Heard(
    subject_id="account:northwind",
    signal_id="s1",
    alert=Alert(alert_id="a1", seller_id="nora", state=AlertState.SENT),
)


def story() -> Story:
    copy = post(
        native_id="p2",
        quote="RT @petra: " + WORDS,
        posted_at=examples.NOON + timedelta(minutes=3),
        author=examples.author(author_id="u2", name="Sam"),
    )
    decided = Decision(
        seller_id="nora",
        role=Role.OWNER,
        outcome=Outcome.ALERT,
        reason="worth_an_alert",
        relevance=Relevance(score=85, contributions=(), versions={}),
    )
    silent = decided.model_copy(
        update={
            "seller_id": "jonas",
            "role": Role.TERRITORY,
            "outcome": Outcome.NOT,
            "reason": "below_digest",
            "relevance": Relevance(score=40, contributions=(), versions={}),
        }
    )
    return Story(
        signal=signal(post(), copy),
        account=FIELDS,
        bonds=(
            Bond(post=post(), tie=Tie.BEGINS),
            Bond(post=copy, tie=Tie.REPEATS_WORDS, to=("generic", "p1")),
        ),
        sellers=(SellerWhy(decision=decided, heard=ALERTED), SellerWhy(decision=silent)),
    )


def explained() -> Explanation:
    outcome = "it is about an account of ours"
    understood = Understood(post=post(), outcome=outcome)
    return Explanation(head=head(), outcome=outcome, understood=understood, stories=(story(),))


def concerned_nobody() -> Explanation:
    mention = examples.mention(EntryKind.ACCOUNT, "up", name="Up", percent=31)
    up = mention.model_copy(update={"evidence": (found(EvidenceKind.ALIAS, "up"),)})
    outcome = "it names nobody and nothing on the watchlist"
    return Explanation(
        head=head(outcome="names_nobody", intent="other", nearest="account:up", nearest_percent=31),
        outcome=outcome,
        again=Understood(post=post(mentions=()), outcome=outcome, unsure=(up,)),
    )


def sheet() -> AccountSheet:
    owner = examples.candidate(Role.OWNER, "nora")
    return AccountSheet(
        account_id="northwind",
        name="Northwind Tooling GmbH",
        merged=("northwind-old",),
        fields=FIELDS,
        owner="nora",
        team=(owner, examples.candidate(Role.TERRITORY, "jonas")),
        open=(signal(post(), post(native_id="p2")),),
        earlier=(signal(post()),),
        posts=(post(), post(native_id="p2", data_class=DataClass.DISPLAYED, quote="")),
    )


def golden(name: str, printed: str) -> None:
    assert printed == (GOLDEN / f"{name}.txt").read_text("utf-8")
    assert max(map(len, printed.splitlines())) <= 80
    assert all(line == line.rstrip() for line in printed.splitlines())


def test_an_explanation_reads_like_this(capsys: pytest.CaptureFixture[str]) -> None:
    explain.tell(explained())
    golden("explained", capsys.readouterr().out)


def test_the_explanation_of_a_post_that_concerned_nobody_reads_like_this(
    capsys: pytest.CaptureFixture[str],
) -> None:
    explain.tell(concerned_nobody())
    golden("concerned_nobody", capsys.readouterr().out)


def test_an_account_reads_like_this(capsys: pytest.CaptureFixture[str]) -> None:
    account.tell(sheet())
    golden("account_sheet", capsys.readouterr().out)


def test_words_that_are_not_kept_are_told_by_the_kinds_of_their_evidence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    withheld = showable(post(data_class=DataClass.BORROWED), examples.NOON)
    one = explained()
    explain.tell(one.model_copy(update={"understood": Understood(post=withheld, outcome="so")}))
    printed = capsys.readouterr().out.partition("Story of")[0]
    assert "its words were borrowed, and have gone" in printed
    assert "100%: alias, handle" in " ".join(printed.split())
    assert not [word for word in ("leaving", "quarter", "petra", "Petra") if word in printed]


def test_what_the_models_do_not_cover_and_who_said_it_alone_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    meaning = post().understanding.model_copy(update={"language": "fi", "is_covered": False})
    alone = story().model_copy(update={"bonds": story().bonds[:1], "sellers": ()})
    understood = Understood(post=post(understanding=meaning), outcome="so")
    told = explained().model_copy(update={"understood": understood, "stories": (alone,)})
    explain.tell(told)
    printed = capsys.readouterr().out
    assert "language     fi: the models do not cover it and guess nothing more" in printed
    assert "there is no other post in it so far" in printed
    assert "nobody: it is in no seller's scope" in printed


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "nobody heard of it"),
        ({"current_ids": ("account:northwind",)}, "no story holds it yet, or any more"),
    ],
)
def test_a_post_without_words_says_where_it_is(
    capsys: pytest.CaptureFixture[str], changes: dict[str, Any], sentence: str
) -> None:
    explain.tell(Explanation(head=head(**changes), outcome="so"))
    printed = capsys.readouterr().out
    assert sentence in printed
    assert "it cannot be understood again" in printed
