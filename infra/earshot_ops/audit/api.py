"""`docs/openapi.json` against the local stage, deployed to an embedded AWS with its policies: what
schemathesis makes of it is answered as described, or it is a finding."""

import contextlib
import json
import secrets
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from earshot.aws.action_secrets import ActionSecrets
from earshot.domain.models import Connection, Seller
from earshot.flows.action_tokens import Session, Tokens
from earshot.sources import catalog
from earshot_ops import deployment, openapi
from earshot_ops.audit.findings import Finding
from earshot_ops.audit.programs import AUDIT, run
from earshot_ops.chalice_configuration import ROOT
from earshot_ops.embedded_aws import EmbeddedAws
from earshot_ops.errors import AuditError
from earshot_ops.target import LOCAL, Target

FOLDER = ROOT / "build/audit"
NAME = "audit"
MOST_EXAMPLES = 50
"""Of each operation, beside those that cover its description: as many on a slow machine, too."""
# One secret of each shape; of these sources alone the header is the secret, so that what is made
# up is taken, too.
_OPEN = ("cloudevents",)
_SIGNED = ("discourse", "github", "intercom", "mailgun", "slack", "telegram", "whatsapp", "x")


def findings() -> Iterator[Finding]:
    if openapi.FILE.read_text(encoding="utf-8") != openapi.text(openapi.document()):
        yield Finding("drift", "docs/openapi.json", "is not what the apps serve: make openapi")
    with stage() as target:
        yield from fuzz(target)


@contextlib.contextmanager
def stage() -> Iterator[Target]:
    shutil.rmtree(FOLDER / "aws", ignore_errors=True)
    with EmbeddedAws(FOLDER / "aws", enforce_policies=True) as aws:
        choices = deployment.Choices(mail_from="alerts@earshot.example")
        made = deployment.deploy(LOCAL, aws.access, choices, say=lambda _: None)
        yield Target(LOCAL, aws.access, made)


def fuzz(target: Target) -> Iterator[Finding]:
    secret = secrets.token_hex(16)
    for source in (*_OPEN, *_SIGNED):
        _connect(target, source, secret)
    target.sellers.put(Seller(seller_id=NAME, name="Audit", email="audit@earshot.example"))
    described = openapi.document()
    hooks = narrowed(described, (*_OPEN, *_SIGNED))
    bearer = {"Authorization": f"Bearer {secret}"}
    cookie = {"Cookie": _session(target)}
    yield from _run("ingest", hooks, target.deployed.api_url, headers=bearer)
    yield from _run("alerts", described, target.deployed.pages_url, headers=cookie)


def narrowed(described: dict[str, Any], sources: tuple[str, ...]) -> dict[str, Any]:
    """With the connections that there are, so that most requests come past the first question."""
    copied: dict[str, Any] = json.loads(json.dumps(described))
    for item in copied["paths"].values():
        for parameter in item.get("parameters", ()):
            if parameter["name"] == "source":
                parameter["schema"]["enum"] = list(sources)
            if parameter["name"] == "connection_id":
                parameter["schema"] = {"const": NAME}
    return copied


def _connect(target: Target, source: str, secret: str) -> None:
    connection = Connection(
        source=source,
        connection_id=NAME,
        data_class=catalog.listing(source).data_class,
        keep_hours=catalog.listing(source).keep_hours,
        created_at=datetime.now(UTC),
    )
    target.secrets.put(source, NAME, secret)
    target.connections.put(connection)


def _session(target: Target) -> str:
    name = target.deployed.settings["EARSHOT_ACTION_SECRET"]
    live = ActionSecrets(target.access.client("secretsmanager"), name)
    tokens = Tokens(lambda max_age: live.live(max_age=max_age))
    return f"earshot={tokens.write(Session(seller_id=NAME), datetime.now(UTC))}"


def _run(
    app: str, described: dict[str, Any], url: str, *, headers: Mapping[str, str]
) -> Iterator[Finding]:
    file, report = FOLDER / f"{app}.json", FOLDER / f"{app}.report.json"
    file.write_text(openapi.text(described), encoding="utf-8")
    report.unlink(missing_ok=True)
    run(
        *(AUDIT / "schemathesis", "run", file, "--url", url.rstrip("/"), "--include-tag", app),
        *(word for name, value in headers.items() for word in ("-H", f"{name}: {value}")),
        *("--max-examples", str(MOST_EXAMPLES), "--no-color"),
        *("--phases", "coverage,fuzzing", "--generation-deterministic", "--continue-on-failure"),
        *("--request-timeout", "20", "--report", "json", "--report-json-path", report),
        folder=FOLDER,  # where it leaves what it remembers
    )
    yield from of_report(json.loads(report.read_text(encoding="utf-8")))


def of_report(report: dict[str, Any]) -> Iterator[Finding]:
    """A finding for each kind of failure and operation; ``AuditError`` where too little was
    asked."""
    for failure in report["failures"]:
        for operation in failure["operations"]:
            yield Finding(failure["code"], operation, failure["title"])
    for error in report["errors"]:
        yield Finding("error", str(error.get("operation")), str(error.get("title")))
    operations = report["operations"]
    if operations["tested"] < operations["selected"] or not operations["tested"]:
        raise AuditError(f"schemathesis tried {operations['tested']} operations only")
