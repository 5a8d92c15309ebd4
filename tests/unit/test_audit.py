"""What the audit makes of what its programs say."""

import sys
from pathlib import Path
from typing import Any

import pytest

from earshot_ops.audit import api, findings, programs, static
from earshot_ops.audit.findings import Finding, Skip
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.errors import AuditError

OPEN = Finding("B101", "infra/a.py:3", "an assert")
HIDDEN = Finding("B603", "infra/a.py:9", "a process")
SKIP = Skip(what="B603", within="infra/*", because="it is ours")


def test_what_is_skipped_is_no_finding_and_all_else_is() -> None:
    assert list(findings.remaining([OPEN, HIDDEN], [SKIP])) == [OPEN]


@pytest.mark.parametrize("elsewhere", [HIDDEN._replace(where="layers/a.py:9"), OPEN])
def test_a_skip_covers_its_rule_in_its_places_only(elsewhere: Finding) -> None:
    assert elsewhere in list(findings.remaining([HIDDEN, elsewhere], [SKIP]))


def test_a_skip_of_nothing_is_a_finding_unless_the_check_only_samples() -> None:
    [stale] = findings.remaining([], [SKIP])
    assert (stale.what, stale.where) == ("B603", "infra/*")
    assert list(findings.remaining([], [SKIP], sampled=True)) == []


def test_every_skip_has_a_reason_and_comes_once() -> None:
    for skips in findings.read().values():
        assert all(skip.because.strip() for skip in skips)
        assert len({(skip.what, skip.within) for skip in skips}) == len(skips)


def test_every_skip_within_the_code_has_a_reason() -> None:
    for folder in ("infra", "layers", "functions"):
        for file in (ROOT / folder).rglob("*.py"):
            for line in file.read_text(encoding="utf-8").splitlines():
                assert "# nosec" not in line or " - " in line.partition("# nosec")[2], file


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ("MIT", ["MIT"]),
        ("MIT License; MIT No Attribution License (MIT-0)", ["MIT License"]),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", ["MPL-2.0", "Apache-2.0", "MIT"]),
        ("ISC License (ISCL)", ["ISC License", "ISCL"]),
    ],
)
def test_licences_are_told_apart(told: str, named: list[str]) -> None:
    assert static.parts(told)[: len(named)] == named


def test_an_unknown_licence_is_a_finding() -> None:
    installed = [{"Name": "good", "License": "MIT"}, {"Name": "bad", "License": "MIT AND GPL-3.0"}]
    [found] = static.strange(installed, {"MIT": "permissive"}, ".venv")
    assert found == Finding("bad", ".venv", "is under MIT AND GPL-3.0")


def report(**changed: object) -> dict[str, Any]:
    operations = {"selected": 2, "tested": 2}
    return {"operations": operations, "failures": [], "errors": [], **changed}


def test_each_operation_that_fails_is_a_finding() -> None:
    failure = {"code": "ST100", "title": "Server error", "operations": ["GET /a", "POST /a"]}
    found = list(api.of_report(report(failures=[failure])))
    assert [(one.what, one.where) for one in found] == [("ST100", "GET /a"), ("ST100", "POST /a")]
    assert list(api.of_report(report())) == []


@pytest.mark.parametrize("tested", [0, 1])
def test_an_audit_that_asked_too_little_is_none(tested: int) -> None:
    with pytest.raises(AuditError):
        list(api.of_report(report(operations={"selected": 2, "tested": tested})))


def test_the_narrowed_description_has_the_connections_only() -> None:
    described: dict[str, Any] = {
        "paths": {
            "/a": {"parameters": [{"name": "source", "schema": {"enum": ["x", "y"]}}]},
            "/b": {},
        }
    }
    narrowed = api.narrowed(described, ("x",))
    assert narrowed["paths"]["/a"]["parameters"][0]["schema"]["enum"] == ["x"]
    assert described["paths"]["/a"]["parameters"][0]["schema"]["enum"] == ["x", "y"]


def test_what_is_read_from_the_file_is_by_check(tmp_path: Path) -> None:
    file = tmp_path / "audit.yaml"
    file.write_text("bandit:\n  - {what: B101, because: for types}\n", encoding="utf-8")
    assert findings.read(file) == {"bandit": [Skip(what="B101", because="for types")]}


@pytest.mark.parametrize("script", ["print('no json')", "raise SystemExit(3)"])
def test_a_program_without_a_result_is_no_clean_one(script: str) -> None:
    with pytest.raises(AuditError):
        programs.run_json(sys.executable, "-c", script)
