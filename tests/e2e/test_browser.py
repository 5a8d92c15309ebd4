"""A mail opened in a browser, as sellers do it: what they click is what is stored.

The tests are one story, in their order.
"""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import urllib3
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.expected_conditions import (
    staleness_of,
    visibility_of_element_located,
)
from selenium.webdriver.support.wait import WebDriverWait

from earshot.aws import keys
from earshot.aws.claim_store import ClaimStore
from earshot.aws.feedback_store import FeedbackStore
from earshot.aws.guard_store import Guard, GuardStore
from earshot.aws.preference_store import PreferenceStore
from earshot.aws.transactions import commit
from earshot.domain.models import AlertKind, AlertState, FeedbackKind, MuteKind
from earshot.domain.plays import Play
from earshot.flows.action_links import ActionLinker
from earshot.flows.action_tokens import Tokens
from earshot_ops.browser import browser, is_installed, look
from earshot_ops.demo import mails
from earshot_ops.demo.mails import SentMail
from tests import told
from tests.e2e.town import Town
from tests.e2e.waiting import until
from tests.told import Told

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        not is_installed() and not os.environ.get("CI"),
        reason="chromium and chromium-driver are not installed: make browser",
    ),
]

PLAY = Play(
    play_id="for-anna",
    title="Call them",
    industries=("nobody else's",),
    text="Call them first.",
    html="<p>Call them first.</p>",
    version="1",
)


@pytest.fixture(scope="module")
def opened() -> Iterator[Chrome]:
    with browser(390, 800) as found:
        yield found


@pytest.fixture(scope="module")
def told_of(town: Town) -> Told:
    return told.furnish(town.target.table, at=datetime.now(UTC) - timedelta(minutes=5))


@pytest.fixture(scope="module")
def mail(town: Town, told_of: Told) -> SentMail:
    """The alert that the deployed Lambdas make of Anna's row of the outbox."""
    alert = told_of.alerts["anna"].model_copy(
        update={
            "alert_id": keys.digest("browser", told_of.signal_id),
            "state": AlertState.PENDING,
            "due_at": datetime.now(UTC),
            "message_id": None,
            "play_id": PLAY.play_id,
        }
    )
    guard = Guard(
        seller_id="anna",
        subject_id=alert.subject_id,
        signal_id=alert.signal_id,
        alert_id=alert.alert_id,
    )
    guards = GuardStore(town.target.table).puts(guard, ("generic", "p1"))
    town.target.plays.put_all([PLAY])
    assert commit(town.target.table, [guards, town.target.outbox.inserts(alert)]) is None

    def sent() -> list[SentMail]:
        found = mails.sent(town.stack.aws.endpoint)
        return [one for one in found if one.to == ("anna@seller.example",)]

    until(lambda: bool(sent()), "Anna has her mail", within=90)
    return sent()[0]


@pytest.fixture
def in_mail(opened: Chrome, mail: SentMail, tmp_path: Path) -> "Mailbox":
    file = tmp_path / "mail.html"
    file.write_text(mail.html, encoding="utf-8")
    return Mailbox(opened, file.as_uri())


class Mailbox:
    """The mail as a web mailer shows it, and the pages that its links open."""

    def __init__(self, opened: Chrome, address: str) -> None:
        self.opened = opened
        self._address = address

    def click(self, words: str) -> str:
        """A link of the mail; the text of the page that it opens."""
        self.opened.get(self._address)
        return self.follow(words)

    def follow(self, words: str) -> str:
        """A link of the page that is open."""
        return self._leave_by(self.opened.find_element(By.LINK_TEXT, words))

    def choose(self, name: str, value: str) -> None:
        self.opened.find_element(By.CSS_SELECTOR, f'input[name="{name}"][value="{value}"]').click()

    def press(self) -> str:
        return self._leave_by(self.opened.find_element(By.CSS_SELECTOR, "button"))

    def _leave_by(self, element: WebElement) -> str:
        """The text of the page that comes."""
        before = self.opened.find_element(By.TAG_NAME, "html")
        element.click()
        wait = WebDriverWait(self.opened, 60)
        wait.until(staleness_of(before))
        return str(wait.until(visibility_of_element_located((By.TAG_NAME, "main"))).text)


def links_of(mail: SentMail) -> set[str]:
    return {unescape(url) for url in re.findall(r'href="([^"]+/link/[^"]+)"', mail.html)}


def rows(town: Town) -> list[Any]:
    pages = town.target.table.meta.client.get_paginator("scan")
    found = [
        sorted(row.items())
        for page in pages.paginate(TableName=town.target.table.name)
        for row in page["Items"]
        if str(row["pk"]).split("#", maxsplit=1)[0]
        in {"SIGNAL", "OUTBOX", "SELLER", "FEEDBACK", "LINKUSED", "OPEN"}
    ]
    return sorted(map(repr, found))


def test_a_scanner_that_opens_every_link_changes_nothing(
    town: Town, opened: Chrome, mail: SentMail
) -> None:
    until(lambda: _settled(town, mail), "the mail is settled", within=60)
    before = rows(town)
    links = links_of(mail)
    assert len(links) >= 9
    for link in links:
        opened.get(link)
        assert "You are Anna Example" in opened.page_source
        assert "/link/" not in opened.current_url
    assert rows(town) == before


