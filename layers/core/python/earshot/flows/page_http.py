"""Requests of browsers and answers to them: headers, cookies, forms."""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, quote

from chalice.app import Request, Response

from earshot.domain.pages import Frame, content_security_policy, render
from earshot.domain.pages_refusals import PageRefusal, notice_of
from earshot.flows.action_tokens import SESSION_LIFE
from earshot.flows.page_refusals import PageRefusedError
from earshot.settings import settings

MOST_BYTES = 64 * 1024
MOST_FIELDS = 300
# Who met one of these has no session to go on with.
_OUTSIDE = frozenset(
    {
        PageRefusal.FORGED,
        PageRefusal.EXPIRED,
        PageRefusal.NO_SESSION,
        PageRefusal.UNKNOWN_SELLER,
        PageRefusal.UNKNOWN_ACTION,
        PageRefusal.NO_CONSENT,
    }
)

Fields = Mapping[str, list[str]]


def html(body: str, status: int = 200, *, session: str = "") -> Response:
    cookie = {"Set-Cookie": _cookie(session)} if session else {}
    return Response(body=body, status_code=status, headers={**_headers(), **cookie})


def redirect(address: str, *, session: str = "") -> Response:
    """To a relative address, so that it holds below any stage; with a cookie when there is a
    session to begin."""
    answer = html("", 303, session=session)
    answer.headers["Location"] = address
    return answer


def refused(error: PageRefusedError, request: Request, *, session: str = "") -> Response:
    """A page that says why, and what to do."""
    links = (
        [("The signal", f"signals/{quote(error.signal_id, safe='')}")] if error.signal_id else []
    )
    if error.refusal not in _OUTSIDE:
        links.append(("My signals", "open"))
    status, notice = notice_of(error.refusal, detail=error.detail, links=tuple(links))
    return html(render(notice, Frame(root=root_of(request))), status, session=session)


def of_chalice(answer: Response, request: Request) -> Response:
    """What Chalice refused by itself, and what failed, as a page; every other answer as it is."""
    if answer.status_code < 400 or "Content-Security-Policy" in answer.headers:
        return answer
    refusal = PageRefusal.FAILED if answer.status_code >= 500 else PageRefusal.UNKNOWN_ACTION
    page = refused(PageRefusedError(refusal), request)
    page.status_code = answer.status_code
    return page


def session_of(request: Request) -> str:
    """The token in the cookie; empty without."""
    try:
        found = SimpleCookie(str(request.headers.get("cookie") or "")).get(_cookie_name())
    except CookieError:
        return ""
    return found.value if found else ""


def fields_of(request: Request) -> Fields:
    """Of a form as browsers send it."""
    body = raw_body(request)
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise PageRefusedError(PageRefusal.NOT_OFFERED) from error


def raw_body(request: Request) -> bytes:
    body = request.raw_body
    found = body if isinstance(body, bytes) else body.encode()
    if len(found) > MOST_BYTES:
        raise PageRefusedError(PageRefusal.TOO_LARGE)
    return found


def query_of(request: Request, name: str) -> str:
    given: Mapping[str, str] = request.query_params or {}
    return given.get(name, "")


def root_of(request: Request) -> str:
    """The way back from this page to where the pages begin."""
    return "../" * (str(request.path).strip("/").count("/"))


def _is_plain() -> bool:
    """The local stage alone speaks plain HTTP."""
    return settings().EARSHOT_STAGE == "local"


def _cookie_name() -> str:
    return "earshot" if _is_plain() else "__Host-earshot"


def _cookie(session: str) -> str:
    seconds = int(SESSION_LIFE.total_seconds())
    secure = "" if _is_plain() else "; Secure"
    return f"{_cookie_name()}={session}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def _headers() -> dict[str, str]:
    found = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": content_security_policy(),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-store",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if not _is_plain():
        found["Strict-Transport-Security"] = "max-age=31536000"
    return found
