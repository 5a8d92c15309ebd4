"""Links and sessions: good as they were signed, and not otherwise."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.actions import ActionKind, Form, Link, link_of
from earshot.domain.links import ActionLinks
from earshot.domain.models import Alert, AlertKind, AlertState
from earshot.flows.action_links import ActionLinker
from earshot.flows.action_tokens import (
    LINK_LIFE,
    SESSION_LIFE,
    Session,
    TokenError,
    TokenExpiredError,
    Tokens,
)
from tests.examples import NOON

ALERT = Alert(
    alert_id="a1",
    signal_id="s1",
    subject_id="account:acme",
    seller_id="anna",
    state=AlertState.PENDING,
    signal_ids=frozenset({("account:acme", "s1")}),
)
LINK = link_of(ActionKind.CLAIM, ALERT)
BASE = "https://pages.example/prod/"


def tokens(*secrets: str) -> Tokens:
    return Tokens(lambda _: secrets or ("newest",))


def test_a_link_says_what_was_signed_until_thirty_days_are_over() -> None:
    token = tokens().write(LINK, NOON)
    assert tokens().read(Link, token, NOON) == LINK
    assert tokens().read(Link, token, NOON + LINK_LIFE) == LINK
    with pytest.raises(TokenExpiredError):
        tokens().read(Link, token, NOON + LINK_LIFE + timedelta(seconds=1))


def test_a_session_ends_after_twelve_hours() -> None:
    token = tokens().write(Session(seller_id="anna"), NOON)
    assert tokens().read(Session, token, NOON + SESSION_LIFE).seller_id == "anna"
    with pytest.raises(TokenExpiredError):
        tokens().read(Session, token, NOON + SESSION_LIFE + timedelta(seconds=1))


def test_a_clock_that_is_a_little_behind_reads_it_too() -> None:
    token = tokens().write(LINK, NOON)
    assert tokens().read(Link, token, NOON - timedelta(seconds=59)) == LINK
    with pytest.raises(TokenExpiredError):
        tokens().read(Link, token, NOON - timedelta(seconds=61))


def test_no_byte_may_be_another() -> None:
    """The last character of a signature holds bits that base64 does not read: these count, too."""
    token = tokens().write(LINK, NOON)
    for place, right in enumerate(token):
        for wrong in {"A", "Q", "_", ".", "-", chr(ord(right) ^ 1)} - {right}:
            forged = token[:place] + wrong + token[place + 1 :]
            with pytest.raises(TokenError) as refused:
                tokens().read(Link, forged, NOON)
            assert not isinstance(refused.value, TokenExpiredError)


@given(st.text(max_size=200) | st.text(alphabet="AQ._-xyz019", max_size=200))
def test_whatever_else_comes_is_refused_without_a_crash(text: str) -> None:
    with pytest.raises(TokenError):
        tokens().read(Link, text, NOON)


def test_a_token_of_one_kind_is_none_of_another() -> None:
    token = tokens().write(Session(seller_id="anna"), NOON)
    for kind in (Link, Form):
        with pytest.raises(TokenError):
            tokens().read(kind, token, NOON)


def test_the_secret_before_is_good_and_the_one_before_that_is_not() -> None:
    token = tokens("first").write(LINK, NOON)
    assert tokens("first", "second").read(Link, token, NOON) == LINK
    with pytest.raises(TokenError):
        tokens("second", "third").read(Link, token, NOON)
    assert tokens("first", "second").write(LINK, NOON) == tokens("second").write(LINK, NOON)


def test_a_token_of_a_newer_secret_than_the_one_remembered_is_looked_at_again() -> None:
    asked: list[float] = []

    def secrets(max_age: float) -> Sequence[str]:
        asked.append(max_age)
        return ("first",) if max_age > 60 else ("first", "second")

    token = tokens("second").write(LINK, NOON)
    assert Tokens(secrets).read(Link, token, NOON) == LINK
    assert asked == [300, 15]


def test_a_mail_made_again_has_links_with_the_same_identity() -> None:
    linker = ActionLinker(tokens(), BASE)
    once, again = linker.of(ALERT, NOON), linker.of(ALERT, NOON + timedelta(hours=1))
    assert once is not None
    assert again is not None
    for name in ActionLinks.model_fields:
        first, second = (_said(getattr(links, name)) for links in (once, again))
        assert first == second
        assert (first.action, first.seller_id) == (name, "anna")
    assert linker.of(ALERT, NOON) == once


def test_every_action_is_a_link_of_its_own_and_so_is_each_signal_of_a_digest() -> None:
    digest = ALERT.model_copy(
        update={"alert_id": "d1", "kind": AlertKind.DIGEST, "signal_id": "", "subject_id": ""}
    )
    linker = ActionLinker(tokens(), BASE)
    made = [
        linker.of(ALERT, NOON),
        linker.of(digest, NOON),
        linker.of(digest, NOON, signal=("account:acme", "s1")),
        linker.of(digest, NOON, signal=("account:acme", "s2")),
    ]
    said = [_said(url) for links in made if links for url in links.model_dump().values()]
    assert len({link.link_id for link in said}) == len(said) == 4 * len(ActionLinks.model_fields)
    assert {link.list for link in said if link.alert_id == "d1"} == {"digest"}


def test_without_pages_there_are_no_links() -> None:
    assert ActionLinker(tokens(), "").of(ALERT, NOON) is None


def _said(url: str) -> Link:
    return tokens().read(Link, url.removeprefix(f"{BASE}link/"), NOON + timedelta(hours=2))
