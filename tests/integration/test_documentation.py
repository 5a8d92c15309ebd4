"""What the documents name is there, and what has to be in them is."""

import hmac
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import typer.main

from earshot.domain.models import DataClass
from earshot.errors import SignatureError
from earshot.sources.surface import DELETED_VERSION, RawDelivery
from earshot_ops import alarms, chalice_configuration, templates
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.cli import app
from tests import examples

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PACKAGE = ROOT / "layers/core/python/earshot"

# A command begins a line of a code block or a piece of code in a sentence.
_COMMAND = r"(?m)(?:^(?:    |\$ )?(?:\.venv/bin/)?|`(?:\.venv/bin/)?|\$\((?:\.venv/bin/)?)"
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"(?s)```.*?```|`[^`]*`")

a_document = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT))
)


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def commands(document: Path, program: str) -> set[str]:
    """The word after ``program``, wherever it is called."""
    return set(re.findall(rf"{_COMMAND}{program} ([a-z][a-z-]*)", document.read_text("utf-8")))


def anchors(document: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"(?m)^#+ (.+)$", document.read_text("utf-8"))
    plain = (re.sub(r"[^\w\- ]", "", heading.casefold()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


@a_document
def test_every_make_target_that_is_named_exists(document: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", read("Makefile")))
    assert commands(document, "make") <= targets


@a_document
def test_every_command_that_is_named_exists(document: Path) -> None:
    known = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert commands(document, "earshot") <= known


def test_the_readme_names_every_command() -> None:
    known = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert known <= commands(ROOT / "README.md", "earshot")


@a_document
def test_every_link_within_the_project_leads_somewhere(document: Path) -> None:
    prose = _CODE.sub("", document.read_text("utf-8"))
    for link in _LINK.findall(prose):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("document", ["docs/architecture.md", "docs/security.md"])
def test_every_test_that_shows_a_promise_exists(document: str) -> None:
    named = set(re.findall(r"`(test_\w+)`", read(document)))
    tests = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    written = set(re.findall(r"def (test_\w+)\(", tests))
    assert named
    assert named <= written


def test_every_key_has_its_question() -> None:
    kinds = set(re.findall(r'f?"([A-Z]{3,})(?=[#"])', (PACKAGE / "aws/keys.py").read_text("utf-8")))
    assert {"POST", "OUTBOX"} <= kinds
    assert {kind for kind in kinds if kind not in read("docs/access-patterns.md")} == set()


def alarm_ids() -> Iterator[str]:
    for name in ("data.yaml", "ingest.merge.yaml", "enrich.merge.yaml", "alerts.merge.yaml"):
        for logical_id, resource in templates.load(ROOT / "infra" / name)["Resources"].items():
            if resource.get("Type") == "AWS::CloudWatch::Alarm":
                yield logical_id
    lambdas = chalice_configuration.read().lambdas()
    ids = {name: chalice_configuration.logical_id(name, one) for name, one in lambdas.items()}
    yield from alarms.of_functions(ids)


def test_the_runbook_knows_every_alarm() -> None:
    said = read("docs/runbook.md")
    assert "`…ThrottlesAlarm`" in said
    unknown = {alarm for alarm in alarm_ids() if f"`{alarm}`" not in said}
    assert {alarm for alarm in unknown if not alarm.endswith("ThrottlesAlarm")} == set()


def test_the_runbook_knows_every_metric() -> None:
    flows = "\n".join(path.read_text("utf-8") for path in (PACKAGE / "flows").glob("*.py"))
    counted = set(re.findall(r'\bcount\("(\w+)"', flows))
    said = read("docs/runbook.md")
    assert "delivery_accepted" in counted
    assert {name for name in counted if f"`{name}`" not in said} == set()


def test_every_library_of_the_layer_is_explained_in_its_version() -> None:
    said = read("docs/dependencies.md")
    shipped = re.findall(r"(?m)^([\w-]+)==([\w.]+)", read("requirements/layer.txt"))
    assert shipped
    assert [name for name, version in shipped if f"{name} {version}" not in said] == []


def test_the_changelog_has_a_place_for_what_comes() -> None:
    assert "## [Unreleased]" in read("CHANGELOG.md")


def test_the_source_that_is_added_as_an_example_works() -> None:
    """The module and its payload, as `docs/adding-a-source.md` shows them."""
    blocks = dict(re.findall(r"(?s)```(python|json)\n(.*?)```", read("docs/adding-a-source.md")))
    module = ModuleType("reviewly")
    exec(compile(blocks["python"], "reviewly.py", "exec"), vars(module))
    body, key = blocks["json"].encode(), b"a secret of the example"
    signature = {"x-reviewly-signature": hmac.new(key, body, "sha256").hexdigest()}
    module.verify(signature, body, secrets=[key], now=examples.NOON)
    with pytest.raises(SignatureError):
        module.verify(signature, body + b" ", secrets=[key], now=examples.NOON)
    delivery = examples.delivery(source="reviewly")
    raw = RawDelivery(delivery, {}, body, DataClass.BORROWED)
    [post] = module.normalise(raw)
    assert (post.native_id, post.author.name) == ("review:17", "Sam Ode")
    assert post.version.startswith("2026-03-02T10:00:00")
    assert module.without({}, body, "review:17") is None
    withdrawn = body.replace(b"review.published", b"review.withdrawn")
    [gone] = module.normalise(RawDelivery(delivery, {}, withdrawn, DataClass.BORROWED))
    assert (gone.native_id, gone.version) == ("review:17", DELETED_VERSION)
