"""What a check found, and what to do about it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from botocore.exceptions import BotoCoreError, ClientError

from earshot_ops.errors import OperationError
from earshot_ops.target import Target


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """``what`` is the thing that was looked at; ``advice`` is there unless all is well."""

    level: Level
    what: str
    detail: str
    advice: str = ""


Check = Callable[[Target], Iterator[Finding]]


def ok(what: str, detail: str) -> Finding:
    return Finding(Level.OK, what, detail)


def warn(what: str, detail: str, advice: str) -> Finding:
    return Finding(Level.WARN, what, detail, advice)


def fail(what: str, detail: str, advice: str) -> Finding:
    return Finding(Level.FAIL, what, detail, advice)


def run(check: Check, target: Target) -> tuple[Finding, ...]:
    """What the check found; that it could not look is a finding too."""
    try:
        return tuple(check(target))
    except ClientError as error:
        reason = f"AWS refused {error.operation_name}"
        code = error.response.get("Error", {}).get("Code", "unknown")
        return (fail(_name(check), f"{reason}: {code}", "allow it to whoever runs the doctor"),)
    except (BotoCoreError, OperationError) as error:
        return (fail(_name(check), f"cannot be looked at: {error}", "see the stacks first"),)


def _name(check: Check) -> str:
    return check.__name__.removeprefix("check_").replace("_", " ")
