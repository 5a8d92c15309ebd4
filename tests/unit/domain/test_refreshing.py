from datetime import UTC, datetime, timedelta

from earshot.domain import refreshing
from earshot.domain.facts import Origin
from earshot.domain.refreshing import Visit, Visits

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_who_was_never_asked_is_due() -> None:
    assert refreshing.is_due(None, NOON)
    assert refreshing.is_due(Visit(due_at=NOON), NOON)
    assert not refreshing.is_due(Visit(due_at=NOON + DAY), NOON)


def test_each_failure_doubles_the_wait_up_to_a_month() -> None:
    visit, waits = None, []
    for _ in range(7):
        visit = refreshing.failed(visit, NOON, "too_slow")
        waits.append((visit.due_at - NOON).days)
    assert waits == [1, 2, 4, 8, 16, 32, 32]
    assert visit is not None
    assert (visit.failures, visit.reason) == (7, "too_slow")


def test_an_answer_ends_the_failures_and_keeps_what_asks_for_changes() -> None:
    failed = refreshing.failed(None, NOON, "too_slow")
    read = refreshing.read(NOON, 7 * DAY, url="https://a.example/", validators={"etag": "1"})
    assert (read.failures, read.due_at) == (0, NOON + 7 * DAY)
    again = refreshing.unchanged(refreshing.failed(read, NOON, "gaierror"), NOON + DAY, 7 * DAY)
    assert (again.failures, again.reason, again.read_at) == (0, None, NOON)
    assert refreshing.validators_of(again, NOON + DAY) == ("https://a.example/", {"etag": "1"})
    assert refreshing.validators_of(failed, NOON) == ("", {})
    assert refreshing.validators_of(None, NOON) == ("", {})


def test_once_in_a_while_everything_is_read_anew() -> None:
    read = refreshing.read(NOON, DAY, url="", validators={"etag": "1"})
    assert refreshing.validators_of(read, NOON) == ("", {"etag": "1"})
    assert refreshing.validators_of(read, NOON + 31 * DAY) == ("", {})


def test_visits_are_kept_by_provider() -> None:
    visits = Visits(account_id="a").after(Origin.GLEIF, Visit(due_at=NOON))
    both = visits.after(Origin.WEBSITE, Visit(due_at=NOON + DAY))
    assert both.by_provider.keys() == {Origin.GLEIF, Origin.WEBSITE}
    assert visits.by_provider.keys() == {Origin.GLEIF}
