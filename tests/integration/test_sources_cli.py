"""What an operator does with sources: connect each kind, see how it does, retire a secret."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from earshot.aws.raw_archive import delivery_of
from earshot.domain.models import Connection, DataClass
from earshot.sources import catalog
from earshot.sources.surface import FetchedPage
from earshot_ops import pushing
from earshot_ops.commands import awaiting
from earshot_ops.commands.exits import ExitCode
from earshot_ops.setups import SETUPS, Whose
from earshot_ops.target import Target
from tests.house import House
from tests.house_target import Earshot
from tests.standin import StandIn

SECRET = "a-secret-of-some-platform"
CHANNEL = "UC" + "a" * 22


@pytest.fixture
def aws(standin_environment: StandIn) -> StandIn:
    return standin_environment


def made(target: Target, name: str) -> Connection:
    [found] = [c for c in target.connections.list() if f"{c.source}/{c.connection_id}" == name]
    return found


def test_every_source_can_be_set_up() -> None:
    assert set(SETUPS) == set(catalog.SOURCES)
    for name, setup in SETUPS.items():
        listing = catalog.listing(name)
        assert setup.address or listing.posts
        assert setup.secret or setup.whose in {Whose.HUB, Whose.NONE}
        assert bool(setup.steps) or not listing.posts or setup.whose is Whose.HUB


@pytest.mark.parametrize("source", sorted(catalog.WEBHOOKS - {"rss", "youtube"}))
def test_a_platform_is_told_where_to_post(earshot: Earshot, target: Target, source: str) -> None:
    answer = earshot("connect", source, given=f"{_secret(source)}\n")
    assert answer.exit_code == ExitCode.OK, answer.output
    url = f"https://api.example/test/hooks/{source}/main"
    assert url in answer.stdout
    assert made(target, f"{source}/main").hook_url == url
    assert _secret(source) not in answer.output
    assert "{" not in answer.stdout


def _secret(source: str) -> str:
    return "whsec_" + "YWJj" * 10 if source == "generic" else SECRET


def test_the_verify_token_of_meta_is_shown(earshot: Earshot) -> None:
    answer = earshot("connect", "whatsapp", given=SECRET)
    [line] = [one for one in answer.stdout.splitlines() if one.startswith("verify token: ")]
    assert len(line.removeprefix("verify token: ")) == 32


def test_a_source_is_searched_for_words_or_for_the_watchlist(
    earshot: Earshot, target: Target
) -> None:
    assert "for what the watchlist names" in earshot("connect", "bluesky", given="\n").stdout
    assert made(target, "bluesky/main").query is None
    earshot("connect", "bluesky", "--query", "RivalCRM alternative", given="\n")
    found = made(target, "bluesky/rivalcrm-alternative")
    assert (found.url, found.query) == (SETUPS["bluesky"].address, "RivalCRM alternative")
    assert found.data_class is DataClass.BORROWED
    assert found.keep_hours == 48
    assert found.hook_url is None


def test_a_server_is_searched_for_a_tag_or_posts_to_us(earshot: Earshot, target: Target) -> None:
    answer = earshot("connect", "mastodon", "--url", "https://social.example/", "--query", "crm")
    assert answer.exit_code == ExitCode.OK
    assert made(target, "mastodon/crm").url == "https://social.example"
    assert earshot("connect", "mastodon", "--query", "crm").exit_code == ExitCode.USAGE
    assert "hooks/mastodon/main" in earshot("connect", "mastodon", given=SECRET).stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("github", "--query", "crm"), "github takes no --query"),
        (("slack", "--generate"), "slack makes its secret itself: the signing secret"),
        (("youtube", "--url", "https://www.youtube.com/@somebody"), "youtube needs --url of a"),
        (("reddit", "--query", "crm"), "not two words with a colon between: client_id"),
        (("github", "--data-class", "borrowed", "--keep-hours", "49"), "48 hours at most"),
        (("github", "--keep-hours", "0"), "--keep-hours is one at least"),
        (("github", "--push"), "no hub pushes github"),
        (("github", "--retire"), "there is no connection github/main"),
    ],
)
def test_what_cannot_work_is_refused(
    earshot: Earshot, target: Target, words: tuple[str, ...], sentence: str
) -> None:
    answer = earshot("connect", *words, given=SECRET)
    assert answer.exit_code != ExitCode.OK
    assert sentence in " ".join(answer.stderr.replace("│", " ").split())
    assert list(target.connections.list()) == []


def test_what_may_be_kept_is_changed_for_a_connection(earshot: Earshot, target: Target) -> None:
    earshot("connect", "reddit", "--query", "crm", "--data-class", "displayed", given="id:secret")
    found = made(target, "reddit/crm")
    assert (found.data_class, found.keep_hours) == (DataClass.DISPLAYED, None)
    earshot("connect", "github", "--keep-hours", "720", given=SECRET)
    assert made(target, "github/main").keep_hours == 720
    earshot("connect", "github", given=SECRET)
    assert made(target, "github/main").keep_hours == 720


def test_a_former_secret_is_retired(earshot: Earshot, target: Target) -> None:
    for secret in ("the-first-of-two-secrets", "the-second-of-two-secrets"):
        earshot("connect", "github", given=secret)
    assert "refused from now on" in earshot("connect", "github", "--retire").stdout
    assert target.secrets.secrets("github", "main") == (b"the-second-of-two-secrets",)
    again = earshot("connect", "github", "--retire")
    assert "has one secret only" in again.stderr
    assert again.exit_code == ExitCode.USAGE


def test_a_channel_is_pushed_by_its_hub(
    earshot: Earshot, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, str]] = []

    def fetch(url: str, headers: object, /, *, form: dict[str, str] | None = None) -> FetchedPage:
        asked.append({"url": url, **(form or {})})
        return FetchedPage(202, url, {}, b"")

    monkeypatch.setattr(pushing, "_fetcher", lambda _: fetch)
    answer = earshot("connect", "youtube", "--url", f"https://www.youtube.com/channel/{CHANNEL}")
    assert answer.exit_code == ExitCode.OK, answer.output
    [request] = asked
    assert request["hub.callback"].endswith(f"/hooks/youtube/{CHANNEL.lower()}")
    assert request["hub.topic"].endswith(f"channel_id={CHANNEL}")
    assert request["hub.secret"] not in answer.output


def test_a_hub_that_refuses_is_asked_again_later(earshot: Earshot, target: Target) -> None:
    url = "http://127.0.0.1:9/hub"
    answer = earshot("connect", "rss", "--url", "https://news.example/feed", "--hub", url)
    assert answer.exit_code == ExitCode.OK
    assert "its hub did not accept yet" in answer.stderr
    assert made(target, "rss/news-example").hub == url


def test_a_platform_is_waited_for(target: Target, earshot: Earshot) -> None:
    earshot("connect", "whatsapp", given=SECRET)
    connection, began = made(target, "whatsapp/main"), datetime.now(UTC)

    def shake(_: float) -> None:
        target.connections.note_handshake(connection, datetime.now(UTC), lease_seconds=None)

    assert not awaiting.wait_for(target, connection, began, seconds=4, sleep=lambda _: None)
    assert awaiting.wait_for(target, connection, began, seconds=4, sleep=shake)
    later = datetime.now(UTC) + timedelta(seconds=1)
    assert not awaiting.wait_for(target, connection, later, seconds=4, sleep=lambda _: None)


def test_ctrl_c_ends_the_waiting_only(target: Target, earshot: Earshot) -> None:
    earshot("connect", "github", given=SECRET)

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    connection = made(target, "github/main")
    now = datetime.now(UTC)
    assert not awaiting.wait_for(target, connection, now, seconds=60, sleep=interrupt)


def test_how_each_connection_does_is_shown(earshot: Earshot, target: Target, house: House) -> None:
    for secret in ("the-first-of-two-secrets", "the-second-of-two-secrets"):
        earshot("connect", "github", given=secret)
    earshot("connect", "rss", "--url", "https://news.example/feed")
    now = datetime.now(UTC)
    for hours in (1, 1, 3, 30):
        delivery = delivery_of(f"raw/github/main/d{hours}", now - timedelta(hours=hours))
        target.receipts.add(delivery)
        target.connections.note_delivery(delivery)
    feed = made(target, "rss/news-example")
    target.connections.save_cursor(feed, {"etag": '"7"'}, at=now)
    target.connections.save_error(feed, "status_503", now - timedelta(hours=3))
    shown = " ".join(earshot("sources").stdout.split())
    assert "comes posted to us" in shown
    assert "kept copied; operational" in shown
    assert "last 60 minutes ago; 2 in 24 hours" in shown
    assert "the former, 0 minutes old, is still taken until --retire" in shown
    assert "comes fetched from https://news.example/feed" in shown
    assert "failed status_503, 3 hours ago" in shown
    assert 'cursor etag "7"' in shown
    told = json.loads(earshot("sources", "--json").stdout)["connections"]
    assert [one["deliveries_in_24_hours"] for one in told] == [2, 0]


def test_without_connections_it_says_how_to_make_one(earshot: Earshot) -> None:
    assert "earshot connect" in earshot("sources").stderr


def test_connecting_again_forgets_nothing(earshot: Earshot, target: Target) -> None:
    earshot("connect", "github", given=SECRET)
    delivery = delivery_of("raw/github/main/d1", datetime.now(UTC))
    target.connections.note_delivery(delivery)
    earshot("connect", "github", given=SECRET)
    assert target.connections.state(made(target, "github/main")).last_delivery_at
