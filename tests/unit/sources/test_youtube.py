import itertools
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.aws.raw_archive import RawObject
from earshot.domain.models import DataClass, Deletion, Ignored, Post
from earshot.errors import MalformedPayloadError
from earshot.sources import catalog, youtube
from earshot.sources.surface import DELETED_VERSION, Held, Item
from tests.unit.sources.test_events import EVENTS, delivery

EXAMPLES = EVENTS / "youtube"
ROOT = Path(__file__).parents[3]
REAL = Path(os.environ.get("EARSHOT_SHARED", ROOT.parent / "shared")) / "data/payloads/youtube"
CHANNEL = "UCledgerTestsAndTours00"
FEED = (
    '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0" '
    'xmlns:yt="http://www.youtube.com/xml/schemas/2015">{}</feed>'
)
VIDEO = "yt:video:AbC_dEf-123"


def normalise(body: bytes) -> list[Item]:
    raw = RawObject({}, body, DataClass.BORROWED)
    return list(catalog.normalise(delivery("youtube"), raw))


def feed(*parts: str) -> bytes:
    return FEED.format("".join(parts)).encode()


def entry(title: str = "A video", clock: str | None = "2026-03-02T09:15:00Z", **more: str) -> str:
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in more.items())
    updated = f"<updated>{clock}</updated>" if clock else ""
    return (
        f"<entry><id>{VIDEO}</id><yt:videoId>AbC_dEf-123</yt:videoId>"
        f"<yt:channelId>{CHANNEL}</yt:channelId><title>{title}</title>"
        f"<published>2026-03-02T09:00:00Z</published>{updated}{inside}</entry>"
    )


def post(body: bytes) -> Post:
    [found] = normalise(body)
    assert isinstance(found, Post)
    return found


def test_the_latest_title_wins_in_any_order_and_a_deletion_over_all() -> None:
    bodies = [(EXAMPLES / f"video.{one}.xml").read_bytes() for one in ("new", "changed", "deleted")]
    for order in itertools.permutations(bodies):
        told = [item for body in order for item in normalise(body)]
        assert {getattr(item, "native_id", None) for item in told} == {"yt:video:q7Lw0_Tally"}
        first, second, last = sorted(told, key=lambda item: getattr(item, "version", ""))
        assert isinstance(first, Post)
        assert isinstance(second, Post)
        assert isinstance(last, Deletion)
        assert "6 alternatives" in second.text
        assert last.version == DELETED_VERSION


@given(st.tuples(st.text("ab <&é", max_size=9), st.text("ab <&é", max_size=9)))
def test_two_titles_of_one_clock_have_one_winner(titles: tuple[str, str]) -> None:
    one, two = (
        post(feed(entry(title.replace("&", "&amp;").replace("<", "&lt;")))) for title in titles
    )
    assert (one.version == two.version) is (one.text == two.text)


def test_without_its_own_clock_a_video_has_the_nearest() -> None:
    assert post(feed(entry(clock=None))).version.startswith("2026-03-02T09:00:00")
    undated = entry(clock=None).replace("published", "nothing")
    when = "<updated>2026-03-02T10:00:00Z</updated>"
    assert post(feed(when, undated)).version.startswith("2026-03-02T10:00:00")
    assert post(feed(undated)).version.startswith("2026-03-02T12:00:00")


@pytest.mark.parametrize(
    ("clock", "version"),
    [
        ("2026-03-02T09:15:42.184203719+00:00", "2026-03-02T09:15:42.184203Z"),
        ("2026-03-02T10:15:42+01:00", "2026-03-02T09:15:42.000000Z"),
        ("yesterday", "2026-03-02T09:00:00.000000Z"),
        ("0001-01-01T00:00:00Z", "2026-03-02T09:00:00.000000Z"),
        ("9" * 100_000, "2026-03-02T09:00:00.000000Z"),
    ],
    ids=["nanoseconds", "zone", "words", "early", "long"],
)
def test_clocks_are_read_as_they_come(clock: str, version: str) -> None:
    assert post(feed(entry(clock=clock))).version.startswith(f"{version}#")


