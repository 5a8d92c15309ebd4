"""What is read out of a home page, and what is not."""

from pathlib import Path

import pytest

from earshot.providers import website
from earshot.providers.page import page_of
from earshot.providers.surface import Values
from earshot.sources.fetch import FetchError
from earshot.sources.surface import FetchedPage
from tests import examples

PAGE = (Path(__file__).parents[2] / "answers/website.html").read_bytes()
PLAIN = {"content-type": "text/html"}
HTML = {"content-type": "text/html; charset=utf-8"}


def said(
    body: bytes | str, *, name: str = "Acme Rockets", domain: str = "acme.example", **headers: str
) -> Values:
    raw = body if isinstance(body, bytes) else body.encode()
    account = examples.account(account_id="a", name=name, domains=(domain,))
    return website.read(
        account, lambda url: FetchedPage(200, url, headers or HTML, raw), "https://{domain}/"
    )


def test_a_home_page_becomes_business_data() -> None:
    assert said(PAGE, name="Norderwerk Antriebe GmbH", domain="norderwerk.example") == {
        "aliases": ("Norderwerk",),
        "country": "DE",
        "description": (
            "Norderwerk baut elektrische Antriebe für Fähren & Schlepper und wartet sie in jedem "
            "Hafen der Nordsee."
        ),
        "employees": 180,
        "handles": ("linkedin:norderwerk", "github:norderwerk"),
        "language": "de",
        "legal_name": "Norderwerk Antriebe GmbH",
        "phone": "+49 40 5550 199",
        "website_text": (
            "Norderwerk - Antriebe für Schiffe. Leise Schiffe, saubere Häfen. Wir bauen "
            "elektrische Antriebe für Fähren, Schlepper und Arbeitsschiffe bis 60 Meter Länge. "
            "Unsere Werft in Husum ersetzt den Diesel durch Batterie und Motor, während das Schiff "
            "im Trockendock liegt."
        ),
    }


def test_it_speaks_of_no_field_that_it_did_not_promise() -> None:
    assert said(PAGE, domain="norderwerk.example").keys() <= website.FIELDS


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<title>acme.example is parked</title><title>parked free</title>",
        "<title>acme.example</title><h1>This domain is for sale!</h1>",
        "<title>Just a moment...</title>",
        "<title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>",
        "<title>403 Forbidden</title>",
    ],
)
def test_a_page_in_the_place_of_the_companys_says_nothing(page: str) -> None:
    assert said(page) == {}


def test_what_is_no_page_says_nothing() -> None:
    assert said(b"%PDF-1.7 words of a document", **{"content-type": "application/pdf"}) == {}


def test_a_site_that_moved_to_another_domain_says_nothing() -> None:
    def moved(url: str) -> FetchedPage:
        return FetchedPage(200, "https://www.buyer.example/acme", HTML, PAGE)

    account = examples.account(account_id="a", name="Acme", domains=("acme.example",))
    assert website.read(account, moved, "https://{domain}/") == {}


@pytest.mark.parametrize(
    ("domains", "asked"),
    [
        (("acme.example",), ["https://acme.example/"]),
        (("shop.acme.co.uk",), ["https://acme.co.uk/"]),
        (("github.com", "not a domain", "acme.example"), ["https://acme.example/"]),
        (("gmail.com",), []),
        ((), []),
    ],
)
def test_the_home_page_is_that_of_the_registered_domain(
    domains: tuple[str, ...], asked: list[str]
) -> None:
    seen: list[str] = []

    def ask(url: str) -> FetchedPage:
        seen.append(url)
        return FetchedPage(200, url, HTML, b"")

    account = examples.account(account_id="a", name="Acme", domains=domains)
    assert website.read(account, ask, "https://{domain}/") == {}
    assert seen == asked


def test_where_the_bare_domain_has_no_server_www_is_asked() -> None:
    def ask(url: str) -> FetchedPage:
        if "www." not in url:
            raise FetchError("gaierror")
        return FetchedPage(200, url, HTML, b"<html lang=en-GB>")

    account = examples.account(account_id="a", name="Acme", domains=("acme.example",))
    assert website.read(account, ask, "https://{domain}/") == {"language": "en"}


