"""DynamoDB's attribute values in the form of the wire, ``{"S": "text"}``: what they weigh, how they
compare, and which are refused.

Sizes: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
"""

import base64
import re
from decimal import Decimal
from typing import Any

from tests.standin.wire import ServiceError

Value = dict[str, Any]
Item = dict[str, Value]

LARGEST_ITEM = 400 * 1024
_MOST_DIGITS = 38
_PLAIN = re.compile(r"0|-?[1-9]\d{0,37}")
SCALARS = frozenset("SNB")
SETS = frozenset(("SS", "NS", "BS"))


def invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)


def kind_of(value: Value) -> str:
    return next(iter(value))


def key_value(value: Value) -> Any:
    """What keys and ordered comparisons sort by. UTF-8 sorts as code points do."""
    kind, content = next(iter(value.items()))
    if kind == "N":
        return Decimal(content)
    return base64.b64decode(content) if kind == "B" else content


def canonical(value: Value) -> Any:
    """Equal for equal values: sets have no order and numbers no spelling."""
    kind, content = next(iter(value.items()))
    if kind in SCALARS:
        return kind, key_value(value)
    if kind in SETS:
        return kind, frozenset(key_value({kind[0]: one}) for one in content)
    if kind == "L":
        return kind, tuple(canonical(one) for one in content)
    if kind == "M":
        return kind, frozenset((name, canonical(one)) for name, one in content.items())
    return kind, content


def number_text(number: Decimal) -> str:
    """Without an exponent or needless zeros, as DynamoDB gives numbers back."""
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _checked_number(text: str) -> str:
    if _PLAIN.fullmatch(text):
        return text
    number = Decimal(text)
    if len(number.normalize().as_tuple().digits) > _MOST_DIGITS:
        raise invalid("Attempting to store more than 38 significant digits in a Number")
    return number_text(number)


def bytes_of(text: str) -> int:
    if text.isascii():
        return len(text)
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        raise ServiceError("SerializationException", "no valid UTF-8") from None


def admit(value: Value) -> int:
    """The size of a value that may be stored, its numbers put into their usual form."""
    kind, content = next(iter(value.items()))
    if kind == "S":
        return bytes_of(content)
    if kind == "N":
        value["N"] = _checked_number(content)
        return len(value["N"].strip("-0.")) // 2 + 2
    if kind == "M":
        return 3 + sum(bytes_of(name) + 1 + admit(one) for name, one in content.items())
    if kind == "L":
        return 3 + sum(1 + admit(one) for one in content)
    if kind in SETS:
        return _admit_set(kind, content)
    return len(content) * 3 // 4 if kind == "B" else 1


def _admit_set(kind: str, content: list[str]) -> int:
    if not content:
        raise invalid("One or more parameter values were invalid: An set may not be empty")
    members = [{kind[0]: one} for one in content]
    if len({key_value(member) for member in members}) < len(members):
        raise invalid("One or more parameter values were invalid: Input collection has duplicates.")
    return sum(admit(member) for member in members)


def admit_item(item: Item) -> int:
    return sum(bytes_of(name) + admit(value) for name, value in item.items())
