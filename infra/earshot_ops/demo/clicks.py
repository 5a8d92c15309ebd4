"""What a seller does with a mail: follow a link, choose, press the button. No script is needed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

import urllib3

from earshot_ops.demo.mails import SentMail
from earshot_ops.errors import OperationError

_HTTP = urllib3.PoolManager(timeout=30.0, retries=False)
_MOST_REDIRECTS = 3


def link(mail: SentMail, label: str) -> str:
    """The address behind a label of the plain text; ``OperationError`` when it is not there."""
    found = re.search(rf"^{re.escape(label)}: (https?://\S+)", mail.text, re.MULTILINE)
    if found is None:
        raise OperationError(f"the mail {mail.subject!r} has no link {label!r}")
    return found[1]


@dataclass
class Browser:
    """One seller's, without a login: the link says who they are."""

    cookie: str = ""
    page: str = ""
    address: str = ""

    def open(self, url: str) -> str:
        """The page at the end of the redirects."""
        for _ in range(_MOST_REDIRECTS):
            answer = self._ask("GET", url)
            if not 300 <= answer.status < 400:
                return self.page
            url = urljoin(url, answer.headers["Location"])
        raise OperationError("a link of a mail leads in circles")

    def press(self, chosen: Mapping[str, str]) -> str:
        """Send the page's form, with what it proposes for whatever is not chosen."""
        form = _Form()
        form.feed(self.page)
        if not form.fields:
            raise OperationError("the page has no form")
        self._ask("POST", self.address, body=urlencode({**form.fields, **chosen}).encode())
        return self.page

    def _ask(self, method: str, url: str, body: bytes = b"") -> urllib3.BaseHTTPResponse:
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = _HTTP.request(method, url, body=body or None, headers=headers, redirect=False)
        if answer.status >= 400:
            raise OperationError(f"a page answered {answer.status}")
        if given := answer.headers.get("Set-Cookie"):
            self.cookie = given.partition(";")[0]
        self.page, self.address = answer.data.decode(), url
        return answer


@dataclass
class _Form(HTMLParser):
    fields: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, kind = given.get("name"), given.get("type")
        if tag == "input" and name and (kind == "hidden" or "checked" in given):
            self.fields[name] = given.get("value") or ""
