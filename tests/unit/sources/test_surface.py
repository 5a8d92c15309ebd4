from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earshot.domain.models import DataClass
from earshot.errors import UnknownSourceError
from earshot.sources import catalog
from earshot.sources.surface import RawDelivery, delivery_id, native_id, read_headers, version
from tests.unit.sources.test_events import delivery


def test_a_delivery_is_known_by_what_is_read_of_it() -> None:
    names = ("x-event", "content-type")
    one = read_headers(names, {"x-event": "a", "x-other": "1", "content-type": "b"})
    two = read_headers(names, {"content-type": " b ", "x-event": "a", "x-signature": "2"})
    assert delivery_id(one, b"body") == delivery_id(two, b"body")
    assert delivery_id(one, b"body") != delivery_id(one, b"bodY")
    assert delivery_id(one, b"body") != delivery_id({**one, "x-event": "c"}, b"body")


def test_what_is_in_a_header_cannot_pass_for_body_or_for_another_header() -> None:
    split = read_headers(("a", "b"), {"a": "1\nb:2"})
    assert delivery_id(split, b"") != delivery_id({"a": "1", "b": "2"}, b"")
    assert delivery_id({}, b"a:1\n\n") != delivery_id({"a": "1"}, b"")


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_native_id_fits_a_key(identity: str) -> None:
    assert len(native_id(identity).encode()) <= 256
    assert native_id(identity) == native_id(identity)


@given(st.text(), st.text())
def test_a_later_clock_wins_whatever_was_said(early: str, late: str) -> None:
    first = version("2026-03-02T09:00:00.000000Z", early)
    second = version("2026-03-02T09:00:00.000001Z", late)
    assert max(second, first) == second


@pytest.mark.parametrize("data_class", list(DataClass))
def test_only_borrowed_words_have_to_go(data_class: DataClass) -> None:
    raw = RawDelivery(delivery("rss"), {}, b"", data_class)
    borrowed = data_class is DataClass.BORROWED
    assert raw.expires_at == (raw.delivery.received_at + timedelta(hours=48) if borrowed else None)


def test_every_source_has_the_surface_of_its_kind() -> None:
    for name in catalog.SOURCES:
        module = catalog.source(name)
        assert catalog.listing(name).posts or catalog.listing(name).polled
        assert all(header == header.lower() for header in module.reads_headers)
        assert callable(module.normalise)
        assert callable(module.without)
    assert all(callable(catalog.webhook(name).verify) for name in catalog.WEBHOOKS)
    assert all(callable(catalog.polled(name).poll) for name in catalog.POLLED)


def test_a_source_is_known_for_what_it_does() -> None:
    for unknown in ("nowhere", "os", "", "../github"):
        with pytest.raises(UnknownSourceError):
            catalog.source(unknown)
    assert catalog.source("rss") in (catalog.webhook("rss"), catalog.polled("rss"))
    with pytest.raises(UnknownSourceError):
        catalog.polled("github")
