"""Rules of the house that a reviewer should not have to look for."""

import ast
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "layers/core/python/earshot"
DOMAIN = sorted((PACKAGE / "domain").glob("*.py"))
IMPURE = {"boto3", "botocore", "chalice", "os", "time", "aws_lambda_powertools", "random"}


@cache
def nodes(module: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(module.read_text())))


@cache
def imported(module: Path) -> frozenset[str]:
    names: set[str] = set()
    for node in nodes(module):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add((node.module or "").split(".")[0])
    return frozenset(names)


@pytest.mark.parametrize("module", DOMAIN, ids=lambda path: path.stem)
def test_the_domain_knows_no_aws_clock_or_environment(module: Path) -> None:
    assert not imported(module) & IMPURE
    calls = {node.attr for node in nodes(module) if isinstance(node, ast.Attribute)}
    assert not calls & {"now", "utcnow", "today"}


def test_boto3_is_used_in_aws_only() -> None:
    outside = [p for p in PACKAGE.rglob("*.py") if p.parent.name != "aws"]
    assert [p.name for p in outside if "boto3" in imported(p)] == []


def test_the_environment_is_read_in_settings_only() -> None:
    readers = [p.name for p in PACKAGE.rglob("*.py") if "os" in imported(p)]
    assert readers == ["settings.py"]
