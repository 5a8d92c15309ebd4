"""The checks that read files: code, templates, secrets, licences."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from earshot_ops.audit.findings import Finding
from earshot_ops.audit.programs import AUDIT, OWN, run_json
from earshot_ops.chalice_configuration import ROOT

_CODE = ("layers", "infra", "functions")
_ENVIRONMENTS = (".venv", ".venv-ministack", ".venv-audit")
_BETWEEN = re.compile(r"; | AND | OR |[()]")


def bandit() -> Iterator[Finding]:
    found = run_json(OWN / "bandit", "-q", "-f", "json", "-c", "pyproject.toml", "-r", *_CODE)
    for one in found["results"]:
        where = f"{one['filename'].removeprefix('./')}:{one['line_number']}"
        yield Finding(one["test_id"], where, one["issue_text"])


def cfn_lint() -> Iterator[Finding]:
    """Of every stage; which codes mean what: 2 errors, 4 warnings, 8 notes."""
    command = (OWN / "cfn-lint", "--format", "json")
    for one in run_json(*command, known=(0, 2, 4, 6, 8, 10, 12, 14)):
        yield Finding(one["Rule"]["Id"], _place(one["Filename"]), one["Message"])


def checkov() -> Iterator[Finding]:
    """Of what goes to production; the other stages differ in numbers only."""
    templates = sorted([*ROOT.glob("build/prod/*.json"), *ROOT.glob("build/prod/*/sam.json")])
    found = run_json(
        *(AUDIT / "checkov", "--framework", "cloudformation", "--skip-download"),
        *("--compact", "--quiet", "--output", "json"),
        *(word for template in templates for word in ("-f", template)),
    )
    for one in found["results"]["failed_checks"]:
        where = f"{_place(one['file_abs_path'])} {one['resource']}"
        yield Finding(one["check_id"], where, one["check_name"])


def detect_secrets() -> Iterator[Finding]:
    """In the files that git knows; nobody is asked whether what was found is good anywhere."""
    found = run_json(AUDIT / "detect-secrets", "scan", "--no-verify")
    for file, secrets in found["results"].items():
        for one in secrets:
            yield Finding(one["type"], f"{file}:{one['line_number']}", "looks like a secret")


def licences(known: Mapping[str, str]) -> Iterator[Finding]:
    """Of all that is installed, whether it ships or not."""
    for environment in _ENVIRONMENTS:
        yield from strange(licensed(environment), known, environment)


def strange(
    packages: Iterable[dict[str, str]], known: Mapping[str, str], environment: str
) -> Iterator[Finding]:
    """Packages under a licence that is not in ``known``."""
    for package in packages:
        told = package["License"]
        if any(part not in known for part in parts(told)):
            yield Finding(package["Name"], environment, f"is under {told}")


def parts(told: str) -> list[str]:
    """Every licence that is named, whether a package is under all of them or any."""
    return [part.strip() for part in _BETWEEN.split(told) if part.strip()]


def licensed(environment: str) -> Any:
    python = ROOT / environment / "bin/python"
    command = (AUDIT / "pip-licenses", "--python", python, "--from", "mixed", "--format", "json")
    return run_json(*command)


def _place(path: str) -> str:
    whole = Path(path)
    return str(whole.relative_to(ROOT) if whole.is_absolute() else whole)
