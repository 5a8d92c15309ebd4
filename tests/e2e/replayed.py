"""A server on loopback that answers as APIs, feeds and hubs do: the one that Lambdas may fetch."""

import hashlib
import json
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import urllib3

JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Asked:
    """A request; header names are lower case."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    form: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Answering = Callable[[Asked], Answer]


@dataclass
class Replay:
    """Answers by path, 404 where nothing is known; ``exchanges`` are what was asked and answered,
    in order."""

    address: str
    answers: dict[str, Answering] = field(default_factory=dict)
    exchanges: list[tuple[Asked, Answer]] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"{self.address}{path}"

    def of(self, path: str) -> list[tuple[Asked, Answer]]:
        return [one for one in list(self.exchanges) if one[0].path == path]

    def answer(self, asked: Asked) -> Answer:
        found = self.answers.get(asked.path)
        answer = found(asked) if found else Answer(status=404)
        self.exchanges.append((asked, answer))
        return answer


def always(body: bytes, status: int = 200, **headers: str) -> Answering:
    """``Retry_After`` stands for a header ``Retry-After``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Answer(body, status, named)


def of_json(told: Any) -> Answering:
    return lambda _: Answer(json.dumps(told).encode(), headers=JSON)


def tagged(body: bytes, content_type: str = "application/json") -> Answering:
    """304 to who has it."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'

    def answer(asked: Asked) -> Answer:
        if asked.headers.get("if-none-match") == tag:
            return Answer(status=304, headers={"ETag": tag})
        return Answer(body, headers={"ETag": tag, "Content-Type": content_type})

    return answer


@dataclass
class Hub:
    """A WebSub hub: accepts every subscription, then asks back whether it is meant (sections 5.1
    and 5.3). ``confirmed`` are the topics for which the challenge came back."""

    lease_seconds: int
    subscriptions: list[Mapping[str, str]] = field(default_factory=list)
    confirmed: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Answer:
        self.subscriptions.append(asked.form)
        threading.Thread(target=self._ask_back, args=(asked.form,), daemon=True).start()
        return Answer(status=202)

    def secret(self, topic: str) -> bytes:
        """Of the last subscription to it."""
        found = [one for one in self.subscriptions if one["hub.topic"] == topic]
        return found[-1]["hub.secret"].encode()

    def _ask_back(self, form: Mapping[str, str]) -> None:
        challenge = uuid.uuid4().hex
        question = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": challenge,
            "hub.lease_seconds": str(self.lease_seconds),
        }
        url = f"{form['hub.callback']}?{urlencode(question)}"
        answer = urllib3.request("GET", url, timeout=30, retries=False)
        if answer.status == 200 and answer.data == challenge.encode():
            self.confirmed.append(form["hub.topic"])


@contextmanager
def replaying(port: int) -> Iterator[Replay]:
    replay = Replay(f"http://127.0.0.1:{port}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"] or 0))
            self._answer(dict(parse_qsl(content.decode(), keep_blank_values=True)))

        def _answer(self, form: Mapping[str, str]) -> None:
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = replay.answer(Asked(parts.path, dict(parse_qsl(parts.query)), headers, form))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Silent."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield replay
        finally:
            server.shutdown()
            thread.join()
