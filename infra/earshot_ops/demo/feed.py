"""A news feed on loopback, for the poller to fetch."""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from earshot_ops.errors import OperationError


@dataclass(frozen=True)
class Article:
    guid: str
    title: str
    text: str
    author: str
    link: str


@dataclass(frozen=True)
class Feed:
    """Where it is served: ``host`` is ``address:port``."""

    url: str
    host: str


def rss(articles: Sequence[Article], published: datetime) -> bytes:
    items = "".join(
        f"<item><guid isPermaLink='false'>{escape(one.guid)}</guid>"
        f"<title>{escape(one.title)}</title><link>{escape(one.link)}</link>"
        f"<dc:creator>{escape(one.author)}</dc:creator>"
        f"<pubDate>{format_datetime(published)}</pubDate>"
        f"<description>{escape(one.text)}</description></item>"
        for one in articles
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?>"
        "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel>"
        "<title>Trade News</title><link>https://tradenews.example/</link>"
        f"<description>For the demo</description>{items}</channel></rss>"
    ).encode()


@contextmanager
def serve(body: bytes, port: int = 0) -> Iterator[Feed]:
    """Answers with the feed, or 304 to who has it; ends with the block. ``OperationError`` when the
    port is taken."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers.get("If-None-Match") == etag
            self.send_response(304 if known else 200)
            self.send_header("ETag", etag)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", "0" if known else str(len(body)))
            self.end_headers()
            if not known:
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Silent: the demo has its own progress."""

    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    except OSError as error:
        raise OperationError(f"port {port} on 127.0.0.1 is in use; take another --port") from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    host = f"127.0.0.1:{server.server_port}"
    try:
        yield Feed(url=f"http://{host}/news.xml", host=host)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
