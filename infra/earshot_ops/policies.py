"""What each Lambda may do by its policy, held against what it was seen to do."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml
from pydantic import TypeAdapter

from earshot.domain.models import Model
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.deployment import Deployed

FOLDER = ROOT / "infra/policies"
REASONS = ROOT / "infra/unused_permissions.yaml"

_NAME = re.compile(r"\$\{([A-Za-z.:]+)\}")
_PREFIX = re.compile(r"^arn:([^:]|::)+:[a-z]+:([^:]|::)*:([^:]|::)*:")


class Permission(NamedTuple):
    """``resource`` is an ARN; as a policy writes it, with ``${Data.TableArn}`` and ``*`` in it."""

    function: str
    action: str
    resource: str


class Reason(Model):
    """Why these functions, or every one, may do what no test does: each of the actions on each of
    the resources, where ``{function}`` is the function's own name."""

    functions: tuple[str, ...] = ()
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    because: str

    def covered(self, functions: Collection[str]) -> Iterator[Permission]:
        for function in self.functions or functions:
            for action in self.actions:
                for resource in self.resources:
                    own = resource.replace("{function}", function)
                    yield Permission(function, action, own)


def granted(folder: Path = FOLDER) -> list[Permission]:
    """By every policy in ``{app}/{function}.json``."""
    return [
        Permission(file.stem, action, resource)
        for file in sorted(folder.glob("*/*.json"))
        for statement in json.loads(file.read_text(encoding="utf-8"))["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
    ]


def reasons(file: Path = REASONS) -> list[Reason]:
    return TypeAdapter(list[Reason]).validate_python(
        yaml.safe_load(file.read_text(encoding="utf-8"))
    )


def recorded(file: Path, stage: str) -> set[Permission]:
    """What `earshot_ops.call_recorder` wrote of the functions of the stage."""
    lines = file.read_text(encoding="utf-8").splitlines()
    calls = [Permission(*json.loads(line)) for line in lines]
    return {
        call._replace(function=call.function.removeprefix(f"earshot-{stage}-")) for call in calls
    }


def names(deployed: Deployed, identity: str) -> dict[str, str]:
    """What the names in policies stand for at a deployed stage that sends mail as ``identity``."""
    _, partition, _, region, account, _ = deployed.outputs["TableArn"].split(":", 5)
    own = {
        "AWS::AccountId": account,
        "AWS::Partition": partition,
        "AWS::Region": region,
        "MailIdentity": identity,
        "Stage": deployed.stage,
    }
    return own | {f"Data.{name}": value for name, value in deployed.outputs.items()}


def uses(
    grants: Iterable[Permission], calls: Collection[Permission], named: Mapping[str, str]
) -> dict[Permission, set[Permission]]:
    """The calls that each of the grants allows."""
    return {grant: _allowed(grant, calls, named) for grant in grants}


def _allowed(
    grant: Permission, calls: Iterable[Permission], named: Mapping[str, str]
) -> set[Permission]:
    arn = _NAME.sub(lambda found: named[found[1]], grant.resource)
    pattern = re.compile(".*".join(map(re.escape, arn.split("*"))), re.DOTALL)
    return {call for call in calls if call[:2] == grant[:2] and pattern.fullmatch(call.resource)}


def excuses(grants: Iterable[Permission], given: Iterable[Reason]) -> dict[Permission, Reason]:
    functions = {grant.function for grant in grants}
    return {one: reason for reason in given for one in reason.covered(functions)}


def differences(
    used: Mapping[Permission, set[Permission]],
    calls: Iterable[Permission],
    excused: Mapping[Permission, Reason],
) -> dict[Permission, str]:
    """What is wrong with a permission, by the permission; nothing, when each call is allowed and
    each grant used, or not used for a reason."""
    wrong = dict.fromkeys(set(calls).difference(*used.values()), "no policy allows it")
    for grant, by in used.items():
        if not by and grant not in excused:
            wrong[grant] = "is allowed and not used, without a reason"
        if by and grant in excused:
            wrong[grant] = "is used, for all that its reason says"
    return wrong | {one: "has a reason and is not allowed" for one in excused if one not in used}


def table(
    used: Mapping[Permission, set[Permission]],
    excused: Mapping[Permission, Reason],
    wrong: Mapping[Permission, str],
) -> str:
    """A line for each permission, and for each call without one: used, or why not."""
    rows = [("function", "action", "resource", "used")]
    for one in sorted({*used, *wrong}):
        said = wrong.get(one) or ("yes" if used[one] else f"no: {excused[one].because}")
        rows.append((one.function, one.action, _PREFIX.sub("", one.resource), said))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:3]
    lines = ("  ".join([*map(str.ljust, row, widths), row[3]]) for row in rows)
    return "".join(f"{line}\n" for line in lines)
