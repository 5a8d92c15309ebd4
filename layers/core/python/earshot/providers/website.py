"""The company's own website: what its home page says of it.

Kept with attribution (the domain of the account), read by nobody but the seller's own team, and
never learned from: a page of the web grants no licence.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from earshot.domain.business import Account
from earshot.domain.deliveries import DataClass, Purpose
from earshot.domain.facts import Origin
from earshot.domain.tokens import words
from earshot.imports import hosts
from earshot.providers import organization
from earshot.providers.page import Page, page_of, text_of
from earshot.providers.surface import Ask, Values
from earshot.sources.fetch import FetchError
from earshot.sources.surface import FetchedPage

NAME = Origin.WEBSITE
LICENCE = "none granted: facts and short quotations, with the domain as their source"
DATA_CLASS = DataClass.COPIED
PURPOSE = Purpose.OPERATIONAL
FIELDS = frozenset(
    (
        *("aliases", "country", "description", "employees", "handles", "language", "legal_name"),
        *("phone", "website_text"),
    )
)
EVERY = timedelta(days=6, hours=12)
OBEYS_ROBOTS = True
HEADERS: Mapping[str, str] = {"accept": "text/html, application/xhtml+xml", "accept-language": "en"}

MOST_TEXT = 600
MOST_DESCRIPTION = 400
_LEAST_BLOCK = 30
_LEAST_DESCRIPTION = 15

_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_].*)?", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?。！？][\"'”’»)]*(?=\s|$)")  # noqa: RUF001
# Said by no company of itself.
_BOILERPLATE = re.compile(
    r"cookie|javascript|privacy policy|terms of (?:use|service)|all rights reserved|©|copyright"
    r"|newsletter|sign in|log ?in|subscribe|your browser|datenschutz|impressum"
    r"|nutzungsbedingungen|mentions légales|politique de confidentialité",
    re.IGNORECASE,
)
# A page in the place of the company's: a name for sale, a server without a site, a bouncer.
_NOT_THEIRS = re.compile(
    r"domain (?:name )?(?:is|may be) for sale|buy this domain|is parked$|parked (?:free|domain)"
    r"|just a moment|attention required|access denied|are you (?:a )?(?:human|robot)|captcha"
    r"|^(?:coming soon|under construction|it works)\W*$|^index of /|welcome to nginx|test page for"
    r"|default web ?page|account suspended|site not found|^\d{3} ",
    re.IGNORECASE,
)


def read(account: Account, ask: Ask, base: str) -> Values:
    """``base`` is an address with ``{domain}`` in it."""
    domain = next(_domains(account), None)
    if domain is None:
        return {}
    asked, page = _home(domain, ask, base)
    if _owner(page.url) != _owner(asked) or "html" not in page.headers.get("content-type", "html"):
        return {}
    said = page_of(text_of(page))
    if any(_NOT_THEIRS.search(text) for text in (said.title, *said.blocks[:1])):
        return {}
    return values_of(said, account, domain)


def _domains(account: Account) -> Iterator[str]:
    for name in account.domains:
        try:
            found = hosts.registrable(hosts.host(name))
        except ValueError:
            continue
        if found:
            yield found


def _home(domain: str, ask: Ask, base: str) -> tuple[str, FetchedPage]:
    """Where the bare domain has no server, or none with its certificate, ``www`` often has."""
    bare = base.format(domain=domain)
    try:
        return bare, ask(bare)
    except FetchError as error:
        if error.status is not None:
            raise
    with_www = base.format(domain=f"www.{domain}")
    return with_www, ask(with_www)


def _owner(url: str) -> str:
    """A site that moved to another owner's domain may speak of another company."""
    name = urlsplit(url).hostname or ""
    return hosts.registrable(name) or name


def values_of(page: Page, account: Account, domain: str) -> Values:
    found: Values = {}
    names = [page.meta.get("og:site_name", "")]
    if organized := _organization(page, domain):
        found |= organization.values_of(organized)
        names += organization.names_of(organized)
    for field, value in (
        ("aliases", _aliases(names, account, domain)),
        ("description", _description(page)),
        ("language", _language(page)),
        ("website_text", website_text(page)),
    ):
        if value:
            found[field] = value
    return found


def _organization(page: Page, domain: str) -> dict[str, object] | None:
    """The first one that says it lives here, else the first one."""
    found = list(organization.organizations(page.data))
    at_home = (one for one in found if _owner(str(one.get("url", ""))[:300]) == domain)
    return next(at_home, next(iter(found), None))


def _aliases(names: list[str], account: Account, domain: str) -> tuple[str, ...]:
    """Names that the domain is spelled like. Others may be slogans, or a word of every day."""
    label = domain.partition(".")[0].replace("-", "")
    known = {name.casefold() for name in (account.name, *account.aliases)}
    wanted = (name for text in names if (name := organization.name_of(text)))
    fitting = (name for name in wanted if "".join(words(name)) == label)
    return tuple(dict.fromkeys(name for name in fitting if name.casefold() not in known))[:3]


def _description(page: Page) -> str | None:
    said = (page.meta.get(name, "") for name in ("description", "og:description"))
    text = next((one for one in said if len(one) >= _LEAST_DESCRIPTION), "")
    return _cut(text, MOST_DESCRIPTION) or None


def _language(page: Page) -> str | None:
    said = page.language or page.meta.get("og:locale", "")
    found = _LANGUAGE.fullmatch(said.strip()[:20])
    return found[1].lower() if found else None


def website_text(page: Page) -> str:
    """What the company does, in its own sentences: the title, then headings and paragraphs in their
    order, at most ``MOST_TEXT`` characters."""
    chosen = list(dict.fromkeys(filter(_tells, (page.title, *page.blocks))))
    if page.title and page.title not in chosen and not _BOILERPLATE.search(page.title):
        chosen.insert(0, page.title)
    text = " ".join(one if _SENTENCE_END.search(one[-3:]) else f"{one}." for one in chosen)
    return _cut(text, MOST_TEXT)


def _tells(block: str) -> bool:
    has_words = len(block) >= _LEAST_BLOCK or (not block.isascii() and len(block) >= 10)
    return has_words and not _BOILERPLATE.search(block)


def _cut(text: str, most: int) -> str:
    """Whole sentences, if at least half of it is; else whole words."""
    if len(text) <= most:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text[:most])]
    if ends and ends[-1] >= most // 2:
        return text[: ends[-1]]
    return text[:most].rpartition(" ")[0] or text[:most]
