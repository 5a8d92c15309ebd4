"""The organization that a page describes in JSON-LD (https://schema.org/Organization)."""

import re
from collections.abc import Iterator
from typing import Any

from pydantic_core import from_json

from earshot.domain.exact_evidence import PROFILE_HOSTS
from earshot.imports.figures import Noted, headcount
from earshot.providers import countries
from earshot.providers.surface import Values
from earshot.sources.text import tidy

MOST_HANDLES = 10
_LONGEST_NAME = 200
_MOST_NODES = 500
_MOST_EMPLOYEES = 5_000_000

_TYPES = re.compile(
    r"(?:.*[/:])?(?:[A-Za-z]*Organization|Corporation|[A-Za-z]*Business|[A-Za-z]*Store|Airline|NGO)"
)
_INSIDE = ("@graph", "mainEntity", "publisher")
_PHONE = re.compile(r"\+?[0-9(][0-9 ()./-]{5,28}[0-9]")
_NO_HANDLES = frozenset(("home", "intent", "pages", "profile.php", "share", "sharer", "watch"))
_PROFILE = re.compile(r"https?://(?:www\.|[a-z]{2}\.)?([a-z.]+)/(?:company/|@)?([\w.-]{2,60})/?")


def organizations(texts: list[str]) -> Iterator[dict[str, Any]]:
    """In their order; what is no JSON is left out."""
    waiting: list[Any] = [found for text in texts if (found := _json(text)) is not None]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting[:0] = node[:_MOST_NODES]
        elif isinstance(node, dict):
            if any(_TYPES.fullmatch(kind) for kind in _texts(node.get("@type"))):
                yield node
            waiting.extend(node[name] for name in _INSIDE if name in node)


def values_of(node: dict[str, Any]) -> Values:
    """What can be read of it, under the names of an account's fields."""
    found: dict[str, Any] = {
        "legal_name": name_of(node.get("legalName")),
        "country": _country(node.get("address")),
        "employees": _employees(node.get("numberOfEmployees")),
        "phone": _phone(node.get("telephone")),
        "handles": tuple(dict.fromkeys(_handles(node.get("sameAs"))))[:MOST_HANDLES],
    }
    return {field: value for field, value in found.items() if value not in {None, ()}}


def names_of(node: dict[str, Any]) -> list[str]:
    """How it calls itself."""
    found = [*_texts(node.get("name")), *_texts(node.get("alternateName"))]
    return [name for text in found if (name := name_of(text))]


def name_of(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    name = " ".join(tidy(value).split())
    return name if 2 <= len(name) <= _LONGEST_NAME else None


def _json(text: str) -> Any:
    """``None`` for what is none; pages wrap it in comments that only old browsers needed."""
    bare = text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    bare = bare.removeprefix("//<![CDATA[").removesuffix("//]]>")
    try:
        return from_json(bare.encode("utf-8", "surrogatepass"), allow_inf_nan=False)
    except ValueError:
        return None


def _texts(value: Any) -> list[str]:
    some = value if isinstance(value, list) else [value]
    return [one[:1_000] for one in some[:50] if isinstance(one, str)]


def _country(address: Any) -> str | None:
    """Where several addresses lie in several countries, none is the company's."""
    some = address if isinstance(address, list) else [address]
    said = [one.get("addressCountry") for one in some[:50] if isinstance(one, dict)]
    names = [one.get("name") if isinstance(one, dict) else one for one in said]
    codes = {countries.code(name) for name in names if isinstance(name, str)} - {None}
    return codes.pop() if len(codes) == 1 else None


def _employees(value: Any) -> int | None:
    if isinstance(value, dict):
        value = value.get("value", value.get("minValue"))
    if isinstance(value, str):
        try:
            read = headcount(value.strip()[:40])
        except ValueError:
            return None
        value = read.value if isinstance(read, Noted) else read
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return value if is_count and 0 < value <= _MOST_EMPLOYEES else None


def _phone(value: Any) -> str | None:
    plain = " ".join(value[:60].split()) if isinstance(value, str) else ""
    return plain if _PHONE.fullmatch(plain) else None


def _handles(value: Any) -> Iterator[str]:
    """``github:acme`` of ``https://github.com/acme``."""
    for url in _texts(value):
        found = _PROFILE.fullmatch(url.strip())
        source = PROFILE_HOSTS.get(found[1]) if found else None
        if found and source and found[2].casefold() not in _NO_HANDLES:
            yield f"{source}:{found[2].casefold()}"
