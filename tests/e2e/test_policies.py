"""What each Lambda did in all of these tests, held against what its policy allows: the last test.

`make policies` prints what it writes to `TABLE`.
"""

import re
from pathlib import Path

import pytest

from earshot_ops import policies
from earshot_ops.chalice_configuration import ROOT
from tests.conftest import MAIL_FROM, Stack

pytestmark = pytest.mark.e2e

TABLE = ROOT / "build/tests/policies.txt"


def test_each_function_may_do_what_it_does_and_nothing_else_but_for_a_reason(
    request: pytest.FixtureRequest, passed: set[tuple[str, str]]
) -> None:
    _skip_unless_all_others(passed)
    stack: Stack = request.getfixturevalue("stack")
    calls = policies.recorded(stack.aws.calls, stack.deployed.stage)
    names = policies.names(stack.deployed, identity=MAIL_FROM.partition("@")[2])
    used = policies.uses(policies.granted(), calls, names)
    excused = policies.excuses(used, policies.reasons())
    wrong = policies.differences(used, calls, excused)
    TABLE.write_text(policies.table(used, excused, wrong), encoding="utf-8")
    assert wrong == {}


def _skip_unless_all_others(passed: set[tuple[str, str]]) -> None:
    """Of this folder and in this process: what some of them did is not all that is done."""
    here = Path(__file__)
    wanted = {
        (file.name, name)
        for file in here.parent.glob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
        if file != here
    }
    if left := wanted - passed:
        pytest.skip(f"{len(left)} of the {len(wanted)} other tests here did not pass before")
