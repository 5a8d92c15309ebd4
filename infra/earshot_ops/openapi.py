"""What Earshot serves over HTTP as `docs/openapi.json` (OpenAPI 3.1): `make openapi`.

Paths, methods and media types are read from the apps that are deployed, and refusals from the
tables that answer them, so the file follows from the code; a test says when it does not any more.
"""

import importlib.util
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from chalice.app import Chalice

from earshot.sources import catalog
from earshot_ops import connecting, openapi_answers
from earshot_ops.chalice_configuration import ROOT

FILE = ROOT / "docs/openapi.json"
APPS = ("ingest", "alerts")

_PARAMETERS: dict[str, dict[str, Any]] = {
    "source": {
        "description": "The platform or feed type.",
        "schema": {"type": "string", "enum": sorted(catalog.WEBHOOKS)},
    },
    "connection_id": {
        "description": "The name that `earshot connect` gave to the connection.",
        "schema": {"type": "string", "pattern": f"^{connecting.NAME.pattern}$"},
    },
    "token": {
        "description": "Signed; made for one seller and one purpose. It came in a mail.",
        "schema": {"type": "string", "minLength": 1},
    },
    "signal_id": {"description": "A signal.", "schema": {"type": "string", "minLength": 1}},
    "action": {
        "description": "What to do about the signal.",
        "schema": {"type": "string", "enum": sorted(openapi_answers.ACTIONS)},
    },
}
# A body is what a platform chose to send, so nothing more is said of it than how it is written.
_BODIES: dict[str, dict[str, Any]] = {
    "application/x-www-form-urlencoded": {"type": "object"},
    "multipart/form-data": {"type": "object"},
    "text/plain": {"type": "string"},
}


def main() -> None:
    written = text(document())
    FILE.write_text(written, encoding="utf-8")
    print(f"{FILE.relative_to(ROOT)}: {len(written.encode()):,} bytes")


def text(described: dict[str, Any]) -> str:
    return json.dumps(described, indent=2, ensure_ascii=False) + "\n"


def document() -> dict[str, Any]:
    """The whole of both APIs. They have an address each, which is that of a deployment."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Earshot",
            "version": "1",
            "summary": "Webhooks of platforms, and the pages that mails lead to.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [
            {
                "url": "https://{api}.execute-api.{region}.amazonaws.com/{stage}",
                "variables": {
                    "api": {"default": "ingest", "description": "One for each tag."},
                    "region": {"default": "eu-west-1"},
                    "stage": {"default": "prod"},
                },
            }
        ],
        "tags": [
            {"name": "ingest", "description": "Webhooks, as `earshot connect` prints them."},
            {"name": "alerts", "description": "Pages for sellers, below `PAGES_URL`."},
        ],
        "paths": {path: item for app in APPS for path, item in paths(app)},
        "components": openapi_answers.COMPONENTS,
    }


def paths(app: str) -> Iterator[tuple[str, dict[str, Any]]]:
    routes = application(app).routes
    for path in sorted(routes):
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        parameters = [
            {"name": name, "in": "path", "required": True, **_PARAMETERS[name]} for name in names
        ]
        methods = routes[path]
        yield (
            path,
            {
                **({"parameters": parameters} if parameters else {}),
                **{
                    method.lower(): operation(
                        app, path, method, content_types=methods[method].content_types
                    )
                    for method in sorted(methods)
                },
            },
        )


def operation(app: str, path: str, method: str, *, content_types: list[str]) -> dict[str, Any]:
    described = openapi_answers.of(app, path, method)
    sent = {
        "requestBody": {
            "required": False,
            "content": {kind: {"schema": _BODIES.get(kind, {})} for kind in content_types},
        }
    }
    return {"tags": [app], **described, **(sent if method == "POST" else {})}


def application(name: str) -> Chalice:
    """The app as it is deployed; importing it touches no AWS."""
    app: Chalice = _module(name).app
    return app


def _module(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        f"{name}_app", ROOT / "functions" / name / "app.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
