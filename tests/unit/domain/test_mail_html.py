"""The HTML of mails, as Outlook, Gmail and Apple Mail take it; and that this check finds faults."""

from pathlib import Path

import pytest

from earshot.domain.mail import compose
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.plays_markup import without_risk
from tests.unit.domain import mail_examples
from tests.unit.domain.mail_check import complaints, contrast, contrasts
from tests.unit.domain.test_mail import MAILS

ACCOUNT = MAILS["account"].html


def stem(file: Path) -> str:
    return file.stem


@pytest.mark.parametrize("name", MAILS)
def test_mail_clients_show_all_of_a_mail(name: str) -> None:
    assert complaints(MAILS[name].html) == []


@pytest.mark.parametrize("name", MAILS)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(name: str, dark: bool) -> None:
    """WCAG 2, 1.4.3: at least 4.5 to 1."""
    found = contrasts(MAILS[name].html, dark=dark)
    assert {pair: ratio for pair, ratio in found.items() if ratio < 4.5} == {}
    assert len(found) >= 3


@pytest.mark.parametrize("file", sorted((ROOT / "infra/sample/plays").glob("*.md")), ids=stem)
def test_a_play_of_the_team_is_shown_whole(file: Path) -> None:
    words = file.read_text(encoding="utf-8").split("---\n", 2)[2]
    play = mail_examples.PLAY.model_copy(update={"html": without_risk(words)})
    html = compose(mail_examples.content(play=play)).html
    assert complaints(html) == []
    assert play.html in html


def test_both_schemes_are_looked_at() -> None:
    light, dark = (contrasts(ACCOUNT, dark=dark) for dark in (False, True))
    assert not light.keys() & dark.keys()
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</h1>", "</h1><script>alert(1)</script>"),
        ("</h1>", '</h1><img src="https://tracker.example/1.gif" alt="">'),
        ("</h1>", "</h1><form><input></form>"),
        ("</h1>", '</h1><svg viewBox="0"></svg>'),
        ("</h1>", ""),
        ("</h1>", "</h1></td>"),
        ("<h1 ", "<h2 "),
        ("</head>", '<link rel="stylesheet" href="https://x.example/a.css"></head>'),
        ("</head>", f"<style>{'a{}' * 3_000}</style></head>"),
        ("<style>", "<style>@import 'x';"),
        ("<style>", "<style>.a { background-image: url(https://x.example/a.png) }"),
        ("<body ", '<body onload="x()" '),
        (' role="presentation"', ""),
        (' role="presentation"', ' role="table"'),
        (' width="100%"', ""),
        (' bgcolor="#f6f8fa"', ""),
        (' lang="en"', ""),
        ("<title>", "<title></title><title>"),
        ("margin: 0;font", "position: absolute;font"),
        ("margin: 0;font", "float: left;font"),
        ("margin: 0;font", "display: flex;font"),
        ("margin: 0;font", "display: grid;font"),
        ("margin: 0;font", "background-image: none;font"),
        ("margin: 0;font", "margin: 0 !important;font"),
        ('href="https://forum.example/t/42#p1"', 'href="javascript:alert(1)"'),
        (">Answer at forum.example<", "><"),
        ("<tbody>", "<tbody>words"),
        ("<tbody>", "<tbody><td>words</td>"),
        ("<body", "<!-- a note --><body"),
        ("<![endif]-->", "<table><![endif]-->"),
        ('<meta charset="utf-8">', ""),
        ("<!DOCTYPE html>", ""),
    ],
)
def test_the_check_finds_what_mail_clients_drop(old: str, new: str) -> None:
    assert old in ACCOUNT
    assert complaints(ACCOUNT.replace(old, new, 1)) != []


def test_the_check_finds_what_gmail_clips() -> None:
    assert complaints(ACCOUNT.replace("</h1>", f"{'x' * 100_000}</h1>")) == ["clipped by Gmail"]


def test_the_check_finds_words_that_can_hardly_be_read() -> None:
    pale = ACCOUNT.replace("color: #5b6470", "color: #9aa3ad")
    assert min(contrasts(pale, dark=False).values()) < 4.5
