"""What a digest says."""

from datetime import timedelta
from typing import Any

import pytest

from earshot.domain import mail_wording as wording
from earshot.domain.deliveries import ConnectionState
from earshot.domain.digest import Digest, DigestGroup, DigestItem
from earshot.domain.mail import compose_digest
from tests import examples
from tests.unit.domain import mail_examples
from tests.unit.domain.mail_examples import FULL, MORNING, QUIET, digest

HOUR = timedelta(hours=1)


def text(told: Digest) -> str:
    return compose_digest(told).text


def item(number: int, **changes: object) -> DigestItem:
    about = mail_examples.signal(
        signal_id=f"s{number}", subject=examples.subject(name=f"Company {number}")
    )
    plain = {"signal": about, "posts": (), "score": 50, "reason": "below_alert"}
    return DigestItem.model_validate({**plain, **changes})


def test_a_digest_goes_to_the_seller_on_a_list_of_its_own() -> None:
    mail = compose_digest(FULL)
    assert mail.to == "nora@seller.example"
    assert (mail.list_name, mail.thread_id) == ("digest", "d1")
    assert mail.one_click == "https://actions.example/prod/one-click?t=d1.sig"


def test_while_observing_the_operator_gets_it() -> None:
    mail = compose_digest(digest(observer="operator@company.example", links=None))
    assert mail.to == "operator@company.example"
    assert mail.subject == "[Observing] Earshot today: nothing new"
    assert "Live, it would have gone to Nora Weiss." in mail.text
    assert mail.one_click == ""


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({}, "Earshot today: nothing new"),
        ({"more_items": 4}, "Earshot today: 4 for you"),
        ({"open": FULL.open[:1]}, "Earshot today: nothing new, 1 waits for your answer"),
        (
            {"groups": FULL.groups, "more_items": 1_200, "open": FULL.open, "open_more": 9},
            "Earshot today: 1,203 for you, 11 wait for your answer",
        ),
    ],
)
def test_the_subject_counts_what_came_and_what_waits(
    changes: dict[str, object], subject: str
) -> None:
    assert compose_digest(digest(**changes)).subject == subject


def test_a_quiet_day_says_that_somebody_listened() -> None:
    said = text(QUIET)
    assert "Nothing new for you." in said
    assert "generic forum: last delivery Thu 19 Nov 2026, 07:00 CET" in said
    assert "github ours: no delivery yet" in said


def test_without_any_source_it_says_so() -> None:
    assert "No source is connected yet." in text(digest(connections=(), since=None))


def test_an_error_that_is_over_is_told_as_over() -> None:
    failed = ConnectionState(
        source="rss",
        connection_id="trade",
        last_delivery_at=MORNING - timedelta(minutes=5),
        last_error="answered\n503",
        last_error_at=MORNING - timedelta(minutes=12),
    )
    timeless = failed.model_copy(update={"last_error_at": None})
    said = text(digest(connections=(failed, timeless)))
    assert "answered 503 (Thu 19 Nov 2026, 07:48 CET, delivered since)\n" in said
    assert "answered 503\n" in said


def test_a_source_that_is_silent_for_longer_than_usual_is_told_so() -> None:
    silent = ConnectionState(
        source="github",
        connection_id="ours",
        last_delivery_at=MORNING - timedelta(hours=9),
        pauses={"2026-W46": 3_600, "2026-W47": 3_600},
    )
    assert "CET, which is unusually long ago" in text(digest(connections=(silent,)))


@pytest.mark.parametrize(
    "broken",
    [
        {"last_error": "too_slow", "last_error_at": MORNING, "polled_at": MORNING - HOUR * 2},
        {"last_delivery_at": MORNING - HOUR / 2, "lease_until": MORNING - HOUR},
    ],
)
def test_a_source_that_is_broken_is_told_apart_from_a_quiet_one(broken: dict[str, Any]) -> None:
    quiet = {"polled_at": MORNING, "last_delivery_at": MORNING - 400 * HOUR}
    states = [
        ConnectionState.model_validate({"source": "rss", "connection_id": name, **known})
        for name, known in (("trade", broken), ("local", quiet))
    ]
    said = text(digest(connections=tuple(states)))
    [trade] = [one for one in said.splitlines() if one.startswith("rss trade:")]
    [local] = [one for one in said.splitlines() if one.startswith("rss local:")]
    assert trade.endswith("; it is broken")
    assert "unusually" not in local
    assert "broken" not in local


def test_many_connections_are_counted() -> None:
    said = text(digest(connections=QUIET.connections * 11))
    assert "And 3 more." in said


def test_the_best_stories_are_shown_and_the_others_counted() -> None:
    groups = tuple(
        DigestGroup(name=f"Group {first}", items=tuple(map(item, range(first, first + 20))))
        for first in (0, 20, 40)
    )
    said = text(digest(groups=groups, more_items=5))
    assert "Company 19: talks of switching" in said
    assert "Group 20" in said
    assert "Company 24" not in said
    assert "Group 40" not in said
    assert "And 41 more stories that matter less" in said


def test_what_waits_says_since_when_and_who_has_it() -> None:
    said = text(FULL)
    assert "You were told on Tue 17 Nov 2026, 08:00 CET. You took it on." in said
    assert "Late: an answer was expected by Wed 18 Nov 2026, 08:00 CET." in said
    assert "Expected: an answer by Thu 19 Nov 2026, 18:00 CET." in said
    other = FULL.open[0].model_copy(update={"claimed_by": "Jonas Brandt", "expected_by": None})
    said = text(digest(open=(other,) * 30))
    assert "Jonas Brandt has it." in said
    assert "And 6 more stories." in said


def test_what_was_deleted_is_counted() -> None:
    assert "1 story that waited here was deleted at its source." in text(FULL)
    assert "2 stories that waited here were deleted at their source." in text(digest(gone=2))


def test_a_story_without_a_post_or_an_account_is_told_nevertheless() -> None:
    bare = DigestGroup(name="Acme", account=examples.account(), items=(item(1),))
    assert "Company 1: talks of switching (rivalcrm)" in text(digest(groups=(bare,)))


def test_each_story_says_why_it_waited() -> None:
    for reason, said in wording.DIGEST_REASON.items():
        told = DigestGroup(name="Acme", items=(item(1, reason=reason),))
        assert f"Here because: {said}." in text(digest(groups=(told,)))
    assert wording.digest_reason("some_new_one") == "some new one"