def test_a_status_is_an_answer_and_www_is_not_asked() -> None:
    def ask(url: str) -> FetchedPage:
        assert "www." not in url
        raise FetchError("status_404", status=404)

    account = examples.account(account_id="a", name="Acme", domains=("acme.example",))
    with pytest.raises(FetchError):
        website.read(account, ask, "https://{domain}/")


@pytest.mark.parametrize(
    ("names", "aliases"),
    [
        ("Acme", ("Acme",)),
        ("ACME!", ("ACME!",)),
        ("Home", ()),
        ("The rocket people", ()),
        ("Acme Rockets", ()),
    ],
)
def test_an_alias_is_spelled_like_the_domain(names: str, aliases: tuple[str, ...]) -> None:
    found = said(f'<meta property="og:site_name" content="{names}">')
    assert found.get("aliases", ()) == aliases


def organized(text: str) -> Values:
    return said(f'<script type="application/ld+json">{text}</script>')


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"@type": "Corporation", "numberOfEmployees": "51-200"}', {"employees": 51}),
        ('{"@type": "Corporation", "numberOfEmployees": 12}', {"employees": 12}),
        ('{"@type": "Corporation", "numberOfEmployees": true}', {}),
        ('{"@type": "Corporation", "numberOfEmployees": {"value": "many"}}', {}),
        ('{"@type": "https://schema.org/LocalBusiness", "telephone": "call us"}', {}),
        ('{"@type": "Person", "telephone": "+49 40 5550 199"}', {}),
        ('[{"@type": "WebSite", "publisher": {"@type": "NGO", "legalName": "Acme e.V."}}]',
         {"legal_name": "Acme e.V."}),
        ('<!-- {"@type": "NGO", "address": {"addressCountry": {"name": "France"}}}; -->',
         {"country": "FR"}),
        ('{"@type": "NGO", "address": [{"addressCountry": "FR"}, {"addressCountry": "BE"}]}', {}),
        ('{"@type": "NGO", "address": {"addressCountry": "Atlantis"}}', {}),
        ('{"@type": "NGO", "sameAs": "https://x.com/Acme"}', {"handles": ("x:acme",)}),
        ('{"@type": "NGO", "sameAs": ["https://x.com/share", "x", 1, "https://x.com/a/b"]}', {}),
        ("null", {}),
        ("[[[[{}]]]]", {}),
        ('{"@type": 1, "@graph": {"@graph": 2}}', {}),
    ],
)  # fmt: skip
def test_structured_data_is_read_as_far_as_it_makes_sense(text: str, values: Values) -> None:
    assert organized(text) == values


def test_of_several_organizations_the_one_at_home_counts() -> None:
    text = """[{"@type": "Organization", "legalName": "Agency Ltd", "url": "https://agency.example"},
               {"@type": "Organization", "legalName": "Acme Ltd", "url": "https://www.acme.example/"}]"""
    assert organized(text) == {"legal_name": "Acme Ltd"}


def test_the_text_ends_with_a_sentence_and_is_bounded() -> None:
    sentence = "We build rockets for everybody who wants to go up. "
    text = website.website_text(page_of(f"<p>{sentence * 40}</p>"))
    assert text == (sentence * 11).strip()
    endless = website.website_text(page_of(f"<p>{'rockets and ' * 100}</p>"))
    assert len(endless) <= website.MOST_TEXT
    assert endless.endswith(("rockets", "and"))


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ("<title>Müller</title>".encode("latin-1"), {"content-type": "text/html; charset=latin-1"}),
        ("<meta charset='windows-1252'><title>Müller</title>".encode("cp1252"), PLAIN),
        ("\ufeff<title>Müller</title>".encode("utf-16-le"), HTML),
        ("<title>Müller</title>".encode(), {"content-type": "text/html; charset=rot13"}),
    ],
)  # fmt: skip
def test_pages_come_in_many_encodings(body: bytes, headers: dict[str, str]) -> None:
    assert said(body, **headers)["website_text"] == "Müller."