def _settled(town: Town, mail: SentMail) -> bool:
    return any(mail.message_id in row and "SENT" in row for row in rows(town))


def test_anna_claims_from_her_mail_once(town: Town, in_mail: Mailbox, told_of: Told) -> None:
    assert "You act as Anna Example" in in_mail.click("I take it")
    assert "It is yours" in in_mail.press()
    claim = ClaimStore(town.target.table).get(told_of.signal_id)
    assert claim
    assert (claim.seller_id, claim.state, claim.version) == ("anna", "claimed", 1)
    escalations = [row for row in rows(town) if f"'{AlertKind.ESCALATION}'" in row]
    assert len(escalations) == 1
    before = rows(town)
    assert "was used already" in in_mail.click("I take it")
    assert rows(town) == before


def test_anna_mutes_what_she_chose(town: Town, in_mail: Mailbox, told_of: Told) -> None:
    in_mail.click("Mute")
    in_mail.choose("what", "topic:competitor:rival")
    in_mail.choose("long", "week")
    assert "Muted" in in_mail.press()
    chosen = PreferenceStore(town.target.table).get("anna")
    assert chosen
    (mute,) = chosen.mutes
    assert (mute.kind, mute.value) == (MuteKind.TOPIC, "competitor:rival")


def test_anna_says_that_it_is_not_relevant_and_then_that_it_is(
    town: Town, in_mail: Mailbox, told_of: Told
) -> None:
    given = FeedbackStore(town.target.table)
    in_mail.click("Not relevant")
    in_mail.choose("why", "no_business")
    in_mail.press()
    first = given.get("anna", told_of.signal_id)
    assert first
    assert (first.kind, first.why) == (FeedbackKind.NOT_RELEVANT, "no_business")
    in_mail.click("Useful")
    in_mail.press()
    last = given.get("anna", told_of.signal_id)
    assert last
    assert last.kind is FeedbackKind.USEFUL
    (use,) = town.target.plays.uses(PLAY.play_id)
    assert use.outcome is FeedbackKind.USEFUL


def test_anna_looks_hands_over_and_finds_it_in_her_list(
    town: Town, in_mail: Mailbox, told_of: Told
) -> None:
    page = in_mail.click("See everything about it")
    assert "We leave RivalCRM, what do people use?" in page
    assert "You took it." in page
    in_mail.follow("Hand over")
    in_mail.choose("to", "carla")
    in_mail.opened.find_element(By.ID, "note").send_keys("You know <them>.")
    assert "Handed over" in in_mail.press()
    claim = ClaimStore(town.target.table).get(told_of.signal_id)
    assert claim
    assert (claim.seller_id, claim.state, claim.note) == ("carla", "offered", "You know <them>.")
    assert "Anna Example handed it over to Carla Example" in in_mail.follow("My signals")


def test_anna_unsubscribes_by_hand_and_her_mail_program_for_her(
    town: Town, in_mail: Mailbox, told_of: Told
) -> None:
    in_mail.click("Unsubscribe")
    assert "You are unsubscribed" in in_mail.press()
    chosen = PreferenceStore(town.target.table).get("anna")
    assert chosen
    assert chosen.instant is False
    in_mail.click("Your preferences")
    in_mail.opened.find_element(By.NAME, "instant").click()
    assert "Saved." in in_mail.press()
    chosen = PreferenceStore(town.target.table).get("anna")
    assert chosen
    assert chosen.instant is True
    answer = urllib3.request(
        "POST",
        one_click(town, told_of),
        body=b"List-Unsubscribe=One-Click",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        retries=False,
        timeout=30,
    )
    assert (answer.status, answer.headers.get("Set-Cookie")) == (200, None)
    chosen = PreferenceStore(town.target.table).get("anna")
    assert chosen
    assert chosen.instant is False


def one_click(town: Town, told_of: Told) -> str:
    """As the header of the mail has it: the embedded AWS keeps no headers."""
    secrets = town.stack.client("secretsmanager")
    name = town.target.deployed.settings["EARSHOT_ACTION_SECRET"]
    key = str(secrets.get_secret_value(SecretId=name)["SecretString"])
    linker = ActionLinker(Tokens(lambda _: (key,)), town.target.deployed.pages_url)
    links = linker.of(told_of.alerts["anna"], datetime.now(UTC))
    assert links
    return links.one_click


def _log(opened: Chrome) -> list[str]:
    return [str(one["message"]) for one in opened.get_log("browser")]  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_wider_than_the_screen_and_none_breaks_its_own_policy(
    opened: Chrome, in_mail: Mailbox, width: int
) -> None:
    _log(opened)  # forgets what was before
    look(opened, width, 800)
    for words in ("See everything about it", "Your open signals", "Your preferences"):
        in_mail.click(words)
        size = opened.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        assert size["width"] <= width
    assert [line for line in _log(opened) if "Content Security" in line] == []


def test_pages_answer_over_http_as_browsers_are_told(town: Town) -> None:
    answer = urllib3.request(
        "GET", f"{town.target.deployed.pages_url}link/forged", retries=False, timeout=30
    )
    assert answer.status == 403
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert b"not one of ours" in answer.data