def test_a_tombstone_is_of_the_channel_that_buried_the_video() -> None:
    body = (EXAMPLES / "video.deleted.xml").read_bytes()
    assert list(youtube.held({}, body)) == [Held("yt:video:q7Lw0_Tally", CHANNEL)]


def test_an_erased_tombstone_stays_and_names_nobody() -> None:
    body = (EXAMPLES / "video.deleted.xml").read_bytes()
    rest = youtube.without({}, body, "yt:video:q7Lw0_Tally")
    assert rest
    assert normalise(rest) == normalise(body)
    assert CHANNEL.encode() not in rest
    assert "Bücher".encode() not in rest
    assert list(youtube.held({}, rest)) == []


def test_an_erased_video_leaves_the_others_to_the_letter() -> None:
    other = entry("Kept &#13;&#10; as &lt;it&gt; is &#8212; ü").replace("AbC_dEf-123", "Other_One")
    body = feed(entry("Gone"), other, entry("Gone, too"))
    rest = youtube.without({}, body, VIDEO)
    assert rest
    assert b"Gone" not in rest
    assert normalise(rest) == normalise(body)[1:2]
    assert youtube.without({}, feed(entry()), VIDEO) is None
    assert youtube.without({}, body, "yt:video:nobody") == body


def test_who_has_no_channel_is_known_by_name_or_by_the_video() -> None:
    nameless = entry().replace("channelId", "other")
    assert post(feed(nameless)).author.author_id == VIDEO
    named = nameless.replace("</entry>", "<author><name>Ida</name><uri>x</uri></author></entry>")
    author = post(feed(named)).author
    assert (author.author_id, author.name, author.profile_url) == ("Ida", "Ida", None)


@pytest.mark.parametrize("video", ["", "a b", "../x", "a" * 65, "é", "x\n&lt;"])
def test_what_can_be_no_video_fails_alone(video: str) -> None:
    broken = entry().replace("AbC_dEf-123", video)
    told = normalise(feed(broken, entry()))
    assert told[0] == Ignored(reason="malformed_post")
    assert isinstance(told[1], Post)


DEEP = "<a>" * 200_000 + "</a>" * 200_000
LAUGHS = "".join(f'<!ENTITY {n} "{f"&{m};" * 50}">' for m, n in itertools.pairwise("abcdefgh"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff",
        b"{}",
        b"<html/>",
        b"<entry xmlns='http://www.w3.org/2005/Atom'/>",
        feed("\x00"),
        feed(entry()) + b"\xff",
        feed(entry())[:-9],
        feed(DEEP),
        feed("<entry/>" * 200_000),
        f'<!DOCTYPE x [<!ENTITY a "ha">{LAUGHS}]>'.encode() + feed(entry("&h;")),
        b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" + feed(entry("&a;")),
        b"<!DOCTYPE x SYSTEM 'https://x.example/x.dtd'>" + feed(entry()),
        b"<?xml version='1.0' encoding='utf-7'?>" + feed(entry()),
        b"<?xml version='1.0' encoding='nothing'?>" + feed(entry()),
        b"<?xml version='1.0' encoding='gbk'?>" + feed(entry()),
        feed(f"<a {'b' * 1_000_000}='1'/>" * 3)[:-1],
    ],
    ids=lambda body: body[:40].decode("ascii", "replace"),
)
def test_hostile_xml_is_malformed(body: bytes) -> None:
    for read in (normalise, lambda body: list(youtube.held({}, body))):
        with pytest.raises(MalformedPayloadError):
            read(body)
    with pytest.raises(MalformedPayloadError):
        youtube.without({}, body, VIDEO)


def test_what_lies_too_deep_to_be_written_again_goes_whole() -> None:
    deep = "<a>" * 14_000 + "</a>" * 14_000
    assert youtube.without({}, feed(deep, entry(), entry().replace("AbC", "xyz")), VIDEO) is None


@pytest.mark.skipif(not REAL.exists(), reason="real payloads are not part of the project")
def test_real_pushes_are_read() -> None:
    for path in REAL.glob("*.xml"):
        body = path.read_bytes()
        for item in normalise(body):
            json.dumps(item.model_dump(mode="json"))
            youtube.without({}, body, getattr(item, "native_id", ""))
        assert list(youtube.held({}, body))
