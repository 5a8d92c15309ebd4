"""Every reason that the machine gives has its words for people."""

import re
from datetime import timedelta

import pytest

from earshot.domain.models import Claim, Contribution, MuteKind, Relevance
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.why_words import ATTENTION, DIVERTED, REASONS, addition, claimed
from tests.examples import NOON

PACKAGE = ROOT / "layers/core/python/earshot"


def reasons_in(path: str, before: str) -> set[str]:
    return set(re.findall(rf'{before}"([a-z_]+)"(?!:)', (PACKAGE / path).read_text("utf-8")))


def test_every_reason_of_a_decision_has_words() -> None:
    decided = reasons_in("domain/deciding.py", r"Outcome\.[A-Z]+, ")
    told = reasons_in("flows/tell_sellers.py", "return ")
    muted = {f"muted_{kind}" for kind in MuteKind}
    assert {"worth_an_alert", "below_digest", "unsubscribed"} <= decided
    assert told
    assert (decided | told | muted | {"nothing_new"}) - REASONS.keys() == set()


def test_every_reason_of_attention_has_words() -> None:
    found = reasons_in("domain/attention.py", "reason=") | {"holiday", "quiet_hours"}
    assert "within_hours" in found
    assert found - ATTENTION.keys() == set()


def test_every_reason_to_leave_an_alert_to_the_digest_has_words() -> None:
    drafted = reasons_in("flows/draft_mail.py", "return ")
    delivered = reasons_in("flows/deliver_alert.py", r"_divert\(alert, ")
    assert {"over_budget", "claimed_by_another"} <= drafted | delivered
    assert (drafted | delivered) - DIVERTED.keys() == set()


@pytest.mark.parametrize(
    ("points", "score", "words"),
    [
        ((40, 25), 65, "part 0 +40, part 1 +25"),
        ((90, 25), 100, "part 0 +90, part 1 +25 = 115, of 0 to 100"),
        ((-60, 10), 0, "part 0 -60, part 1 +10 = -50, of 0 to 100"),
        ((), 0, "nothing"),
    ],
)
def test_a_score_is_added_up_and_what_was_cut_off_is_said(
    points: tuple[int, ...], score: int, words: str
) -> None:
    parts = tuple(Contribution(name=f"part_{n}", points=p) for n, p in enumerate(points))
    assert addition(Relevance(score=score, contributions=parts, versions={})) == words


@pytest.mark.parametrize(
    ("state", "from_id", "words"),
    [
        ("claimed", None, "claimed by carla at 2026-11-18 12:00 UTC"),
        ("offered", "anna", "offered by anna to carla at 2026-11-18 12:00 UTC"),
        ("done", "anna", "done by carla at 2026-11-18 12:00 UTC"),
    ],
)
def test_who_takes_care_is_told_with_the_lease(state: str, from_id: str | None, words: str) -> None:
    claim = Claim(
        signal_id="s1",
        subject_id="account:acme",
        seller_id="carla",
        from_id=from_id,
        state=state,
        claimed_at=NOON,
        version=1,
    )
    assert claimed(claim) == words
    leased = claim.model_copy(update={"lease_until": NOON + timedelta(hours=1)})
    assert claimed(leased) == f"{words}, to act by 2026-11-18 13:00 UTC"
