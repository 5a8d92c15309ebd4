"""What a new connection may be called, and which secrets it takes."""

import base64

import pytest

from earshot_ops import connecting
from earshot_ops.connecting import ConnectingError


@pytest.mark.parametrize(
    ("source", "given", "url", "name"),
    [
        ("github", None, None, "main"),
        ("github", "app-issues", None, "app-issues"),
        ("rss", None, "https://News.example:8443/feed.xml", "news-example"),
        ("rss", "trade", "https://news.example/feed.xml", "trade"),
        ("rss", None, "http://[::1]:8000/feed", "1"),
    ],
)
def test_a_connection_has_a_name(
    source: str, given: str | None, url: str | None, name: str
) -> None:
    assert connecting.name_of(source, given, url) == name


@pytest.mark.parametrize("given", ["", "Ab", "a/b", "-a", "a" * 64])
def test_a_name_that_cannot_be_a_part_of_an_address_is_refused(given: str) -> None:
    with pytest.raises(ConnectingError, match="is no name"):
        connecting.name_of("github", given or " ", None)


def test_the_name_of_earshot_s_own_connection_is_taken() -> None:
    with pytest.raises(ConnectingError, match="Earshot's own connection"):
        connecting.name_of("generic", "earshot-heartbeat", None)


@pytest.mark.parametrize("url", [None, "", "ftp://news.example", "news.example/feed", "http://"])
def test_a_feed_needs_a_web_address(url: str | None) -> None:
    with pytest.raises(ConnectingError, match="rss needs --url"):
        connecting.address_of("rss", url, None)


def test_a_platform_that_posts_to_us_has_no_address() -> None:
    with pytest.raises(ConnectingError, match="takes no --url"):
        connecting.address_of("github", "https://github.com", None)
    assert connecting.address_of("github", None, None) == (None, None)


def test_an_unknown_source_is_answered_with_those_that_are() -> None:
    with pytest.raises(ConnectingError, match=r"there are .*generic, github.*rss"):
        connecting.check_source("myspace")


@pytest.mark.parametrize("source", ["github", "generic"])
def test_a_secret_that_was_made_here_is_accepted_and_never_the_same(source: str) -> None:
    first, second = connecting.generate(source), connecting.generate(source)
    assert first != second
    assert connecting.check_secret(source, f" {first}\n") == first


@pytest.mark.parametrize("source", ["generic", "cloudevents"])
def test_a_public_key_stands_in_the_place_of_a_secret(source: str) -> None:
    key = "whpk_" + base64.b64encode(b"a public key of 32 bytes, theirs").decode()
    assert connecting.check_secret(source, f"{key}\n") == key


@pytest.mark.parametrize(
    ("source", "given", "reason"),
    [
        ("github", " \n", "no secret was given"),
        ("github", "hunter2hunter2", "shorter than 16"),
        ("github", "pässwörter-sind-lang", "no platform signs with"),
        ("generic", "whsec_not base64!!", "24 to 64 bytes in base64"),
        ("generic", "whsec_" + base64.b64encode(b"x" * 23).decode(), "24 to 64 bytes"),
        ("generic", base64.b64encode(b"x" * 65).decode(), "24 to 64 bytes"),
        ("generic", "whpk_" + base64.b64encode(b"x" * 31).decode(), "32 bytes in base64"),
        ("generic", "whsk_" + base64.b64encode(b"x" * 64).decode(), "24 to 64 bytes"),
        ("cloudevents", "whpk_" + base64.b64encode(b"x" * 33).decode(), "32 bytes in base64"),
        ("cloudevents", "whsec_short", "24 to 64 bytes"),
    ],
)
def test_a_secret_that_cannot_work_is_refused_and_not_repeated(
    source: str, given: str, reason: str
) -> None:
    with pytest.raises(ConnectingError, match=reason) as refusal:
        connecting.check_secret(source, given)
    assert not given.strip() or given.strip() not in str(refusal.value)
