"""Business data on the screen: each field with who said it, when, and what others say."""

from collections.abc import Collection, Iterable

from rich.text import Text

from earshot.domain.facts import FIELDS, Fact, Origin, Shown, Value
from earshot_ops.commands.screen import clean, paragraph

_LONGEST = 240
_NUMBERS = frozenset({"employees", "revenue"})
_WHO = {
    Origin.HUMAN: "a person",
    Origin.CRM: "the CRM",
    Origin.GLEIF: "GLEIF",
    Origin.WEBSITE: "the website",
}


def tell_fields(fields: Iterable[Shown], only: Collection[str] = FIELDS) -> None:
    for one in fields:
        if one.field in only:
            _tell_field(one)


def _tell_field(one: Shown) -> None:
    label = one.field.replace("_", " ")
    paragraph(_fact(one.fact), 2, label=label)
    if one.is_disputed:
        paragraph(Text(f"shown, because {_because(one)}", style="yellow"), 2, label=" ")
    for other in one.others:
        if other.value == one.fact.value:
            paragraph(Text(f"so says {_said(other)}", style="dim"), 2, label=" ")
        else:
            paragraph(Text("not shown: ", style="yellow") + _fact(other), 2, label=" ")


def _fact(fact: Fact) -> Text:
    return Text.assemble(_value(fact.field, fact.value), (f" ({_said(fact)})", "dim"))


def _said(fact: Fact) -> str:
    return f"{_who(fact)}, {fact.seen_at:%Y-%m-%d}, {fact.data_class}"


def _because(one: Shown) -> str:
    if one.reason == "of_the_kept_account":
        return "it is of the account that was kept when two were merged"
    others = {other.origin for other in one.others}
    if others == {one.fact.origin}:
        return f"{_who(one.fact)} said it last"
    return f"{_who(one.fact)} goes before {' and '.join(_WHO[o] for o in Origin if o in others)}"


def _who(fact: Fact) -> str:
    return _WHO[fact.origin]


def _value(field: str, value: Value) -> str:
    if isinstance(value, tuple):
        told = ", ".join(map(clean, value))
    elif isinstance(value, int) and field in _NUMBERS:
        told = f"{value:,}"
    else:
        told = clean(value)
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 1]}…"
