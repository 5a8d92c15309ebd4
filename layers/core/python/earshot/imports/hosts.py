"""Domains that identify a company."""

import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
# Where many companies have a page or a mailbox: the domain says nothing of which company it is.
# fmt: off
SHARED = frozenset((
    "aol.com", "bit.ly", "crunchbase.com", "facebook.com", "fb.com", "github.com", "gitlab.com",
    "gmail.com", "gmx.de", "gmx.net", "goo.gl", "google.com", "googlemail.com", "hotmail.com",
    "icloud.com", "instagram.com", "linkedin.com", "linktr.ee", "live.com", "mail.ru", "medium.com",
    "msn.com", "outlook.com", "pinterest.com", "protonmail.com", "qq.com", "t-online.de",
    "t.co", "tiktok.com", "twitter.com", "web.de", "wikipedia.org", "x.com", "xing.com",
    "yahoo.com", "yandex.ru", "yelp.com", "youtube.com",
))
# fmt: on


def host(text: str) -> str:
    """The host name, also out of a web or mail address; ``www.`` is dropped. ``ValueError`` for
    what is none."""
    address = text.rpartition("@")[2] if "//" not in text else text
    try:
        name = urlsplit(address if "//" in address else f"//{address}").hostname or ""
        name = name.removeprefix("www.").rstrip(".").encode("idna").decode()
    except ValueError:
        name = ""
    if not _HOST.fullmatch(name):
        raise ValueError(f"{text!r} is no domain, such as acme.example")
    return name


def registrable(name: str) -> str | None:
    """The domain that its owner registered, by the Public Suffix List: ``shop.acme.co.uk`` has
    ``acme.co.uk``. ``None`` for a public suffix and for hosts that many companies share."""
    found = _suffixes().privatesuffix(name)
    return None if found is None or found in SHARED else str(found)


@cache
def _suffixes() -> "PublicSuffixList":
    """The list as the package ships it (https://publicsuffix.org); nothing is fetched."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
