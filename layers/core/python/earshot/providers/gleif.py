"""The Global LEI Index: legal name, country, parent and state of registered companies.

https://www.gleif.org/en/lei-data/gleif-api; published under CC0 1.0, 60 requests a minute.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, Field, ValidationError
from pydantic_core import from_json

from earshot.domain.business import Account
from earshot.domain.deliveries import DataClass, Purpose
from earshot.domain.facts import Origin
from earshot.domain.legal_forms import without_form
from earshot.domain.tokens import words
from earshot.providers import countries
from earshot.providers.surface import Ask, UnreadableAnswerError, Values
from earshot.sources.fetch import FetchError
from earshot.sources.text import tidy

NAME = Origin.GLEIF
LICENCE = "CC0 1.0"
DATA_CLASS = DataClass.COPIED
PURPOSE = Purpose.ANALYTIC
FIELDS = frozenset(("country", "legal_name", "lei", "parent", "registration"))
EVERY = timedelta(days=27, hours=12)
OBEYS_ROBOTS = False
HEADERS: Mapping[str, str] = {"accept": "application/vnd.api+json"}

PAGE_SIZE = 100
_LEI = r"^[0-9A-Z]{18}[0-9]{2}$"
_LONGEST_NAME = 300


class _Name(BaseModel):
    name: str = Field(min_length=1, max_length=500)


class _Address(BaseModel):
    country: str = Field(pattern=r"^[A-Z]{2}$")


class _Entity(BaseModel):
    legal_name: _Name = Field(alias="legalName")
    other_names: list[_Name] = Field(default=[], alias="otherNames")
    legal_address: _Address = Field(alias="legalAddress")
    headquarters: _Address = Field(alias="headquartersAddress")
    status: str | None = None


class _Attributes(BaseModel):
    lei: str = Field(pattern=_LEI)
    entity: _Entity


class _Record(BaseModel):
    """A member ``lei-record`` of the direct parent's links says that there is one."""

    attributes: _Attributes
    relationships: dict[str, Any] = {}

    @property
    def entity(self) -> _Entity:
        return self.attributes.entity

    @property
    def has_parent(self) -> bool:
        parent = self.relationships.get("direct-parent")
        links = parent.get("links") if isinstance(parent, dict) else None
        return isinstance(links, dict) and "lei-record" in links


def read(account: Account, ask: Ask, base: str) -> Values:
    """``base`` is the address of the interface's version 1."""
    name = " ".join(account.name.split())[:_LONGEST_NAME]
    if not words(name):
        return {}
    wanted = f"filter%5Bentity.legalName%5D={quote(name, safe='')}&page%5Bsize%5D={PAGE_SIZE}"
    answer = _object(ask(f"{base}/lei-records?{wanted}").body)
    records = list(_records(answer))
    found = match(records, account, is_whole=_is_whole(answer))
    if found is None:
        return {}
    values: Values = {
        "legal_name": tidy(found.entity.legal_name.name),
        "lei": found.attributes.lei,
        "country": found.entity.headquarters.country,
    }
    if found.entity.status in {"ACTIVE", "INACTIVE"}:
        values["registration"] = found.entity.status.lower()
    if found.has_parent and (parent := _parent(found.attributes.lei, ask, base)):
        values["parent"] = parent
    return values


def match(records: list[_Record], account: Account, *, is_whole: bool) -> _Record | None:
    """The one record that is this company's. Names have to be equal but for their legal form, and
    countries must not contradict; a name of a single word needs more: the form, too, or the
    country. Of several that fit, those with the very name or still active stand before others;
    what is not decided then is nobody's. ``is_whole`` when there are no records beyond these.
    """
    country = countries.code(account.country or "")
    fitting = [one for one in records if _fits(one, account.name, country)]
    exact = [one for one in fitting if _is_exact(one, account.name)]
    if not is_whole:
        fitting = [one for one in exact if country]
    for preferred in (exact, [one for one in fitting if one.entity.status == "ACTIVE"]):
        fitting = [one for one in fitting if one in preferred] or fitting
    return fitting[0] if len(fitting) == 1 else None


def _fits(record: _Record, name: str, country: str | None) -> bool:
    entity = record.entity
    if country and country not in {entity.legal_address.country, entity.headquarters.country}:
        return False
    bare = without_form(tuple(words(name)))
    if all(without_form(tuple(words(one))) != bare for one in _names(record)):
        return False
    return len(bare) > 1 or country is not None or _is_exact(record, name)


def _is_exact(record: _Record, name: str) -> bool:
    """With the legal form, which is no name by itself."""
    whole = words(name)
    has_form = without_form(tuple(whole)) != tuple(whole)
    return has_form and any(words(one) == whole for one in _names(record))


def _names(record: _Record) -> Iterator[str]:
    yield record.entity.legal_name.name
    for other in record.entity.other_names[:20]:
        yield other.name


def _parent(lei: str, ask: Ask, base: str) -> str | None:
    try:
        answer = _object(ask(f"{base}/lei-records/{lei}/direct-parent").body)
    except FetchError as error:
        if error.status == 404:
            return None
        raise
    try:
        return tidy(_Record.model_validate(answer.get("data")).entity.legal_name.name)
    except ValidationError as error:
        raise UnreadableAnswerError("parent_unreadable") from error


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise UnreadableAnswerError("no_json") from error
    if not isinstance(found, dict):
        raise UnreadableAnswerError("no_object")
    return found


def _records(answer: dict[str, Any]) -> Iterator[_Record]:
    """One record that cannot be read keeps no other from being read."""
    data = answer.get("data")
    if not isinstance(data, list):
        raise UnreadableAnswerError("no_data")
    for one in data[:PAGE_SIZE]:
        try:
            yield _Record.model_validate(one)
        except ValidationError:
            continue


def _is_whole(answer: dict[str, Any]) -> bool:
    meta = answer.get("meta")
    pages = meta.get("pagination") if isinstance(meta, dict) else None
    last = pages.get("lastPage") if isinstance(pages, dict) else None
    return last in {0, 1} if isinstance(last, int) else len(answer["data"]) < PAGE_SIZE
