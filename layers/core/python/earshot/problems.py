"""Refusals over HTTP as problem details (RFC 9457)."""

import json
from typing import Any
from urllib.parse import quote

from chalice.app import Request, Response

CONTENT_TYPE = "application/problem+json"
TITLES = {
    400: "The request cannot be read",
    405: "This method is not allowed here",
    413: "The body is too large",
    415: "This media type is not accepted",
    500: "Something failed on our side",
}


def problem(
    status: int,
    name: str,
    *,
    title: str,
    detail: str | None = None,
    instance: str | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """``name`` tells kinds apart for programs; ``title`` is the same for each of a kind."""
    body: dict[str, Any] = {
        "type": f"urn:earshot:problem:{name}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": instance,
    }
    present = {member: value for member, value in body.items() if value is not None}
    return Response(
        body=json.dumps(present),
        status_code=status,
        headers={**(headers or {}), "Content-Type": CONTENT_TYPE},
    )


def instance_of(request: Request) -> str:
    """The path as it was asked for; Chalice has the pattern and the parts."""
    parts = {name: quote(value, safe="") for name, value in (request.uri_params or {}).items()}
    return str(request.path.format(**parts))


def of_chalice(response: Response, instance: str | None) -> Response:
    """Chalice's own refusals in the same form; every other response as it is."""
    kept = {name: str(value) for name, value in response.headers.items() if name.lower() == "allow"}
    if response.status_code < 400 or CONTENT_TYPE in response.headers.values():
        return response
    status = response.status_code
    title = TITLES.get(status, "The request was refused")
    return problem(status, f"http-{status}", title=title, instance=instance, headers=kept)
