"""What several origins say of one account, and which of it is shown.

Every origin's word is kept; the shown one is chosen by precedence, so that nothing is overwritten
and everything can be taken back.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Literal

from earshot.domain.business import Account
from earshot.domain.deliveries import DataClass, Purpose
from earshot.domain.values import Identifier, Model, Utc

Value = str | int | tuple[str, ...]
FIELDS = tuple(name for name in Account.model_fields if name != "account_id")
LISTS = frozenset({"aliases", "domains", "handles", "tickers", "products", "deputies"})

_LEGAL = re.compile(
    r"\b(?:ab|ag|as|asa|bv|co|company|corp|corporation|gmbh|inc|incorporated|kg|kgaa|limited|llc|"
    r"llp|ltd|nv|oy|oyj|plc|pty|sa|sarl|sas|se|spa|srl)\b"
)
_DROPPED = re.compile("[.'\u2019\u0300-\u036f]")
_BETWEEN = re.compile(r"[\W_]+")


class Origin(StrEnum):
    """Who said it, in the order of whose word is shown."""

    HUMAN = "human"
    CRM = "crm"
    GLEIF = "gleif"
    WEBSITE = "website"


PROVIDERS = frozenset({Origin.GLEIF, Origin.WEBSITE})
_RANK = {origin: rank for rank, origin in enumerate(Origin)}

Reason = Literal["only_one", "all_agree", "ranks_higher", "of_the_kept_account"]


class Fact(Model):
    """One field as one origin has it. ``seen_at`` is when this value was first seen there."""

    field: str
    origin: Origin
    value: Value
    seen_at: Utc
    data_class: DataClass = DataClass.OWNED
    purpose: Purpose = Purpose.OPERATIONAL

    @property
    def text(self) -> str:
        """The value as one line would show it."""
        return "; ".join(self.value) if isinstance(self.value, tuple) else str(self.value)


class Statement(Model):
    """What one origin says of one account now. A field of ``covers`` without a value is one that it
    is silent about: what it said of it before is withdrawn."""

    account_id: Identifier
    origin: Origin
    seen_at: Utc
    values: dict[str, Value]
    covers: frozenset[str]
    data_class: DataClass = DataClass.OWNED
    purpose: Purpose = Purpose.OPERATIONAL


class Shown(Model):
    """A field, the fact that is shown, why, and what others say of it."""

    field: str
    fact: Fact
    reason: Reason
    others: tuple[Fact, ...] = ()

    @property
    def is_disputed(self) -> bool:
        return any(other.value != self.fact.value for other in self.others)


def told(facts: tuple[Fact, ...], statement: Statement) -> tuple[Fact, ...]:
    """The facts after the statement: the very same tuple when it says nothing new. A value that
    is said again keeps its time."""
    known = {fact.field: fact for fact in facts if fact.origin is statement.origin}
    said = {field: _fact(field, statement) for field in statement.values}
    new = [field for field, fact in said.items() if not _same(known.get(field), fact)]
    gone = [field for field in known if field in statement.covers and field not in said]
    if not new and not gone:
        return facts
    kept = tuple(
        fact
        for fact in facts
        if fact.origin is not statement.origin or fact.field not in {*new, *gone}
    )
    return _ordered((*kept, *(said[field] for field in new)))


def _fact(field: str, statement: Statement) -> Fact:
    return Fact(
        field=field,
        origin=statement.origin,
        value=statement.values[field],
        seen_at=statement.seen_at,
        data_class=statement.data_class,
        purpose=statement.purpose,
    )


def _same(known: Fact | None, fact: Fact) -> bool:
    """Whenever it was said."""
    return known is not None and (known.value, known.data_class, known.purpose) == (
        fact.value,
        fact.data_class,
        fact.purpose,
    )


def _ordered(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    return tuple(sorted(facts, key=lambda fact: (FIELDS.index(fact.field), _RANK[fact.origin])))


def shown(facts: Iterable[Fact]) -> tuple[Shown, ...]:
    """One for each field that anybody speaks of: a human before the CRM before a register before a
    website, and what was seen later before what was seen earlier of one origin."""
    by_field: dict[str, list[Fact]] = {}
    for fact in facts:
        by_field.setdefault(fact.field, []).append(fact)
    return tuple(_choose(field, by_field[field]) for field in FIELDS if field in by_field)


def _choose(field: str, facts: list[Fact]) -> Shown:
    first, *others = sorted(
        facts, key=lambda fact: (_RANK[fact.origin], -fact.seen_at.timestamp(), fact.text)
    )
    found = Shown(field=field, fact=first, reason="only_one", others=tuple(others))
    if not others:
        return found
    return found.model_copy(update={"reason": "ranks_higher" if found.is_disputed else "all_agree"})


def account_of(account_id: str, fields: Iterable[Shown]) -> Account:
    """The account as everybody sees it; an account without a name is called by its id."""
    values: Mapping[str, Any] = {one.field: one.fact.value for one in fields}
    return Account.model_validate({"name": account_id, **values, "account_id": account_id})


def statement_of(account: Account, origin: Origin, seen_at: Utc) -> Statement:
    """All of an account as the word of one origin."""
    values = {name: getattr(account, name) for name in FIELDS}
    return Statement(
        account_id=account.account_id,
        origin=origin,
        seen_at=seen_at,
        values={name: value for name, value in values.items() if value not in {None, ()}},
        covers=frozenset(FIELDS),
    )


def normal_company_name(name: str) -> str:
    """Two names that are the same in this form may be the same company's: a proposal only."""
    folded = _DROPPED.sub("", unicodedata.normalize("NFKD", name.casefold()))
    bare = _BETWEEN.sub(" ", folded)
    return " ".join(_LEGAL.sub(" ", bare).split()) or " ".join(bare.split())
