"""The pages of sellers, through the Chalice client: what a link shows, and what a form does."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chalice.test import Client

from earshot.aws.claim_store import ClaimStore
from earshot.aws.feedback_store import FeedbackStore
from earshot.aws.preference_store import PreferenceStore
from earshot.aws.seller_store import SellerStore
from earshot.domain.actions import ABOUT_A_SIGNAL, ACTS_ONCE, ActionKind, link_of
from earshot.domain.models import AlertKind, AlertState, DigestWish, FeedbackKind, MuteKind
from earshot.flows.action_links import ActionLinker
from earshot.flows.action_tokens import tokens
from tests import chalice_apps, told
from tests.house import House
from tests.standin import StandIn
from tests.told import Told
from tests.visitor import Shown, Visitor

ROOT = "https://pages.example/"
LINKS = [kind for kind in ActionKind if kind is not ActionKind.FINISH]
ONE_CLICK = b"List-Unsubscribe=One-Click"
MULTIPART = (
    b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--'
)


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


@pytest.fixture
def told_of(house: House) -> Told:
    return told.furnish(house.table, at=datetime.now(UTC) - timedelta(minutes=5))


@pytest.fixture
def client(house: House) -> Iterator[Client]:
    with chalice_apps.client("alerts") as opened:
        yield opened


@pytest.fixture
def visitor(client: Client, told_of: Told) -> Visitor:
    return Visitor(client, ROOT)


def link(told_of: Told, name: str, seller: str = "anna", *, days_old: int = 0) -> str:
    """A link of the mail that this seller got."""
    now = datetime.now(UTC) - timedelta(days=days_old)
    links = ActionLinker(tokens(), ROOT).of(told_of.alerts[seller], now)
    assert links
    return str(getattr(links, name))


def state(house: House) -> tuple[list[str], list[str]]:
    """All rows and the names of all objects."""
    rows = sorted(repr(sorted(row.items(), key=lambda pair: pair[0])) for row in house.rows())
    return rows, sorted(house.objects())


def rows_of(house: House, kind: AlertKind) -> list[dict[str, Any]]:
    return [row for row in house.rows() if row.get("kind") == kind.value]


@pytest.mark.parametrize("action", LINKS)
def test_opening_a_link_changes_nothing(
    house: House, visitor: Visitor, told_of: Told, action: str
) -> None:
    """Scanners of mail open every link, some of them more than once."""
    before = state(house)
    for _ in range(2):
        assert visitor.open(link(told_of, action)).status == 200
    assert state(house) == before


@pytest.mark.parametrize("action", LINKS)
def test_a_link_names_whom_it_acts_for_and_leads_to_a_clean_address(
    visitor: Visitor, told_of: Told, action: str
) -> None:
    address = link(told_of, action, "ben")
    shown = visitor.open(address)
    assert "Ben Example" in shown.html
    token = address.rpartition("/")[2]
    assert token not in shown.address
    assert token not in shown.html


@pytest.mark.parametrize("action", LINKS)
@pytest.mark.parametrize("wrong", ["forged", "expired", "unsigned"])
def test_a_wrong_link_gets_a_clear_page_and_changes_nothing(
    house: House, visitor: Visitor, told_of: Told, action: str, wrong: str
) -> None:
    address = link(told_of, action, days_old=31 if wrong == "expired" else 0)
    if wrong == "forged":
        address = address[:-1] + ("A" if address[-1] != "A" else "B")
    if wrong == "unsigned":
        address = f"{ROOT}link/eyJhIjoxfQ"
    before = state(house)
    for shown in (visitor.open(address), visitor.post(address, ONE_CLICK)):
        assert shown.status == (410 if wrong == "expired" else 403)
        assert ("expired" in shown.html) == (wrong == "expired")
        assert "Open the link" in shown.html or "30 days" in shown.html
    assert visitor.cookies == {}
    assert state(house) == before


def test_useful_and_not_relevant_are_noted_and_the_last_click_wins(
    house: House, visitor: Visitor, told_of: Told
) -> None:
    given = FeedbackStore(house.table)
    for _ in range(2):
        visitor.send(visitor.open(link(told_of, "useful")))
    first = given.get("anna", told_of.signal_id)
    assert first
    assert (first.kind, first.score, first.alert_id) == (
        FeedbackKind.USEFUL,
        82,
        told_of.alerts["anna"].alert_id,
    )
    assert first.contributions == told.CONTRIBUTIONS
    asked = visitor.open(link(told_of, "not_relevant"))
    assert set(asked.offered["why"]) == {
        "wrong_company",
        "not_for_me",
        "no_business",
        "known_already",
    }
    assert visitor.send(asked, why="wrong_company").status == 200
    last = given.get("anna", told_of.signal_id)
    assert last
    assert (last.kind, last.why) == (FeedbackKind.NOT_RELEVANT, "wrong_company")
    assert given.give(first) is False
    assert given.get("anna", told_of.signal_id) == last
    assert list(given.of_seller("anna")) == [last]


@pytest.mark.parametrize(
    ("kind", "value", "long", "days"),
    [
        ("account", "account:acme", "week", 7),
        ("topic", "competitor:rival", "month", 30),
        ("rule", "intent_switching", "quarter", 90),
        ("signal", "", "always", None),
    ],
)
def test_a_mute_is_for_what_was_chosen_and_for_as_long(
    house: House,
    visitor: Visitor,
    told_of: Told,
    *,
    kind: str,
    value: str,
    long: str,
    days: int | None,
) -> None:
    asked = visitor.open(link(told_of, "mute"))
    value = value or told_of.signal_id
    assert "rule:owned_by_another" not in asked.offered["what"]
    assert visitor.send(asked, what=f"{kind}:{value}", long=long).status == 200
    chosen = PreferenceStore(house.table).get("anna")
    assert chosen
    (mute,) = chosen.mutes
    assert (mute.kind, mute.value) == (MuteKind(kind), value)
    if days is None:
        assert mute.until is None
    else:
        assert mute.until
        late = mute.until - datetime.now(UTC) - timedelta(days=days)
        assert abs(late) < timedelta(minutes=1)


def test_a_reminder_waits_until_the_morning_on_their_clock(
    house: House, visitor: Visitor, told_of: Told
) -> None:
    visitor.send(visitor.open(link(told_of, "snooze")), until="next_week")
    (row,) = rows_of(house, AlertKind.REMINDER)
    assert (row["seller_id"], row["state"]) == ("anna", AlertState.PENDING)
    assert row["root_id"] == told_of.alerts["anna"].alert_id
    due = datetime.fromisoformat(row["due_at"])
    assert (due.isoweekday(), due.hour, due.minute) == (1, 8, 0)
    assert timedelta(0) < due - datetime.now(UTC) < timedelta(days=7, hours=8)
    assert row["due_shard"]


def test_a_claim_is_seen_by_all_and_escalates_when_its_time_runs_out(
    house: House, visitor: Visitor, told_of: Told
) -> None:
    shown = visitor.send(visitor.open(link(told_of, "claim")))
    assert "It is yours" in shown.html
    claim = ClaimStore(house.table).get(told_of.signal_id)
    assert claim
    assert (claim.seller_id, claim.state, claim.version) == ("anna", "claimed", 1)
    (row,) = rows_of(house, AlertKind.ESCALATION)
    assert (row["seller_id"], row["claim_version"]) == ("ben", 1)
    assert row["root_id"] == told_of.alerts["ben"].alert_id
    assert datetime.fromisoformat(row["due_at"]) == claim.lease_until
    feedback = FeedbackStore(house.table).get("anna", told_of.signal_id)
    assert feedback
    assert feedback.kind is FeedbackKind.CLAIMED
    other = Visitor(visitor.client, ROOT)
    assert "Anna Example took it" in other.open(link(told_of, "signal", "ben")).html
    refused = other.send(other.open(link(told_of, "claim", "ben")))
    assert refused.status == 409
    assert "Anna Example was first" in refused.html
    assert ClaimStore(house.table).get(told_of.signal_id) == claim


def test_a_hand_over_is_offered_with_its_note_and_accepted_once(
    house: House, visitor: Visitor, told_of: Told
) -> None:
    asked = visitor.open(link(told_of, "hand_over"))
    assert asked.offered["to"] == ["ben", "carla"]
    assert visitor.send(asked).status == 400
    assert visitor.send(asked, to="carla", note="Knows <them>\r\nwell").status == 200
    claim = ClaimStore(house.table).get(told_of.signal_id)
    assert claim
    assert (claim.seller_id, claim.from_id, claim.state) == ("carla", "anna", "offered")
    (mail,) = rows_of(house, AlertKind.HANDOVER)
    assert (mail["seller_id"], mail["claim_version"], mail["state"]) == ("carla", 1, "PENDING")
    (late,) = rows_of(house, AlertKind.ESCALATION)
    assert late["seller_id"] == "anna"
    carla = Visitor(visitor.client, ROOT)
    page = carla.open(link(told_of, "signal", "carla"))
    assert "Anna Example handed it over to you" in page.html
    assert "Knows &lt;them&gt;\nwell" in page.html
    assert carla.send(carla.open(link(told_of, "claim", "carla"))).status == 200
    accepted = ClaimStore(house.table).get(told_of.signal_id)
    assert accepted
    assert (accepted.seller_id, accepted.state, accepted.version) == ("carla", "claimed", 2)


def test_what_ended_is_closed_and_won_is_noted(
    house: House, visitor: Visitor, told_of: Told
) -> None:
    visitor.open(link(told_of, "signal"))
    asked = visitor.open(f"signals/{told_of.signal_id}/finish")
    assert visitor.send(asked, end="won").status == 200
    claim = ClaimStore(house.table).get(told_of.signal_id)
    assert claim
    assert (claim.state, claim.lease_until) == ("done", None)
    feedback = FeedbackStore(house.table).get("anna", told_of.signal_id)
    assert feedback
    assert feedback.kind is FeedbackKind.WON
    assert rows_of(house, AlertKind.ESCALATION) == []
    again = visitor.open(f"signals/{told_of.signal_id}/finish")
    assert visitor.send(again, end="lost").status == 200
    other = Visitor(visitor.client, ROOT)
    assert other.send(other.open(link(told_of, "claim", "ben"))).status == 409


ANSWERS: dict[str, dict[str, str | list[str]]] = {"hand_over": {"to": "ben"}}


@pytest.mark.parametrize("action", sorted(ACTS_ONCE))
def test_a_link_that_acts_once_is_used_once(
    house: House, visitor: Visitor, told_of: Told, action: str
) -> None:
    asked = visitor.open(link(told_of, action))
    answer = ANSWERS.get(action, {})
    assert visitor.send(asked, **answer).status == 200
    before = state(house)
    for shown in (
        visitor.send(asked, **answer),
        visitor.open(link(told_of, action)),
        visitor.open(asked.address),
    ):
        assert shown.status == 410
        assert "was used already" in shown.html
        assert f"signals/{told_of.signal_id}" in "".join(shown.links)
    assert state(house) == before


def test_one_click_needs_no_cookie_and_no_form_and_is_answered_at_once(
    house: House, visitor: Visitor, told_of: Told
) -> None:
    for body, kind in (
        (ONE_CLICK, "application/x-www-form-urlencoded"),
        (
            MULTIPART,
            "multipart/form-data; boundary=b",
        ),
    ):
        answer = Visitor(visitor.client, ROOT).post(
            link(told_of, "one_click"), body, **{"Content-Type": kind}
        )
        assert answer.status == 200
        assert "Set-Cookie" not in answer.headers
    chosen = PreferenceStore(house.table).get("anna")
    assert chosen
    assert (chosen.instant, chosen.digest, chosen.version) == (False, DigestWish.DAILY, 1)


@pytest.mark.parametrize("body", [b"", b"List-Unsubscribe=", b"form=x"])
def test_one_click_acts_on_its_own_words_only(
    house: House, visitor: Visitor, told_of: Told, body: bytes
) -> None:
    before = state(house)
    assert visitor.post(link(told_of, "one_click"), body).status == 400
    assert visitor.post(link(told_of, "claim"), ONE_CLICK).status == 400
    assert state(house) == before


def test_unsubscribing_from_a_digest_ends_the_digest(
    house: House, visitor: Visitor, told_of: Told
) -> None:
    digest = told_of.alerts["anna"].model_copy(update={"kind": AlertKind.DIGEST})
    token = tokens().write(link_of(ActionKind.UNSUBSCRIBE, digest), datetime.now(UTC))
    asked = visitor.open(f"link/{token}")
    assert asked.form["what"] == ["digest"]
    assert visitor.send(asked).status == 200
    chosen = PreferenceStore(house.table).get("anna")
    assert chosen
    assert (chosen.instant, chosen.digest) == (True, DigestWish.NEVER)
    assert visitor.send(visitor.open(asked.address), what="both").status == 200
    chosen = PreferenceStore(house.table).get("anna")
    assert chosen
    assert (chosen.instant, chosen.digest) == (False, DigestWish.NEVER)


def test_preferences_are_kept_and_what_is_wrong_is_said_beside_it(
    house: House, visitor: Visitor, told_of: Told
) -> None:
    form = visitor.open(link(told_of, "preferences"))
    wrong = visitor.send(form, zone="Mars/Base", budget="-1", digest_at="late", days=[])
    assert wrong.status == 422
    for said in ("No time zone", "A number from 0", "A time such as", "One day at least"):
        assert said in wrong.html
    assert PreferenceStore(house.table).get("anna") is None
    saved = visitor.send(
        form, zone="Europe/Berlin", start="09:00", end="17:30", budget="3", days=["1", "2"]
    )
    assert "Saved." in saved.html
    chosen = PreferenceStore(house.table).get("anna")
    assert chosen
    assert chosen.hours
    assert (chosen.hours.zone, chosen.hours.days, chosen.budget) == ("Europe/Berlin", (1, 2), 3)
    assert (chosen.digest_at, chosen.urgent_anytime) == (None, None)
    visitor.send(visitor.open(link(told_of, "mute")))
    form = visitor.open("preferences")
    (muted,) = form.offered["unmute"]
    visitor.send(form, unmute=muted)
    chosen = PreferenceStore(house.table).get("anna")
    assert chosen
    assert chosen.mutes == ()


def test_the_list_has_what_waits_for_me_first(
    house: House, visitor: Visitor, told_of: Told
) -> None:
    assert "<h2>Open</h2>" in visitor.open(link(told_of, "open_signals")).html
    visitor.send(visitor.open(link(told_of, "claim")))
    mine = visitor.open("open")
    assert "Waiting for your answer" in mine.html
    assert "You took it." in mine.html
    assert f"signals/{told_of.signal_id}" in "".join(mine.links)
    assert (
        "Taken by colleagues"
        in Visitor(visitor.client, ROOT).open(link(told_of, "open_signals", "ben")).html
    )


def test_nobody_sees_or_does_what_they_were_not_told_of(
    house: House, visitor: Visitor, told_of: Told
) -> None:
    SellerStore(house.table).put(told.seller("dora"))
    dora = told_of.alerts["anna"].model_copy(update={"seller_id": "dora", "alert_id": "x"})
    token = tokens().write(link_of(ActionKind.PREFERENCES, dora), datetime.now(UTC))
    assert visitor.open(f"link/{token}").status == 200
    before = state(house)
    alert = told_of.alerts["anna"].alert_id
    for address in (f"signals/{told_of.signal_id}", f"signals/{told_of.signal_id}/claim"):
        assert visitor.open(address).status == 404
        assert visitor.open(f"{address}?alert={alert}").status == 404
    assert state(house) == before


def test_without_a_session_there_is_a_page_that_says_how_to_come_in(
    visitor: Visitor, told_of: Told
) -> None:
    for address in ("open", f"signals/{told_of.signal_id}", "preferences", "unsubscribe"):
        shown = visitor.open(address)
        assert shown.status == 403
        assert "come in by a link" in shown.html


def test_a_form_acts_for_its_seller_its_page_and_its_session_only(
    house: House, visitor: Visitor, told_of: Told
) -> None:
    asked = visitor.open(link(told_of, "claim"))
    ben = Visitor(visitor.client, ROOT)
    ben.open(link(told_of, "signal", "ben"))
    before = state(house)
    body = {"form": asked.form["form"]}
    assert ben.send(asked).status == 403
    assert Visitor(visitor.client, ROOT).send(asked).status == 403
    mute = visitor.open(link(told_of, "mute"))
    assert visitor.send(mute, **body).status == 403
    assert visitor.send(mute, form="").status == 403
    assert visitor.send(mute, what="account:account:other").status == 400
    assert visitor.post(asked.address, b"form=" + b"x" * 70_000).status == 413
    assert visitor.post(asked.address, b"\xff=\xff").status == 400
    assert state(house) == before


def test_a_seller_who_is_gone_comes_in_no_more(
    house: House, visitor: Visitor, told_of: Told
) -> None:
    visitor.open(link(told_of, "signal"))
    house.table.delete_item(Key={"pk": "SELLERS", "sk": "anna"})
    assert visitor.open("open").status == 403
    assert visitor.open(link(told_of, "signal")).status == 403


def test_every_answer_is_closed_to_scripts_frames_caches_and_sniffing(
    visitor: Visitor, told_of: Told
) -> None:
    answers: list[Shown] = [
        visitor.get(link(told_of, "claim")),
        visitor.open(link(told_of, "claim")),
        visitor.open(link(told_of, "signal")),
        visitor.open("signals/none"),
        visitor.open("link/forged"),
        visitor.open("signals/none/fly"),
    ]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        for part in ("form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"):
            assert part in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Strict-Transport-Security"]
        assert "<script" not in answer.html
        assert not re.search(r"<[^>]+\s(style|on\w+)=", answer.html)
    cookie = answers[0].headers["Set-Cookie"]
    assert cookie.startswith("__Host-earshot=")
    for part in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=43200"):
        assert part in cookie


def test_the_local_stage_has_a_cookie_for_plain_http(
    house: House, visitor: Visitor, told_of: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    from earshot.settings import settings

    monkeypatch.setenv("EARSHOT_STAGE", "local")
    settings.cache_clear()
    answer = visitor.get(link(told_of, "open_signals"))
    assert answer.headers["Set-Cookie"].startswith("earshot=")
    assert "Secure" not in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in answer.headers
    assert visitor.open("open").status == 200


def test_words_that_may_not_be_kept_are_not_shown(house: House, client: Client) -> None:
    now = datetime.now(UTC)
    post = told.post(
        now - timedelta(hours=1),
        quote="canary",
        data_class="copied",
        expires_at=now - timedelta(minutes=1),
    )
    expired = told.furnish(house.table, post, at=now)
    html = Visitor(client, ROOT).open(link(expired, "signal")).html
    assert "canary" not in html
    assert "may not be kept" in html
    assert "https://forum.example/t/1" in html


def test_what_came_from_outside_stays_text(house: House, client: Client) -> None:
    now = datetime.now(UTC)
    hostile = "\"><script>alert(1)</script>{{ 7*7 }}'onload='x"
    post = told.post(
        now - timedelta(hours=1),
        quote=hostile,
        permalink="javascript:alert(1)",
        author={"author_id": "u", "name": hostile, "handle": hostile},
    )
    signal = told.furnish(house.table, post, at=now)
    html = Visitor(client, ROOT).open(link(signal, "signal")).html
    assert "<script" not in html
    assert "javascript:" not in html
    assert "&lt;script&gt;" in html
    assert "{{ 7*7 }}" in html


def test_all_that_people_did_is_journalled_by_ids(
    house: House, visitor: Visitor, told_of: Told
) -> None:
    visitor.send(visitor.open(link(told_of, "hand_over")), to="ben", note="note-canary")
    for name in ("useful", "mute", "snooze", "unsubscribe"):
        visitor.send(visitor.open(link(told_of, name)))
    kinds = {name.split("/")[4] for name in house.objects("journal/")}
    assert kinds == {"handed_over", "feedback", "muted", "snoozed", "unsubscribed"}
    objects = " ".join(house._body(name) for name in house.objects("journal/"))
    assert "note-canary" not in objects
    assert "Example" not in objects


def test_no_action_is_without_a_question_and_no_other_address_answers(
    visitor: Visitor, told_of: Told
) -> None:
    visitor.open(link(told_of, "signal"))
    for action in ABOUT_A_SIGNAL:
        assert visitor.open(f"signals/{told_of.signal_id}/{action}").status == 200
    assert visitor.open(f"signals/{told_of.signal_id}/preferences").status == 404
