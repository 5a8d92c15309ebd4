"""What each operation answers, for `docs/openapi.json`: its own answers, and its refusals from the
tables that the flows answer from."""

from collections.abc import Iterable
from typing import Any

from earshot.domain.actions import ABOUT_A_SIGNAL
from earshot.domain.pages_refusals import REFUSALS as PAGE_REFUSALS
from earshot.domain.pages_refusals import PageRefusal
from earshot.errors import OversizedBodyError, ReplayedError
from earshot.flows.receive_webhook import REFUSALS
from earshot.problems import CONTENT_TYPE, TITLES

ACTIONS = frozenset(str(action) for action in ABOUT_A_SIGNAL)
HOOKS = "/hooks/{source}/{connection_id}"

Answers = dict[str, dict[str, Any]]

_ONLY_OF_DELIVERIES = frozenset((OversizedBodyError, ReplayedError))
_OF_A_SELLER = (PageRefusal.NO_SESSION, PageRefusal.UNKNOWN_SELLER)
_OF_A_FORM = (
    PageRefusal.BAD_FORM,
    PageRefusal.OLD_FORM,
    PageRefusal.NOT_OFFERED,
    PageRefusal.TOO_LARGE,
    PageRefusal.BUSY,
)
_OF_A_LINK = (PageRefusal.FORGED, PageRefusal.EXPIRED, PageRefusal.UNKNOWN_SELLER)
_OF_A_SIGNAL = (*_OF_A_SELLER, PageRefusal.UNKNOWN_SIGNAL)
_OF_AN_ACTION = (*_OF_A_SIGNAL, PageRefusal.UNKNOWN_ACTION, PageRefusal.USED)

# A summary, the answers when all is well, and what may be refused.
_PAGES: dict[tuple[str, str], tuple[str, dict[int, str], tuple[PageRefusal, ...]]] = {
    ("/link/{token}", "GET"): (
        "Follow a link of a mail",
        {303: "A session begins, and the page is at the address named"},
        (*_OF_A_LINK, PageRefusal.USED),
    ),
    ("/link/{token}", "POST"): (
        "Unsubscribe by one click (RFC 8058)",
        {200: "Unsubscribed"},
        (*_OF_A_LINK, PageRefusal.NO_CONSENT, PageRefusal.TOO_LARGE),
    ),
    ("/open", "GET"): ("The seller's open signals", {200: "The page"}, _OF_A_SELLER),
    ("/signals/{signal_id}", "GET"): ("A signal", {200: "The page"}, _OF_A_SIGNAL),
    ("/signals/{signal_id}/{action}", "GET"): (
        "Ask before something is done",
        {200: "The form"},
        _OF_AN_ACTION,
    ),
    ("/signals/{signal_id}/{action}", "POST"): (
        "Do something about a signal",
        {200: "What was done"},
        (*_OF_AN_ACTION, *_OF_A_FORM, PageRefusal.TAKEN, PageRefusal.DONE),
    ),
    ("/preferences", "GET"): ("What the seller chose", {200: "The form"}, _OF_A_SELLER),
    ("/preferences", "POST"): (
        "Choose",
        {200: "Saved", 422: "The form, with what is wrong in it"},
        (*_OF_A_SELLER, *_OF_A_FORM),
    ),
    ("/unsubscribe", "GET"): ("Ask before unsubscribing", {200: "The form"}, _OF_A_SELLER),
    ("/unsubscribe", "POST"): (
        "Unsubscribe by hand",
        {200: "Unsubscribed"},
        (*_OF_A_SELLER, *_OF_A_FORM),
    ),
}
_SUMMARIES = {
    "POST": "Deliver",
    "GET": "Prove that the address is ours (handshake)",
    "OPTIONS": "Prove that the address is ours (CloudEvents)",
    "HEAD": "Is the address there?",
}

COMPONENTS: dict[str, Any] = {
    "schemas": {
        "Problem": {
            "description": "Problem details (RFC 9457). The type tells kinds apart.",
            "type": "object",
            "required": ["type", "title", "status"],
            "properties": {
                "type": {"type": "string", "pattern": "^urn:earshot:problem:[a-z0-9-]+$"},
                "title": {"type": "string"},
                "status": {"type": "integer", "minimum": 400, "maximum": 599},
                "detail": {"type": "string"},
                "instance": {"type": "string"},
            },
            "additionalProperties": False,
        },
        "Accepted": {
            "type": "object",
            "required": ["delivery_id"],
            "properties": {"delivery_id": {"type": "string", "pattern": "^[0-9a-f]{64}$"}},
            "additionalProperties": False,
        },
    }
}


def of(app: str, path: str, method: str) -> dict[str, Any]:
    """Summary and responses; ``KeyError`` for a route that nobody described."""
    return _hook(method) if app == "ingest" and path == HOOKS else _page(path, method)


def _hook(method: str) -> dict[str, Any]:
    refused: dict[int, list[tuple[str, str]]] = {}
    for error, (status, name, title) in REFUSALS.items():
        if method == "POST" or error not in _ONLY_OF_DELIVERIES:
            refused.setdefault(status, []).append((name, title))
    own = (400, 415, 500) if method == "POST" else (400, 405, 500)
    for status in own:  # Chalice's own
        refused.setdefault(status, []).append((f"http-{status}", TITLES[status]))
    responses = {**_accepted(method), **{str(code): _problem(refused[code]) for code in refused}}
    if method in {"GET", "OPTIONS"}:  # a hub that asks for what nobody wants
        responses["404"]["content"]["text/plain"] = {"schema": {"type": "string"}}
    return {"summary": _SUMMARIES[method], "responses": dict(sorted(responses.items()))}


def _accepted(method: str) -> Answers:
    answer = {"text/plain": {"schema": {"type": "string"}}, "application/json": {"schema": {}}}
    if method == "HEAD":
        return {"200": {"description": "It is"}}
    said = {"200": {"description": "What the platform waits for", "content": answer}}
    if method != "POST":
        return said
    schema = {"$ref": "#/components/schemas/Accepted"}
    stored = {"application/json": {"schema": schema}}
    return {**said, "202": {"description": "Archived and queued", "content": stored}}


def _problem(kinds: Iterable[tuple[str, str]]) -> dict[str, Any]:
    names, titles = zip(*kinds, strict=True)
    told = {"properties": {"type": {"enum": [f"urn:earshot:problem:{name}" for name in names]}}}
    schema = {"$ref": "#/components/schemas/Problem", **told}
    return {"description": "; ".join(titles), "content": {CONTENT_TYPE: {"schema": schema}}}


def _page(path: str, method: str) -> dict[str, Any]:
    summary, well, refusals = _PAGES[path, method]
    told: dict[int, list[str]] = {status: [said] for status, said in well.items()}
    for refusal in (*refusals, PageRefusal.FAILED):
        told.setdefault(PAGE_REFUSALS[refusal].status, []).append(PAGE_REFUSALS[refusal].title)
    if method == "POST":
        told.setdefault(400, []).append(TITLES[400])
        told.setdefault(415, []).append(TITLES[415])
    page = {"text/html; charset=utf-8": {"schema": {"type": "string"}}}
    responses = {
        str(status): {"description": "; ".join(said), "content": page}
        for status, said in sorted(told.items())
    }
    return {"summary": summary, "responses": responses}
