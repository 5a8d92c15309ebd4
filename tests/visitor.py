"""A browser without a script: cookies, links, redirects and forms, through the Chalice client."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from chalice.test import HTTPResponse

TYPE = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Shown:
    """One answer."""

    status: int
    headers: dict[str, str]
    html: str
    address: str

    @property
    def form(self) -> dict[str, list[str]]:
        """The fields of its form as a browser would send them untouched."""
        return _reading(self.html).fields

    @property
    def offered(self) -> dict[str, list[str]]:
        """All that may be chosen, by the name of the choice."""
        return _reading(self.html).offered

    @property
    def links(self) -> list[str]:
        return _reading(self.html).links


@dataclass
class Visitor:
    """``client`` is Chalice's; ``root`` the address that relative links are below."""

    client: Any
    root: str = "https://pages.example/"
    cookies: dict[str, str] = field(default_factory=dict)

    def open(self, address: str) -> Shown:
        """Follows redirects, as long as they lead to these pages."""
        shown = self.get(address)
        while shown.status == 303:
            shown = self.get(urljoin(shown.address, shown.headers["Location"]))
        return shown

    def get(self, address: str) -> Shown:
        absolute = urljoin(self.root, address)
        answer = self.client.http.get(self._path(absolute), headers=self._headers())
        return self._shown(answer, absolute)

    def send(self, shown: Shown, **chosen: str | list[str]) -> Shown:
        """The form of the page, with these answers."""
        fields = {**shown.form, **chosen}
        return self.post(shown.address, urlencode(fields, doseq=True).encode())

    def post(self, address: str, body: bytes, **headers: str) -> Shown:
        absolute = urljoin(self.root, address)
        given = {**self._headers(), **TYPE, **headers}
        answer = self.client.http.post(self._path(absolute), headers=given, body=body)
        return self._shown(answer, absolute)

    def _path(self, absolute: str) -> str:
        parts = urlsplit(absolute)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def _headers(self) -> dict[str, str]:
        if not self.cookies:
            return {}
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}

    def _shown(self, answer: HTTPResponse, address: str) -> Shown:
        headers = {str(name): str(value) for name, value in answer.headers.items()}
        if cookie := headers.get("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Shown(answer.status_code, headers, answer.body.decode(), address)


class _Reading(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self.offered: dict[str, list[str]] = {}
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            self.links.append(found.get("href") or "")
        if tag in {"input", "textarea"} and (name := found.get("name")):
            value = found.get("value") or ""
            self.offered.setdefault(name, []).append(value)
            if found.get("type") not in {"radio", "checkbox"} or "checked" in found:
                self.fields.setdefault(name, []).append(value)


def _reading(html: str) -> _Reading:
    reading = _Reading()
    reading.feed(html)
    return reading
